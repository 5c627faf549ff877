"""A secret that another process has in hand: waited for, or refused where it is wanted twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from underpaint_client.claims import Claims
from underpaint_client.elsewhere import Elsewhere
from underpaint_client.ledger import Ledger
from underpaint_client.pending import PendingUploads
from underpaint_client.plans import Plan, Task
from underpaint_client.prepare import prepare
from underpaint_client.recipe import Recipe
from underpaint_common.errors import LocalFileError

PLAN = Plan(Task("a.gif", b"GIF89a"), Recipe("a.gif", "0" * 64), bytes(32), 100)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger")


@pytest.fixture
def pending(tmp_path: Path) -> PendingUploads:
    return PendingUploads(tmp_path / "pending", print)


def elsewhere(
    tmp_path: Path, ledger: Ledger, pending: PendingUploads, told: list[str], *, again: bool = False
) -> Elsewhere:
    claims = Claims(tmp_path / "claims")
    return Elsewhere(claims, ledger, pending, again=again, tell=told.append)


def store(ledger: Ledger, receipt: str) -> None:
    noted = SimpleNamespace(id=receipt, received_at="2031-05-06T07:08:09Z")
    ledger.record(PLAN.mark, None, noted)  # type: ignore[arg-type] # all it looks at


def test_it_is_waited_for_and_comes_in_time(
    tmp_path: Path, ledger: Ledger, pending: PendingUploads
) -> None:
    told: list[str] = []
    here = elsewhere(tmp_path, ledger, pending, told)
    theirs = Claims(tmp_path / "claims").secret(PLAN.mark)
    assert theirs is not None
    assert here.claim(PLAN) is None
    assert ["a.gif is being pushed by another" in each for each in told] == [True]

    async def wait() -> None:
        waiting = asyncio.create_task(here.claim_when_free(PLAN))
        await asyncio.sleep(0)
        assert not waiting.done()
        theirs.let_go()
        (await waiting).let_go()

    asyncio.run(wait())
    assert here.claim(PLAN) is not None


def test_one_that_is_wanted_again_is_refused_at_once(
    tmp_path: Path, ledger: Ledger, pending: PendingUploads
) -> None:
    here = elsewhere(tmp_path, ledger, pending, [], again=True)
    theirs = Claims(tmp_path / "claims").secret(PLAN.mark)
    assert theirs is not None
    with pytest.raises(LocalFileError, match=r"a\.gif is being pushed by another"):
        here.claim(PLAN)
    theirs.let_go()
    assert here.claim(PLAN) is not None


@pytest.mark.parametrize("again", [False, True])
def test_what_was_stored_meanwhile_is_seen(
    tmp_path: Path, ledger: Ledger, pending: PendingUploads, cover: Path, secret: Path, again: bool
) -> None:
    here = elsewhere(tmp_path, ledger, pending, [], again=again)
    assert here.stored_since(PLAN) is None
    store(ledger, "r1")
    pending.keep(PLAN.recipe, prepare(secret, cover, bytes(32), mode="planes"))
    if again:
        with pytest.raises(LocalFileError, match=r"stored by another .* receipt r1"):
            here.stored_since(PLAN)
    else:
        found = here.stored_since(PLAN)
        assert found is not None
        assert found.id == "r1"
        assert pending.find(PLAN.recipe) is None, "its receipt is noted: nothing is unfinished"
    planned_after = replace(PLAN, earlier=ledger.stored(PLAN.mark))
    assert here.stored_since(planned_after) is None
