"""The daemon's log: one line an event on stderr, `key=value` pairs, no key material.

Values that hold spaces, quotes or control characters are quoted as JSON strings, so that a
line is always one line whatever a peer called its file.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

LOGGER = logging.getLogger("underpaint_server")

_PLAIN = re.compile(r"[\w.:/@%+,~\[\]-]+", re.ASCII)


class KeyValueFormatter(logging.Formatter):
    """Write a record as `time=... level=... event=... key=value ...`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one event."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        pairs: dict[str, object] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            pairs["exception"] = self.formatException(record.exc_info)
        return " ".join(f"{key}={_value(value)}" for key, value in pairs.items())


def configure(level: str) -> None:
    """Send the daemon's events to stderr from `level` (debug, info, warning, error) upwards."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KeyValueFormatter())
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


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=True)
