"""Both clients of the library against a real daemon: reuse, reconnecting, and being interrupted."""

from __future__ import annotations

import asyncio
import hashlib
import re
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from underpaint_client import (
    BlockingClient,
    Client,
    ConnectionFailed,
    ProgressEvent,
    PushReceipt,
    Stage,
)
from underpaint_client.exchange import CHUNK_BYTES
from underpaint_client.prepare import Prepared

pytestmark = pytest.mark.end_to_end

SECRET = b"GIF89a" + bytes(range(256)) * 20


class Interrupt(BaseException):
    """What ends a push in the middle: as Ctrl-C would, it is no `Exception`."""


@pytest.fixture(scope="module")
def cover() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Noise, so that the stego image is of several chunks."""
    return np.random.default_rng(3).integers(20, 230, (900, 1300, 3), dtype=np.uint8)


def connections(daemon: Any) -> set[str]:
    """Return the connections on which the daemon kept something."""
    return set(re.findall(r"event=kept .*?connection=(\S+)", "\n".join(daemon.lines)))


def is_moment(event: ProgressEvent, stage: Stage) -> bool:
    """Tell whether this is where a stage shall be interrupted: sending in its middle."""
    return event.stage is stage and event.done >= 2 * CHUNK_BYTES * (stage is Stage.SEND)


def interrupted_at(stage: Stage) -> Callable[[ProgressEvent], None]:
    def progress(event: ProgressEvent) -> None:
        if is_moment(event, stage):
            raise Interrupt

    return progress


def first_offset(events: list[ProgressEvent]) -> int:
    return next(event.done for event in events if event.stage is Stage.SEND)


@pytest.mark.parametrize("stage", [Stage.SEND, Stage.STORE])
def test_a_blocking_push_that_is_interrupted_is_resumed_and_kept_once(
    new_daemon: Any, cover: Any, stage: Stage
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    events: list[ProgressEvent] = []
    with BlockingClient(daemon.start(), identity=alice) as client:
        prepared = client.prepare(SECRET, cover=cover, name="a.gif")
        with pytest.raises(Interrupt):
            client.deliver(prepared, progress=interrupted_at(stage))
        _wait_until_settled(daemon, prepared, stage)
        assert client.ping() < 30
        other = client.push(SECRET, cover=cover, name="b.gif")
        receipt = client.deliver(prepared, progress=events.append)
        assert client.deliver(prepared).id == receipt.id
    _assert_kept(daemon, [other, receipt])
    assert first_offset(events) >= CHUNK_BYTES


@pytest.mark.parametrize("stage", [Stage.HIDE, Stage.SEND, Stage.STORE])
def test_a_task_that_is_cancelled_leaves_nothing_half_done(
    new_daemon: Any, cover: Any, stage: Stage
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    events: list[ProgressEvent] = []

    async def course() -> list[PushReceipt]:
        loop = asyncio.get_running_loop()
        async with Client(address, identity=alice) as client:
            prepared = await client.prepare(SECRET, cover=cover, name="a.gif")

            def progress(event: ProgressEvent) -> None:
                if is_moment(event, stage):
                    loop.call_soon_threadsafe(task.cancel)

            push = client.push(SECRET, cover=cover, progress=progress)
            deliver = client.deliver(prepared, progress=progress)
            (push if stage is not Stage.HIDE else deliver).close()
            task = asyncio.create_task(push if stage is Stage.HIDE else deliver)
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(_wait_until_settled, daemon, prepared, stage)
            assert await client.ping() < 30
            other = await client.push(SECRET, cover=cover, name="b.gif")
            receipt = await client.deliver(prepared, progress=events.append)
            return [other, receipt]

    _assert_kept(daemon, asyncio.run(course()))
    assert first_offset(events) > 0 or stage is Stage.HIDE


def test_many_pushes_take_one_connection(new_daemon: Any, stego: Any) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    cover = np.random.default_rng(3).integers(20, 230, (90, 130, 3), dtype=np.uint8)

    async def course() -> None:
        async with Client(address, identity=alice) as client:
            await asyncio.gather(*(client.push(b"GIF89a", cover=cover) for _ in range(4)))

    asyncio.run(course())
    with BlockingClient(address, identity=alice) as client:
        for _ in range(3):
            client.push(b"GIF89a", cover=cover)
    assert len(daemon.received()) == 7
    daemon.stop()
    assert len(connections(daemon)) == 2


def test_a_daemon_that_is_killed_and_started_gets_the_rest(new_daemon: Any, cover: Any) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    events: list[ProgressEvent] = []

    def restart(event: ProgressEvent) -> None:
        is_first = event.done not in [each.done for each in events]
        events.append(event)
        if is_moment(event, Stage.SEND) and event.done == 2 * CHUNK_BYTES and is_first:
            daemon.wait_for(lambda: any(Path(p).stat().st_size for p in daemon.leftovers()))
            daemon.stop(signal.SIGKILL)
            daemon.start(port=address.port)

    with BlockingClient(address, identity=alice) as client:
        receipt = client.push(SECRET, cover=cover, name="a.gif", progress=restart)
        _assert_kept(daemon, [receipt])
        offsets = [event.done for event in events if event.stage is Stage.SEND]
        assert min(offsets[offsets.index(2 * CHUNK_BYTES) + 1 :]) > 0
        assert client.ping() < 30


def test_a_client_closed_by_another_thread_leaves_what_can_be_resumed(
    new_daemon: Any, cover: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    client = BlockingClient(address, identity=alice)

    def closing(event: ProgressEvent) -> None:
        if event.stage is Stage.SEND and event.done:
            closer.submit(client.close).result(30)

    with ThreadPoolExecutor(1) as closer, client:
        prepared = client.prepare(SECRET, cover=cover, name="a.gif")
        with pytest.raises(ConnectionFailed):
            client.deliver(prepared, progress=closing)
    with BlockingClient(address, identity=alice) as again:
        _assert_kept(daemon, [again.deliver(prepared)])


def _wait_until_settled(daemon: Any, prepared: Prepared, stage: Stage) -> None:
    """Wait until the daemon has seen the end of the interrupted connection, or kept the upload."""
    if stage is not Stage.HIDE:
        daemon.wait_for(
            lambda: any(
                "event=broken" in line or "event=kept" in line for line in list(daemon.lines)
            )
        )
    if stage is Stage.SEND:
        assert daemon.received() == []
        (left,) = daemon.leftovers()
        assert prepared.stego.startswith(Path(left).read_bytes())


def _assert_kept(daemon: Any, receipts: list[PushReceipt]) -> None:
    """See that what was receipted is there, byte for byte, and nothing else."""
    rows = {row["id"]: row for row in daemon.received()}
    assert rows.keys() == {receipt.id for receipt in receipts}
    for receipt in receipts:
        content = Path(rows[receipt.id]["path"]).read_bytes()
        assert content == SECRET
        assert hashlib.sha256(content).hexdigest() == receipt.sha256
    daemon.wait_for(lambda: daemon.leftovers() == [])
