"""Log lines without personal data: every record of this process is rewritten as it is made.

No pattern recognises a resident's words, so other people's loggers (Rasa, Sanic, asyncio, ...) keep
only the constant text of the call that logged, read from its source, and values known to be
harmless: `Failed to run custom action 'action_menu'. [...] Error: {e}`. Our own loggers keep their
text. Whatever is kept then loses numbers, message ids, user ids and secrets; an exception becomes
its type and the places it passed.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import structlog

from kelurahan.logs.redaction import (
    GONE,
    WITHHELD,
    exception_text,
    is_small,
    keep_out,
    redact,
    short,
)
from kelurahan.logs.source import KEPT, NAME, fill, site

DEPTH = 6  # frames between a warning's display and the call that gave it

_OURS = {"kelurahan", "actions", "simulator", "scripts"}
# Their errors speak of files and settings, never of residents: shown when a process dies of one.
_ABOUT_FILES = {f"kelurahan.{m}" for m in "settings berkas katalog wilayah".split()} | {
    "kelurahan.whatsapp.rasa_patches"
}
# What asyncio says first; the lines after it hold the repr of tasks, arguments and all.
_BEGINNINGS = (
    *("Task exception was never retrieved", "Future exception was never retrieved"),
    *("Task was destroyed but it is pending!", "Exception in callback", "Unclosed c"),
    *("Unhandled exception in event loop", "unhandled exception during asyncio.run() shutdown"),
    *("Fatal read error on socket", "Fatal write error on socket", "Fatal error on transport"),
)
_EVENT = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")  # structlog's events, as Rasa names them
_KEYS = {"action_name", "action_extract_slot", "placeholder_key", "key", "host", "topic"}
# Sanic's access log: its format wants numbers as numbers, and `redact` cuts the query off
_EXTRAS = {"request": str, "host": str, "status": int, "byte": int}


class _Safe(str):
    """Text that has been through this module."""

    __slots__ = ()


def install(secrets: Iterable[str] = ()) -> None:
    """Redact every record and hook of this process from now on; more calls add more secrets.

    Works whatever handlers exist or come later, before or after Rasa has configured structlog.
    """
    keep_out(secrets)
    logging.Logger.makeRecord = _make_record
    warnings.showwarning = _show_warning
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread
    _configure_structlog()


_plain_make_record = logging.Logger.makeRecord


def _make_record(
    self: logging.Logger,
    name: str,
    level: int,
    fn: str,
    lno: int,
    msg: Any,
    args: Any,
    exc_info: Any,
    func: str | None = None,
    extra: Mapping[str, Any] | None = None,
    sinfo: str | None = None,
) -> logging.LogRecord:
    """Stands for `Logger.makeRecord`; a record factory would not see `extra`."""
    trouble = None
    try:
        text = _text(name, fn, lno, func, msg, args)
        trouble = exception_text(exc_info[1]) if exc_info and exc_info[1] else None
        extra = {k: _extra(k, v) for k, v in extra.items()} if extra else None
    except Exception as error:  # noqa: BLE001 - a log call never fails, and never falls back to raw
        text, extra = f"{WITHHELD} ({type(error).__name__} while redacting {fn}:{lno})", None
    record = _plain_make_record(self, name, level, fn, lno, text, (), None, func, extra, sinfo)
    record.exc_text = trouble
    return record


def _text(name: str, fn: str, lno: int, func: str | None, msg: Any, args: Any) -> str:
    if type(msg) is _Safe:
        return str(msg)
    if len(args) == 1 and args[0] and isinstance(args[0], Mapping):
        args = args[0]  # as logging itself does for `%(name)s`
    if name.partition(".")[0] in _OURS:
        return redact(_format(str(_own(msg)), args, _own) if args else str(_own(msg)))
    call = site(fn, lno)
    if call is None:
        return _without_source(msg, f"{short(fn)}:{lno} {func or ''}".rstrip())
    shown = fill(call.parts, str(msg))
    if not args or len(call.parts) != 1:
        return redact(shown)
    sources = iter(call.arguments)
    return redact(_format(shown, args, lambda value: _foreign(value, next(sources, ""))))


def _own(value: Any) -> Any:
    """What our code logs, as it is; other people's exceptions quote rows, addresses and words."""
    if isinstance(value, BaseException) and type(value).__module__.split(".")[0] not in _OURS:
        return type(value).__name__
    return value


