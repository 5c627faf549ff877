"""Two calls of `underpaint push` at the same time: what one has in hand, the other leaves alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.client.scripted import ALICE, honest, serving_in_a_thread

from underpaint_client import making
from underpaint_client.cli import push_run
from underpaint_client.cli.push_run import PushRun
from underpaint_client.client import Client
from underpaint_client.plans import How, Outcome, Status, Task
from underpaint_common.errors import LocalFileError
from underpaint_common.pictures import Limits
from underpaint_common.wire import Address


@pytest.fixture
def address() -> Iterator[Address]:
    with serving_in_a_thread(honest) as found:
        yield found


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, side in enumerate((120, 80)):
        noise = np.random.default_rng(seed).integers(20, 230, (side, side, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{side}.png")
    return folder


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    for name in "ab":
        (tmp_path / f"{name}.gif").write_bytes(b"GIF89a" + name.encode())
    return [Task(f"{name}.gif", tmp_path / f"{name}.gif") for name in "ab"]


@pytest.fixture
def push(address: Address) -> Callable[..., list[Outcome]]:
    def run(tasks: list[Task], cover: Path, *, again: bool = False) -> list[Outcome]:
        embedding = ("planes", None, None, "texture", 8)
        how = How(*embedding, keep_metadata=False, limits=Limits(), again=again)
        run = PushRun(lambda: Client(address, identity=ALICE, retries=0), how, None, force=False)
        return run.push(tasks, str(cover), reuse=False)

    return run


@pytest.fixture
def while_one_hides(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return what lets something happen while the first secret is being hidden."""

    def let(happen: Callable[[], object]) -> None:
        hiding = making.prepare

        def first(*arguments: Any, **options: Any) -> Any:
            monkeypatch.setattr(making, "prepare", hiding)
            happen()
            return hiding(*arguments, **options)

        monkeypatch.setattr(making, "prepare", first)

    return let


def test_two_pushes_at_once_take_two_covers(
    push: Any, while_one_hides: Any, tasks: list[Task], photos: Path
) -> None:
    other: list[Outcome] = []
    while_one_hides(lambda: other.extend(push([tasks[1]], photos, again=True)))
    outcomes = push([tasks[0]], photos, again=True) + other
    assert [each.status for each in outcomes] == [Status.STORED] * 2, outcomes
    assert [each.cover.name for each in outcomes if each.cover] == ["120.png", "80.png"]


def test_a_secret_that_another_push_has_in_hand_is_not_stored_twice(
    push: Any, while_one_hides: Any, tasks: list[Task], photos: Path, cover: Path
) -> None:
    other: list[Outcome] = []
    while_one_hides(lambda: other.extend(push([tasks[0]], cover, again=True)))
    assert push([tasks[0]], photos, again=True)[0].status is Status.STORED
    (refused,) = other
    assert refused.status is Status.FAILED
    assert isinstance(refused.error, LocalFileError)
    assert "is being pushed by another underpaint push" in refused.error.message


def test_of_several_it_is_waited_for_and_then_known_to_be_stored(
    push: Any, while_one_hides: Any, tasks: list[Task], photos: Path, cover: Path
) -> None:
    with ThreadPoolExecutor() as beside:
        waits = threading.Event()
        other: list[Future[list[Outcome]]] = []
        while_one_hides(lambda: (other.append(beside.submit(push, tasks, cover)), waits.wait(60)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(push_run, "warn", lambda words: "gets time" in words and waits.set())
            assert push([tasks[0]], photos)[0].status is Status.STORED
            (same, another) = other[0].result()
    assert same.status is Status.ALREADY
    assert same.earlier is not None
    assert another.status is Status.STORED
