"""`verify` finds what is lost, changed or does not belong, and repairs without destroying."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from underpaint_server.arrival import Arrival, StegoFile
from underpaint_server.config import Config, load_config
from underpaint_server.keep import Keep
from underpaint_server.opened import OpenStore, opened
from underpaint_server.setup import new_server
from underpaint_server.verifying import Kind, as_text, verify

STEGO = b"\x89PNG\r\n\x1a\nthe stego image"
ARRIVAL = Arrival(
    client="alice",
    client_key=b"k" * 32,
    upload_id=b"u" * 16,
    name="cat.png",
    media_type="image/png",
    data=b"the secret",
    sha256=hashlib.sha256(b"the secret").digest(),
    stego_size=len(STEGO),
    stego_sha256=hashlib.sha256(STEGO).digest(),
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    new_server(tmp_path / "up", host=None, listen=None)
    return load_config(tmp_path / "up" / "server.yaml")


@pytest.fixture
def here(config: Config, tmp_path: Path) -> Iterator[OpenStore]:
    from msgspec.structs import replace as changed

    (tmp_path / "stego").write_bytes(STEGO)
    with opened(changed(config, keep=Keep.BOTH)) as store:
        for number in range(3):
            stego = StegoFile(tmp_path / "stego")
            store.inbox.keep(replace(ARRIVAL, upload_id=bytes([number]) * 16, stego=stego))
        yield store


def path_of(here: OpenStore, number: int, *, stego: bool = False) -> Path:
    entry = list(here.catalog.entries())[number]
    return Path(here.store.where((entry.stego_place if stego else entry.place) or ""))


def test_a_sound_store_is_sound(here: OpenStore) -> None:
    assert list(verify(here)) == []
    assert as_text([]) == "all is as it should be\n"


def test_losses_changes_and_strays_are_found_and_repaired(here: OpenStore) -> None:
    path_of(here, 0).unlink()
    changed = path_of(here, 1, stego=True)
    changed.unlink()
    changed.write_bytes(STEGO + b"!")
    stray = path_of(here, 2).with_name("notes.txt")
    stray.write_text("of the operator")
    found = {(each.kind, each.path) for each in verify(here)}
    assert found == {
        (Kind.LOST, str(path_of(here, 0))),
        (Kind.CHANGED, str(changed)),
        (Kind.STRAY, str(stray)),
    }
    assert "stray" in as_text(list(verify(here)))
    kept = here.state.root / "aside"
    assert not kept.exists()
    assert all(each.repaired for each in verify(here, repair=True))
    assert list(verify(here)) == []
    assert len(list(here.catalog.entries())) == 1
    contents = {path.read_bytes() for path in kept.iterdir()}
    assert contents == {STEGO, STEGO + b"!", b"the secret", b"of the operator"}


def test_what_is_on_its_way_is_not_lost(here: OpenStore) -> None:
    entry = next(here.catalog.entries())
    path_of(here, 0).rename(here.state.incoming / entry.id)
    assert list(verify(here, repair=True)) == []
    assert here.inbox.recover() == 1
    assert path_of(here, 0).read_bytes() == b"the secret"


def test_a_removed_secret_leaves_nothing(here: OpenStore) -> None:
    first = path_of(here, 0)
    here.inbox.remove(next(here.catalog.entries()))
    assert not first.exists()
    assert list(verify(here)) == []
    assert len(list(here.catalog.entries())) == 2