def _foreign(value: Any, source: str) -> Any:
    if is_small(value):
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    known = isinstance(value, str) and source in KEPT and NAME.fullmatch(value)
    return value if known else GONE


def _format(template: str, args: Any, clean: Any) -> str:
    try:
        if isinstance(args, Mapping):
            return template % {key: clean(value) for key, value in args.items()}
        return template % tuple(clean(value) for value in args)
    except (TypeError, ValueError, KeyError):
        return template  # a value that is gone does not fit `%d`


def _without_source(msg: Any, place: str) -> str:
    """For a message that was put together elsewhere: its type or its known first words."""
    if isinstance(msg, BaseException):
        return f"{type(msg).__name__} ({place})"
    text = str(msg)
    return f"{next(filter(text.startswith, _BEGINNINGS), WITHHELD)} ({place})"


def _extra(key: str, value: Any) -> Any:
    if is_small(value) or (isinstance(value, int) and _EXTRAS.get(key) is int):
        return value
    return redact(value) if isinstance(value, str) and _EXTRAS.get(key) is str else GONE


def _configure_structlog() -> None:
    """Change Rasa's list of processors in place too: a logger used before keeps that very list."""
    config, ours = structlog.get_config(), [structlog.stdlib.filter_by_level, _render_event]
    if isinstance(config["processors"], list):
        config["processors"][:] = ours
    factory = config["logger_factory"]
    if not isinstance(factory, structlog.stdlib.LoggerFactory):
        factory = structlog.stdlib.LoggerFactory()  # the default prints, past every record
    structlog.configure(processors=ours, logger_factory=factory)


def _render_event(_logger: Any, method: str, event_dict: dict[str, Any]) -> _Safe:
    """The event's name with its harmless keys; the last processor, so nothing else renders."""
    event, trouble = event_dict.pop("event", ""), event_dict.pop("exc_info", method == "exception")
    known = isinstance(event, str) and _EVENT.fullmatch(event)
    pairs = [f"{k}={v}" for k, v in event_dict.items() if is_small(v) or _is_kept(k, v)]
    lines = [redact(" ".join([event if known else WITHHELD, *pairs]))]
    error = sys.exc_info()[1] if trouble is True else trouble
    error = error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        lines.append(exception_text(error))
    return _Safe("\n".join(lines))


def _is_kept(key: str, value: Any) -> bool:
    return key in _KEYS and isinstance(value, str) and bool(NAME.fullmatch(value))


def _show_warning(
    message: Any, category: type, filename: str, lineno: int, *_file: Any, **_line: Any
) -> None:
    """Stands for `warnings.showwarning`: Rasa's warnings name its helper, so look who called it."""
    text, frame = WITHHELD, sys._getframe(1)
    for _ in range(DEPTH):
        call = site(frame.f_code.co_filename, frame.f_lineno)
        if call is not None:
            filename, lineno = frame.f_code.co_filename, frame.f_lineno
            text = fill(call.parts, str(message))
            break
        if frame.f_back is None:
            break
        frame = frame.f_back
    line = f"{category.__name__}: {text} ({short(filename)}:{lineno})"
    logging.getLogger("py.warnings").warning(_Safe(redact(line)))


def _uncaught(kind: type, error: BaseException, _trace: TracebackType | None) -> None:
    about = redact(str(error)) if kind.__module__ in _ABOUT_FILES else WITHHELD
    print("Traceback:", exception_text(error, about), sep="\n", file=sys.stderr)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit and args.exc_value is not None:
        text = f"uncaught in a thread\n{exception_text(args.exc_value)}"
        logging.getLogger(__name__).error(_Safe(text))


def _unraisable(args: Any) -> None:
    text = exception_text(args.exc_value) if args.exc_value else args.exc_type.__name__
    logging.getLogger(__name__).error(_Safe(f"uncaught while cleaning up\n{text}"))
