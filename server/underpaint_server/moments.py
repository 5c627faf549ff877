"""Moments as operators write them (a date, a time, how long ago) and as the catalog does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from underpaint_common.errors import UsageError
from underpaint_common.units import Seconds


def read_moment(text: str, *, now: datetime | None = None) -> str:
    """Return a moment in the catalog's spelling, ISO 8601 in UTC.

    Parameters
    ----------
    text : str
        ``2025-01-31``, ``2025-01-31T12:00`` (UTC unless it names an offset), or a span
        before now such as ``12 h``.
    now : datetime, optional
        For spans; the present moment if not given.

    Raises
    ------
    UsageError
        It is none of these.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = (now or datetime.now(UTC)) - _span(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return spelled(moment)


def spelled(moment: datetime) -> str:
    """Return a moment, which knows its time zone, in the catalog's spelling."""
    utc = moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _span(text: str) -> timedelta:
    try:
        return timedelta(seconds=Seconds.parse(text))
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text!r} is no moment",
            hint="write a date (2025-01-31), a time (2025-01-31T12:00) or a span (12 h)",
        ) from None
