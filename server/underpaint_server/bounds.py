"""The refusals that name a bound: which one, and when another attempt may succeed."""

from __future__ import annotations

import enum

from underpaint_common.errors import Refused

_SOON, _LATER, _MUCH_LATER = 2.0, 30.0, 60.0


class BoundCode(enum.StrEnum):
    """Machine-readable names of the bounds, in refusals."""

    TOO_LARGE = "too_large"
    BUSY = "busy"
    SPOOL_FULL = "spool_full"
    DISK_FULL = "disk_full"
    QUOTA = "quota"


def too_large(what: str, bound: int) -> Refused:
    """Refuse something that exceeds a bound in bytes."""
    return Refused(
        f"the {what} is larger than this server takes ({bound} bytes)", code=BoundCode.TOO_LARGE
    )


def too_many(what: str, bound: int) -> Refused:
    """Refuse one thing more than this client, or everybody, may have at the same time."""
    return Refused(
        f"this server takes no more than {bound} {what} at the same time",
        code=BoundCode.BUSY,
        retry_after=_SOON,
    )


def no_buffers() -> Refused:
    """Refuse an upload because too many others are being received."""
    return Refused(
        "the server is receiving as many uploads as it has buffers for",
        code=BoundCode.BUSY,
        retry_after=_SOON,
    )


def others_wait(seconds: float) -> Refused:
    """Refuse the rest of an upload for now: it takes long, and others wait for its buffers."""
    return Refused(
        f"others wait, and this upload has taken more than {seconds:g} s; what came of it is kept",
        code=BoundCode.BUSY,
        retry_after=_SOON,
    )


def spool_full() -> Refused:
    """Refuse bytes because too many uploads are in progress."""
    return Refused(
        "the server has no room for another upload in progress",
        code=BoundCode.SPOOL_FULL,
        retry_after=_LATER,
    )


def disk_full() -> Refused:
    """Refuse bytes because they would leave less of the disk free than the operator wants."""
    return Refused(
        "the server's disk is nearly full", code=BoundCode.DISK_FULL, retry_after=_MUCH_LATER
    )


def over_quota(bound: int, *, being_kept: bool = False) -> Refused:
    """Refuse a secret because enough is kept of this client's, or is just being kept."""
    return Refused(
        f"this server keeps no more than {bound} bytes for this client",
        code=BoundCode.QUOTA,
        retry_after=_SOON if being_kept else None,
    )
