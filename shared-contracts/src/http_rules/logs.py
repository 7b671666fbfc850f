"""Logs: JSON lines on stderr, with the request's id, without secrets or personal data."""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from types import TracebackType
from typing import Any

import structlog

_HIDDEN = ("clave", "token", "authorization", "password", "email", "nif", "cif", "nombre", "telefono")
_PRIVATE = re.compile(
    r"[\w.+-]+@[\w.-]+"  # an e-mail address
    r"|[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"  # a token
    r"|\b(?=[\w-]*\d)[\w-]{24,}"  # an API key, a password made up, a digest
    r"|\b[0-9A-Z]\d{7}[0-9A-Z]\b"  # a NIF
)
_QUOTED = re.compile(r"""(?<!\w)'[^']*(?:'|$)|((?:constraint|relation|column|table) )?"[^"]*(?:"|$)""")
_ABOUT_CODE = (AttributeError, ImportError, NameError, TypeError)
_READ, _LONGEST = 2_000, 300
_FRAMES = 30

_log = structlog.get_logger()
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logs(service: str, level: str = "INFO") -> None:
    """Every line of this process, ours and the libraries', as JSON on stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_service(service),
        _without_secrets,
        structlog.processors.ExceptionRenderer(_traced),
        structlog.processors.EventRenamer("evento"),
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=shared,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_Stderr,
        cache_logger_on_first_use=True,
    )
    handler = _Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shared]
        )
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)
    logging.captureWarnings(capture=True)
    threading.excepthook = _tell_of_thread


def said(error: BaseException) -> str:
    """What an error says, as far as a log may repeat it: its kind, and its first line without values.

    Databases and pydantic name the values from the second line on.
    """
    first, _, _ = str(error).strip().partition("\n")
    first = _PRIVATE.sub("…", first[:_READ])
    if not isinstance(error, _ABOUT_CODE):
        first = _QUOTED.sub(lambda found: found[0] if found[1] else "'…'", first)
    return f"{type(error).__qualname__}: {first[:_LONGEST]}"


class _Stderr:
    """Writes each line at once. One that cannot be written never fails the request it tells of."""

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")

    log = debug = info = warning = error = critical = exception = msg


class _Handler(logging.Handler):
    """What libraries log goes the same way."""

    def emit(self, record: logging.LogRecord) -> None:
        _Stderr().msg(self.format(record))


def _traced(exc_info: _ExcInfo) -> str:
    return "\n".join(_trace(exc_info[1], set()))


def _trace(error: BaseException, told: set[int]) -> Iterator[str]:
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in told:
        yield from _trace(before, told)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__, limit=-_FRAMES)) + said(error)
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _trace(inner, told)


def _tell_of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit:
        name = args.thread.name if args.thread else None
        _log.error("hilo_terminado", hilo=name, exc_info=args.exc_value)


def _with_service(service: str) -> Any:
    def add(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        return event | {"servicio": service}

    return add


def _without_secrets(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Last guard: a field whose name promises a secret or a person's data is never written."""
    return {name: "…" if _is_hidden(name) else _bare(value) for name, value in event.items()}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "…" if _is_hidden(str(name)) else _bare(item) for name, item in value.items()}
    return [_bare(item) for item in value] if isinstance(value, list) else value


@lru_cache(maxsize=1024)
def _is_hidden(name: str) -> bool:
    return any(word in name.lower() for word in _HIDDEN)
