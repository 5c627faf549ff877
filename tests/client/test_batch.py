"""Pushing many against a server that says what a test wants: how many at once, and what stops."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest
from tests.client.scripted import ALICE, Answers, Peer, honest, serving

from underpaint_client.batch import HIDERS, WORKERS, Batch
from underpaint_client.claims import Claims
from underpaint_client.client import Client
from underpaint_client.covers import Chosen, NamedCover
from underpaint_client.pending import PendingUploads
from underpaint_client.plans import How, Outcome, Status, Task, look
from underpaint_client.prepare import Prepared
from underpaint_client.progress import ProgressEvent
from underpaint_client.recipe import Recipe
from underpaint_common.errors import ConnectionFailed, Refused
from underpaint_common.pictures import Limits
from underpaint_common.wire import Address
from underpaint_common.wire.events import Event, MessageReceived
from underpaint_common.wire.messages import Push, Refusal, ServerMessage

COUNT = 10


class CountingCover(NamedCover):
    """Counts how many covers are out at the same time, at most."""

    def __init__(self, source: Path) -> None:
        super().__init__(
            source,
            Limits(),
            keep_metadata=False,
            used_at=lambda _: None,
            claim=Claims(None).cover,
            tell=lambda _: None,
        )
        self.given_back = 0
        self.hiding = 0
        self.most = 0
        self.taken_for: list[int] = []
        self._count = threading.Lock()

    def take(self, body_bytes: int) -> Chosen:
        with self._count:
            self.hiding += 1
            self.taken_for.append(body_bytes)
            self.most = max(self.most, self.hiding)
        return super().take(body_bytes)

    def give_back(self, chosen: Chosen) -> None:
        self.given_back += 1
        super().give_back(chosen)

    def hidden(self) -> None:
        with self._count:
            self.hiding -= 1


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    (tmp_path / "secrets").mkdir()
    for number in range(COUNT):
        path = tmp_path / "secrets" / f"{number}.gif"
        path.write_bytes(b"GIF89a" + bytes([number]))
    return [Task(path.name, path) for path in sorted((tmp_path / "secrets").iterdir())]


@pytest.fixture
def covers(cover: Path) -> CountingCover:
    return CountingCover(cover)


def push(
    tasks: list[Task],
    covers: CountingCover,
    answers: Answers,
    tmp_path: Path,
    events: list[ProgressEvent] | None = None,
) -> list[Outcome]:
    pending = PendingUploads(tmp_path / "pending", print)
    how = How("planes", None, None, "texture", 8, keep_metadata=False, limits=Limits())

    def heard(event: ProgressEvent) -> None:
        if event.stage == "hide" and event.done == event.total:
            covers.hidden()
        if events is not None:
            events.append(event)

    async def course(address: Address) -> list[Outcome]:
        def new_client() -> Client:
            return Client(address, identity=ALICE, retries=0)

        plans, outcomes = look(tasks, how, new_client().destination, None, pending)
        claims = Claims(tmp_path / "claims")
        batch = Batch(new_client, covers, pending, None, claims, how, progress=heard, tell=print)
        await batch.run(plans)
        return outcomes + batch.outcomes

    async def with_server() -> list[Outcome]:
        async with serving(answers) as address:
            return await course(address)

    return asyncio.run(with_server())


def test_all_are_stored_by_a_few_workers(
    tasks: list[Task], covers: CountingCover, tmp_path: Path
) -> None:
    peers: set[Peer] = set()
    events: list[ProgressEvent] = []

    strangers: set[Peer] = set()

    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()) if peer not in peers:
                strangers.add(peer)
            case MessageReceived():
                peers.add(peer)
        return honest(peer, event)

    outcomes = push(tasks, covers, answers, tmp_path, events)
    assert not strangers, "hidden while the server did not know for whom it waits"
    assert {each.label for each in outcomes} == {task.label for task in tasks}
    assert {each.status for each in outcomes} == {Status.STORED}
    assert len(peers) <= WORKERS
    assert covers.most <= HIDERS
    assert {event.secret for event in events} == {task.label for task in tasks}
    assert list((tmp_path / "pending").iterdir()) == []
    assert all(each.prepared is not None and each.prepared.stego == b"" for each in outcomes)


def test_the_first_planned_has_first_choice_of_the_covers(
    tasks: list[Task], covers: CountingCover, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, task in enumerate(tasks):
        task.source.write_bytes(b"GIF89a" + os.urandom(200 * (COUNT - number)))
    find = PendingUploads.find
    sleeps = iter(range(COUNT, 0, -1))

    def slower_for_the_first(pending: PendingUploads, recipe: Recipe) -> Prepared | None:
        time.sleep(next(sleeps) / 50)
        return find(pending, recipe)

    monkeypatch.setattr(PendingUploads, "find", slower_for_the_first)
    push(tasks, covers, honest, tmp_path)
    assert covers.taken_for == sorted(covers.taken_for, reverse=True)
    assert len(set(covers.taken_for)) == COUNT


def test_a_refusal_stops_its_own_push_alone(
    tasks: list[Task], covers: CountingCover, tmp_path: Path
) -> None:
    count = iter(range(COUNT))

    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()) if next(count) % 2:
                return Refusal("quota", "enough of yours", None)
        return honest(peer, event)

    outcomes = push(tasks, covers, answers, tmp_path)
    failed = [each for each in outcomes if each.status is Status.FAILED]
    assert len(failed) == COUNT // 2
    assert all(isinstance(each.error, Refused) for each in failed)
    assert list((tmp_path / "pending").iterdir()) == [], "a refusal for good leaves nothing to do"


def test_too_many_at_once_are_done_by_fewer(
    tasks: list[Task], covers: CountingCover, tmp_path: Path
) -> None:
    first: list[Peer] = []

    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()):
                first.append(peer)
                if peer is not first[0]:
                    return Refusal("busy", "one at a time", 99.0)
        return honest(peer, event)

    outcomes = push(tasks, covers, answers, tmp_path)
    assert {each.status for each in outcomes} == {Status.STORED}
    assert len(outcomes) == COUNT


def test_a_server_that_is_gone_is_not_asked_for_every_secret(
    tasks: list[Task], covers: CountingCover, tmp_path: Path
) -> None:
    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()):
                peer.transport.abort()
                return None
        return honest(peer, event)

    outcomes = push(tasks, covers, answers, tmp_path)
    assert len(outcomes) == COUNT
    assert sum(each.status is Status.UNTRIED for each in outcomes) >= COUNT - WORKERS
    assert all(isinstance(each.error, ConnectionFailed) for each in outcomes)
    assert len(list((tmp_path / "pending").iterdir())) <= WORKERS, "for the next run"


def test_a_cover_of_what_cannot_be_hidden_is_given_back(
    tasks: list[Task], covers: CountingCover, tmp_path: Path
) -> None:
    (tmp_path / "secrets" / "0.gif").write_bytes(b"GIF89a" + os.urandom(300_000))
    no_image = tmp_path / "secrets" / "1.png"
    no_image.write_text("no image")
    outcomes = push([*tasks, Task("1.png", no_image)], covers, honest, tmp_path)
    failed = {each.label for each in outcomes if each.status is Status.FAILED}
    assert failed == {"0.gif", "1.png"}
    assert covers.given_back == 1


def test_our_own_fault_ends_everything_and_is_not_hidden(
    tasks: list[Task],
    covers: CountingCover,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("underpaint_client.making.prepare", broken)
    with pytest.raises(ZeroDivisionError):
        push(tasks, covers, honest, tmp_path)
