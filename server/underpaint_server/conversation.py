"""What is said with one authenticated client, until it or the daemon ends it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from underpaint_common.errors import ConnectionFailed, ProtocolError
from underpaint_common.wire import Ping, Pong, Push
from underpaint_server import log
from underpaint_server.connection import Connection
from underpaint_server.limits import Limits
from underpaint_server.receive import Receiver


async def converse(
    connection: Connection,
    receiver: Receiver,
    limits: Callable[[], Limits],
    stopping: asyncio.Event,
) -> None:
    """Answer a client's messages, one after another.

    Never raises for what a peer does or for one upload's fault: that is logged, and the
    connection ended.

    Parameters
    ----------
    connection : Connection
        An authenticated client.
    receiver : Receiver
        Takes the uploads.
    limits : callable
        Returns the bounds of the moment: how long the client may say nothing.
    stopping : asyncio.Event
        Set when the daemon ends: the message in hand is the last.
    """
    try:
        while not stopping.is_set() and await _answer_next(connection, receiver, limits()):
            pass
    except TimeoutError:
        log.event("idle", connection=connection.id, client=connection.client)
    except ConnectionFailed as error:
        log.event(
            "broken",
            logging.WARNING,
            connection=connection.id,
            client=connection.client,
            reason=error.message,
        )
        connection.drop()
    except Exception as error:  # noqa: BLE001 - one client's fault must not end the daemon
        log.fault("conversation_failed", error, connection=connection.id)
        connection.drop()
    finally:
        connection.finish()


async def _answer_next(connection: Connection, receiver: Receiver, limits: Limits) -> bool:
    """Answer one message; tell whether another may follow."""
    async with asyncio.timeout(limits.idle_timeout):
        message = await connection.receive()
    match message:
        case None:
            return False
        case Ping():
            await connection.send(Pong(message.token))
        case Push():
            await receiver.receive(connection, message)
        case _:
            raise ProtocolError(f"{type(message).__name__} is not expected here")
    return True
