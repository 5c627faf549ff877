"""Secrets are exported whole while others arrive and are removed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from underpaint_common.errors import UnderpaintError
from underpaint_server.arrival import Arrival
from underpaint_server.config import load_config
from underpaint_server.exporting import Removed, export, export_all
from underpaint_server.file_store import FileStore
from underpaint_server.opened import OpenStore, opened
from underpaint_server.setup import new_server

ARRIVAL = Arrival(
    client="alice",
    client_key=b"k" * 32,
    upload_id=b"u" * 16,
    name="cat.png",
    media_type="image/png",
    data=b"the secret",
    sha256=hashlib.sha256(b"the secret").digest(),
    stego_size=99,
    stego_sha256=b"t" * 32,
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[OpenStore]:
    new_server(tmp_path / "up", host=None, listen=None)
    with opened(load_config(tmp_path / "up" / "server.yaml")) as store:
        store.inbox.keep(ARRIVAL)
        yield store


def test_a_secret_that_is_being_placed_is_waited_for(
    here: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results: list[Path | UnderpaintError] = []
    exporting = threading.Thread(target=lambda: results.extend(export_all(here, tmp_path)))
    place = FileStore.place

    def place_slowly(self: FileStore, id_: str, where: str) -> None:
        exporting.start()
        exporting.join(0.2)
        place(self, id_, where)

    monkeypatch.setattr(FileStore, "place", place_slowly)
    here.inbox.keep(replace(ARRIVAL, upload_id=b"n" * 16, name="dog.png"))
    exporting.join()
    assert results == [tmp_path / "alice" / "cat.png", tmp_path / "alice" / "dog.png"]


@pytest.mark.parametrize("place_is_taken", [False, True])
def test_what_is_removed_meanwhile_is_passed_over(
    here: OpenStore, tmp_path: Path, place_is_taken: bool
) -> None:
    second = here.inbox.keep(replace(ARRIVAL, upload_id=b"n" * 16, name="dog.png"))
    results = export_all(here, tmp_path)
    next(results)
    here.inbox.remove(second)
    if place_is_taken:
        data = b"another secret"
        digest = hashlib.sha256(data).digest()
        arrival = replace(ARRIVAL, upload_id=b"o" * 16, name="dog.png", data=data, sha256=digest)
        here.inbox.keep(arrival)
    assert list(results) == []
    with pytest.raises(Removed, match="removed meanwhile"):
        export(here, second, tmp_path)
