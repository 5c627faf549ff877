"""The daemon's log: one line an event on stderr, no key material and no image content.

Text is `key=value` pairs; values that hold spaces, quotes or control characters are quoted as
JSON strings, so that a line is always one line whatever a peer called its file.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

LOGGER = logging.getLogger("underpaint_server")

_PLAIN = re.compile(r"[\w.:/@%+,~\[\]-]+", re.ASCII)


class TextFormatter(logging.Formatter):
    """Write a record as `time=... level=... event=... key=value ...`, for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one event."""
        return " ".join(f"{key}={_value(value)}" for key, value in _pairs(self, record).items())


class JsonFormatter(logging.Formatter):
    """Write a record as one JSON object with the same names, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one event."""
        return json.dumps(_pairs(self, record), default=str)


_FORMATTERS: dict[str, type[logging.Formatter]] = {"text": TextFormatter, "json": JsonFormatter}


def configure(level: str, format_: str = "text") -> None:
    """Send the daemon's events to stderr.

    Parameters
    ----------
    level : str
        The least severe that are logged: debug, info, warning, error.
    format_ : str
        ``text`` or ``json``.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[format_]())
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(level.upper())
    LOGGER.propagate = False
    # A log that cannot be written (a full disk, a closed pipe) must not become a traceback.
    logging.raiseExceptions = False


def event(name: str, level: int = logging.INFO, /, **fields: object) -> None:
    """Log one event with its fields; fields that are None are left out."""
    present = {key: value for key, value in fields.items() if value is not None}
    LOGGER.log(level, name, extra={"fields": present})


def fault(name: str, error: BaseException, /, **fields: object) -> None:
    """Log what should not have happened, with the place where it did."""
    LOGGER.error(name, exc_info=error, extra={"fields": fields})


def loop_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what the event loop could tell nobody; its exception handler."""
    error = context.get("exception")
    if isinstance(error, Exception):
        fault("loop_fault", error, message=context.get("message", ""))
    else:
        event("loop_fault", logging.ERROR, message=context.get("message", ""))


def _pairs(formatter: logging.Formatter, record: logging.LogRecord) -> dict[str, object]:
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    pairs: dict[str, object] = {
        "time": moment.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": record.getMessage(),
        **getattr(record, "fields", {}),
    }
    if record.exc_info and record.exc_info[0] is not None:
        pairs["exception"] = formatter.formatException(record.exc_info)
    return pairs


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=True)
