"""What is kept of an upload until its receipt: whole, private, bounded, and found again."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from underpaint_client.destination import Destination
from underpaint_client.pending import LONGEST_SECONDS, PendingUploads
from underpaint_client.prepare import Prepared, prepare
from underpaint_client.recipe import Recipe
from underpaint_common.crypto.identity import Identity
from underpaint_common.payload import SecretFile
from underpaint_common.wire import Address

ALICE, SERVER = Identity.generate(), Identity.generate()
SECRET = SecretFile("cat.gif", "image/gif", b"GIF89a, the secret")
SENT: dict[str, Any] = {
    "destination": Destination(Address("example.org", 7741, SERVER.public), ALICE),
    "secret": SECRET,
    "cover": b"cover" * 4,
    "options": (("mode", "auto"), ("planes", None)),
}
RECIPE = Recipe.of(**SENT)


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    import numpy as np

    cover = np.random.default_rng(1).integers(30, 220, (40, 60, 3), dtype=np.uint8)
    return prepare(SECRET, cover, bytes(32))


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def pending(tmp_path: Path, told: list[str]) -> PendingUploads:
    return PendingUploads(tmp_path / "state" / "pending", told.append)


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "pending").iterdir())


def test_what_is_kept_is_found_by_the_same_push_and_goes_when_it_is_done(
    tmp_path: Path, pending: PendingUploads, prepared: Prepared, told: list[str]
) -> None:
    assert pending.find(RECIPE) is None
    assert pending.keep(RECIPE, prepared) is prepared
    later = PendingUploads(tmp_path / "state" / "pending", told.append)
    assert later.find(RECIPE) == replace(prepared, seconds=later.find(RECIPE).seconds)  # type: ignore[union-attr] # it is there
    (file,) = files(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    later.forget(RECIPE, prepared)
    assert (later.find(RECIPE), files(tmp_path), told) == (None, [], [])
    later.forget(RECIPE, prepared)


@pytest.mark.parametrize(
    "change",
    [
        {"secret": replace(SECRET, data=b"GIF89a, another")},
        {"secret": replace(SECRET, name="dog.gif")},
        {"cover": b""},
        {"options": (("mode", "classic"), ("planes", None))},
        {"destination": Destination(SENT["destination"].address, SERVER)},
        {"destination": Destination(Address("example.org", 7741, ALICE.public), ALICE)},
    ],
)
def test_another_push_is_another_upload(
    pending: PendingUploads, prepared: Prepared, change: dict[str, Any]
) -> None:
    pending.keep(RECIPE, prepared)
    assert pending.find(Recipe.of(**SENT | change)) is None


def test_a_server_that_moves_stays_the_same(pending: PendingUploads, prepared: Prepared) -> None:
    pending.keep(RECIPE, prepared)
    moved = Destination(Address("elsewhere", 1, SERVER.public), ALICE)
    assert pending.find(Recipe.of(**SENT | {"destination": moved})) is not None


def test_of_two_processes_with_one_push_the_first_is_followed(
    pending: PendingUploads, prepared: Prepared, told: list[str]
) -> None:
    second = replace(prepared, upload_id=bytes(16))
    pending.keep(RECIPE, prepared)
    assert pending.keep(RECIPE, second).upload_id == prepared.upload_id
    pending.forget(RECIPE, second)
    found = pending.find(RECIPE)
    assert found is not None
    assert found.upload_id == prepared.upload_id
    assert told == []


@pytest.mark.parametrize("length", [0, 3, 4, 50, -1])
def test_a_file_that_is_not_whole_is_dropped_and_told(
    tmp_path: Path, pending: PendingUploads, prepared: Prepared, told: list[str], length: int
) -> None:
    pending.keep(RECIPE, prepared)
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:length])
    assert pending.find(RECIPE) is None
    assert files(tmp_path) == []
    assert len(told) == 1
    assert "forgotten" in told[0]


def test_what_is_too_old_or_too_much_is_dropped_and_told(
    tmp_path: Path,
    pending: PendingUploads,
    prepared: Prepared,
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = len(prepared.stego)
    monkeypatch.setattr("underpaint_client.pending.MOST_BYTES", 3 * size)
    recipes = [
        Recipe.of(**SENT | {"secret": replace(SECRET, name=f"{number}.gif")}) for number in range(5)
    ]
    for number, recipe in enumerate(recipes[:2]):
        pending.keep(recipe, prepared)
        newest = max(files(tmp_path), key=lambda path: path.stat().st_mtime_ns)
        moment = time.time() - LONGEST_SECONDS * (1.01 if number == 0 else 0.5)
        os.utime(newest, (moment, moment))
    pending.keep(recipes[2], prepared)
    assert told == ["an interrupted push of 0.gif is older than 30 days and is forgotten"]
    pending.keep(recipes[3], prepared)
    assert told[1:] == [
        "an interrupted push of 1.gif has to make room for newer ones and is forgotten"
    ]
    assert pending.find(recipes[2]) is not None
    monkeypatch.setattr("underpaint_client.pending.MOST_BYTES", size)
    assert pending.keep(recipes[4], prepared) is prepared
    assert "will begin anew" in told[-1]
    assert "larger than" in told[-1]


def test_a_folder_that_cannot_be_written_costs_no_push(
    tmp_path: Path, prepared: Prepared, told: list[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    pending = PendingUploads(tmp_path / "file" / "pending", told.append)
    assert pending.find(RECIPE) is None
    assert pending.keep(RECIPE, prepared) is prepared
    pending.forget(RECIPE, prepared)
    (sentence,) = told
    assert "will begin anew" in sentence
