"""When a failed delivery is tried again, and after how long."""

from __future__ import annotations

import random

from underpaint_common.errors import (
    ConnectionCut,
    ConnectionFailed,
    HandshakeFailed,
    ProtocolError,
    Refused,
    Unanswered,
    VersionMismatch,
)

RETRIES = 3
LONGEST_WAIT = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0


class Attempts:
    """The attempts at one delivery, to a server with which a handshake was done before.

    Parameters
    ----------
    retries : int
        How many may follow the first.
    """

    def __init__(self, retries: int) -> None:
        self._retries = retries
        self._made = 0

    def pause_after(self, error: Refused | ConnectionFailed) -> float:
        """Return the seconds to wait before the next attempt; raise the error if none is due."""
        self._made += 1
        pause = pause_before(self._made, error) if self._made <= self._retries else None
        if pause is None:
            raise error
        return pause


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


def connection_is_over(error: BaseException) -> bool:
    """Tell whether what ended a conversation leaves nothing to go on with.

    A refusal ends one in order. Whatever else does, an interrupt or a caller's own error, may
    have done so in the middle of an upload, of which the server awaits the rest.
    """
    return not isinstance(error, Refused) or error.code == "shutting_down"


def _may_pass(error: ConnectionFailed) -> bool:
    """Tell a network's or server's trouble from a peer that will answer the same again.

    A server that took us once and is silent now is as likely busy or starting as it has cut us off.
    """
    if isinstance(error, Unanswered):
        return True
    if isinstance(error, HandshakeFailed | VersionMismatch):
        return False
    return isinstance(error, ConnectionCut) or not isinstance(error, ProtocolError)
