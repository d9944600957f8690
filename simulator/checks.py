"""Small checks of JSON parts; each raises the GraphError that names the field."""

from __future__ import annotations

from typing import Any

from simulator import errors

Json = dict[str, Any]


def units(value: str) -> int:
    """UTF-16 code units: an emoji counts two."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def join(path: str, key: str) -> str:
    """`key` inside `path`."""
    return f"{path}.{key}" if path else key


def only(part: Json, path: str, known: set[str]) -> None:
    """Refuse keys the API does not know."""
    for key in part:
        if key not in known:
            raise errors.malformed(join(path, key), "unexpected key")


def text(part: Json, key: str, path: str, limit: int) -> str:
    """A string of 1 to `limit` units that is not blank."""
    where = join(path, key)
    if part.get(key) is None:
        raise errors.missing(where)
    value = part[key]
    if not isinstance(value, str):
        raise errors.malformed(where, "must be a string")
    length = units(value)
    if not value.strip():
        raise errors.invalid(where, f"empty, must have 1 to {limit} characters")
    if length > limit:
        raise errors.invalid(where, f"{length} characters, at most {limit}")
    return value


def optional_text(part: Json, key: str, path: str, limit: int) -> str | None:
    """As `text`, if it is there at all."""
    return text(part, key, path, limit) if key in part else None


def required_object(part: Any, key: str, path: str) -> Any:
    """An object (a list for `contacts`)."""
    where = join(path, key)
    if not isinstance(part, dict):
        raise errors.malformed(path or key, "must be an object")
    if part.get(key) is None:
        raise errors.missing(where)
    expected = list if key == "contacts" else dict
    if not isinstance(part[key], expected):
        raise errors.malformed(where, f"must be {'a list' if expected is list else 'an object'}")
    return part[key]


def required_list(part: Json, key: str, path: str, least: int, most: int) -> list[Any]:
    """A list of objects with `least` to `most` entries."""
    where = join(path, key)
    if part.get(key) is None:
        raise errors.missing(where)
    value = part[key]
    if not isinstance(value, list):
        raise errors.malformed(where, "must be a list")
    if not least <= len(value) <= most:
        raise errors.invalid(where, f"{len(value)} entries, must be {least} to {most}")
    for index, entry in enumerate(value):
        if not isinstance(entry, dict):
            raise errors.malformed(f"{where}[{index}]", "must be an object")
    return value


def unique(values: list[str], where: str) -> None:
    """Refuse a value that occurs twice."""
    for value in values:
        if values.count(value) > 1:
            raise errors.invalid(where, f"{value!r} occurs more than once")


def either(part: Json, path: str, first: str, second: str) -> None:
    """Exactly one of the two keys."""
    if first not in part and second not in part:
        raise errors.missing(join(path, first))
    if first in part and second in part:
        raise errors.invalid(join(path, second), f"give either {first} or {second}, not both")
