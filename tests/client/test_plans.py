"""What is looked at before a push of many: sizes, what is done already, what cannot be done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from underpaint_client.destination import Destination
from underpaint_client.ledger import Ledger
from underpaint_client.pending import PendingUploads
from underpaint_client.plans import How, Outcome, Plan, Status, Task, look, secret_as_planned
from underpaint_client.prepare import prepare
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.pictures import Limits
from underpaint_common.wire import Address

THERE = Destination(Address("h", 1, Identity.generate().public), Identity.generate())
HOW = How("auto", None, None, "texture", 8, keep_metadata=False, limits=Limits())


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    for name, size in (("a", 100), ("b", 300), ("c", 200)):
        (tmp_path / f"{name}.gif").write_bytes(b"GIF89a" + bytes(range(size % 256)) * (size // 50))
    return [Task(path.name, path) for path in sorted(tmp_path.glob("*.gif"))]


@pytest.fixture
def pending(tmp_path: Path) -> PendingUploads:
    return PendingUploads(tmp_path / "pending", print)


def looked(
    tasks: list[Task], pending: PendingUploads, ledger: Ledger | None = None, how: How = HOW
) -> tuple[list[Plan], list[Outcome]]:
    return look(tasks, how, THERE, ledger, pending)


def test_the_largest_comes_first_and_one_that_fails_stops_no_other(
    tasks: list[Task], pending: PendingUploads, tmp_path: Path
) -> None:
    missing = Task("d.gif", tmp_path / "d.gif")
    plans, outcomes = looked([*tasks, missing], pending)
    sizes = [plan.body_bytes for plan in plans]
    assert sizes == sorted(sizes, reverse=True)
    assert {plan.task for plan in plans} == set(tasks)
    (failed,) = outcomes
    assert (failed.label, failed.status) == ("d.gif", Status.FAILED)
    assert isinstance(failed.error, LocalFileError)


def test_what_is_stored_is_left_out_unless_it_is_wanted_again(
    tasks: list[Task], pending: PendingUploads, tmp_path: Path, cover: Path
) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    plans, _ = looked(tasks, pending, ledger)
    stored = plans[1]
    receipt = SimpleNamespace(id="r1", received_at="2031-05-06T07:08:09Z")
    ledger.record(stored.mark, None, receipt)  # type: ignore[arg-type] # all it looks at
    pending.keep(stored.recipe, prepare(stored.task.source, cover, bytes(32)))
    left, outcomes = looked(tasks, pending, ledger)
    assert left == [plans[0], plans[2]]
    (already,) = outcomes
    assert (already.label, already.status) == (stored.task.label, Status.ALREADY)
    assert already.earlier is not None
    assert already.earlier.id == "r1"
    assert pending.find(stored.recipe) is None, "its receipt is noted: nothing is unfinished"
    again, _ = looked(tasks, pending, ledger, replace(HOW, again=True))
    assert again == [plans[0], replace(stored, earlier=already.earlier), plans[2]]


def test_the_same_file_under_two_names_of_folders_is_one(
    tasks: list[Task], pending: PendingUploads, tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()
    copy = tmp_path / "copies" / "a.gif"
    copy.write_bytes((tmp_path / "a.gif").read_bytes())
    plans, outcomes = looked([*tasks, Task("copies/a.gif", copy)], pending)
    assert len(plans) == 3
    assert [(each.label, each.status) for each in outcomes] == [("copies/a.gif", Status.ALREADY)]


def test_a_secret_that_changes_in_between_is_not_pushed(
    tasks: list[Task], pending: PendingUploads
) -> None:
    (plan, *_), _ = looked(tasks, pending)
    assert secret_as_planned(plan, HOW, THERE).name == plan.task.label
    assert isinstance(plan.task.source, Path)
    plan.task.source.write_bytes(b"GIF89a, another")
    with pytest.raises(UsageError, match="was changed while it was being pushed"):
        secret_as_planned(plan, HOW, THERE)


def test_raw_pixels_take_more_room_than_a_file(secret: Path, pending: PendingUploads) -> None:
    task = Task("secret.png", secret)
    sizes = {}
    for form in ("file", "compact", "pixels"):
        (plan,), _ = looked([task], pending, how=replace(HOW, form=form))
        sizes[form] = plan.body_bytes
    (classic,), _ = looked([task], pending, how=replace(HOW, mode="classic"))
    assert sizes["file"] == sizes["compact"] < sizes["pixels"] == classic.body_bytes
