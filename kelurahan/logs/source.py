"""The constant text of a log call, read from the source file that the record names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

NAME = re.compile(r"[\w./:-]{1,160}")

_CALLS = set("debug info warning warn error exception critical fatal log raise_warning".split())
# Expressions in other people's log calls whose value is a name out of code or configuration.
KEPT = {
    *("action.name()", "action_name", "self.action_name", "self.utter_action", "custom_action"),
    *("self.name()", "self._node_name", "cls.__name__", "self.__class__.__name__", "type_name"),
    *("self.type_name", "self.action_endpoint.url", "protocol", "host", "interface", "port"),
    *("model_path", "model_tar", "pid", "Signals(signal).name"),
    *("self._component_class.__name__", "self._fn_name", "self._constructor_name"),
    *("predicted_action_name", "winning_prediction.policy_name", "prediction.max_confidence"),
}


class Part(NamedTuple):
    """A piece of a log call's message: constant text, or the source of a value."""

    text: str
    value: bool = False


class Site(NamedTuple):
    """A log call as it stands in the source: its message, and the arguments after it."""

    parts: list[Part]
    arguments: list[str]


def site(file: str, line: int) -> Site | None:
    """The log call with a constant message at this place, if there is one."""
    return _sites(file).get(line)


def fill(parts: list[Part], message: str) -> str:
    """The constant text, with values up to the first one that is not a harmless name.

    What comes after that one cannot be told from it: a resident can write our constants too.
    """
    shown, rest, sure = [], message, True
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if not part.value:
            sure = sure and rest.startswith(part.text)
            rest = rest[len(part.text) :]
            shown.append(part.text)
            continue
        value, rest = _until(rest, following)
        sure = sure and part.text in KEPT and bool(NAME.fullmatch(value))
        shown.append(value if sure else f"{{{part.text}}}")
    return "".join(shown)


def _until(rest: str, following: Part | None) -> tuple[str, str]:
    """Cut off a value, which ends where the constant after it begins."""
    if following is None:
        return rest, ""
    value, constant, after = ("", "", "") if following.value else rest.partition(following.text)
    return (value, constant + after) if constant else ("", "")


@lru_cache(maxsize=512)
def _sites(file: str) -> dict[int, Site]:
    """Every call with a constant message that may log, by each line it stands on."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    found: dict[int, Site] = {}
    for node in ast.walk(tree):  # outer calls first, so that the innermost one stays
        if isinstance(node, ast.Call) and (call := _read_call(node)):
            found.update(dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), call))
    return found


def _read_call(node: ast.Call) -> Site | None:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name not in _CALLS:
        return None
    given = node.args[1:] if name == "log" else node.args
    named = (k.value for k in node.keywords if k.arg in ("msg", "message"))
    message = given[0] if given else next(named, None)
    parts = list(_parts(message)) if message is not None else []
    if all(part.value for part in parts):
        return None
    return Site(parts, [ast.unparse(argument) for argument in given[1:]])


def _parts(node: ast.AST) -> Iterator[Part]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Part(node.value)
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            yield from _parts(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        yield from _parts(node.left)  # the template itself: its values stay away
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "format":
        yield from _parts(node.func.value)
    else:
        shown = node.value if isinstance(node, ast.FormattedValue) else node
        yield Part(ast.unparse(shown), value=True)
