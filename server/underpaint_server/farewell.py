"""How the daemon parts from everyone when it ends."""

from __future__ import annotations

import logging
import os
from typing import NoReturn

from underpaint_common.errors import ExitCode
from underpaint_common.wire import Refusal
from underpaint_server.crowd import Crowd
from underpaint_server.refusals import RefusalCode

_RETRY_AFTER = 10.0
_LAST_SECONDS = 0.5


async def say_farewell(crowd: Crowd, patience: float) -> None:
    """Close who is idle, let uploads in progress finish, and tell the rest to come back.

    Parameters
    ----------
    crowd : Crowd
        Everyone who is connected.
    patience : float
        Seconds within which uploads may finish.
    """
    for connection in crowd.everyone():
        if not connection.uploading:
            connection.finish()
    await crowd.wait_for_conversations(patience)
    come_back = Refusal(RefusalCode.SHUTTING_DOWN, "the server is shutting down", _RETRY_AFTER)
    for connection, task in crowd.clients():
        connection.finish(last_word=come_back)
        task.cancel()
    await crowd.wait_for_conversations(_LAST_SECONDS)
    for connection in crowd.everyone():
        connection.drop()
    await crowd.wait_until_gone(_LAST_SECONDS)


def leave_at_once(code: ExitCode) -> NoReturn:
    """End the process without waiting for threads; what is durable stays durable."""
    logging.shutdown()
    os._exit(code)
