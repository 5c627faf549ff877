"""When a failed delivery is tried again, and after how long."""

from __future__ import annotations

import random

from underpaint_common.errors import (
    ConnectionCut,
    ConnectionFailed,
    HandshakeFailed,
    ProtocolError,
    Refused,
    VersionMismatch,
)

RETRIES = 3
LONGEST_WAIT = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0


def pause_before(attempt: int, error: Refused | ConnectionFailed) -> float | None:
    """Return the seconds to wait before an attempt after a failed one, or None for no attempt.

    The pause doubles with each attempt and is drawn at random below that, so that clients
    which failed together do not come back together; a refusal's own time is added to it.

    Parameters
    ----------
    attempt : int
        1 for the second attempt of all.
    error : Refused or ConnectionFailed
        How the last one ended.
    """
    if isinstance(error, Refused):
        asked = error.retry_after
        if asked is None or asked > LONGEST_WAIT:
            return None
    elif not _may_pass(error):
        return None
    else:
        asked = 0.0
    pause = min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE)
    return asked + random.uniform(0, pause)  # noqa: S311 - spreads load, hides nothing


def connection_is_over(error: Refused | ConnectionFailed) -> bool:
    """Tell whether another attempt needs another connection."""
    return isinstance(error, ConnectionFailed) or error.code == "shutting_down"


def _may_pass(error: ConnectionFailed) -> bool:
    """Tell a network's or server's trouble from a peer that will answer the same again."""
    if isinstance(error, HandshakeFailed | VersionMismatch):
        return False
    return isinstance(error, ConnectionCut) or not isinstance(error, ProtocolError)
