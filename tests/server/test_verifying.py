"""`verify` finds what is lost, changed or does not belong, and repairs without destroying."""

from __future__ import annotations

import errno
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from underpaint_server.arrival import Arrival, StegoFile
from underpaint_server.catalog import Entry
from underpaint_server.config import Config, load_config
from underpaint_server.file_store import FileStore
from underpaint_server.keep import Keep
from underpaint_server.opened import OpenStore, opened
from underpaint_server.setup import new_server
from underpaint_server.verifying import Finding, Kind, as_text, verify

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


def test_a_new_secret_in_the_place_of_a_removed_one_is_sound(here: OpenStore) -> None:
    first, old, *_ = here.catalog.entries()
    new: list[Entry] = []

    class Catalog:
        """Between a row and the look at its file, another secret takes the file's place."""

        def __getattr__(self, name: str) -> Any:
            return getattr(here.catalog, name)

        def entries(self) -> Iterator[Entry]:
            for entry in here.catalog.entries():
                if entry.id == first.id:
                    here.inbox.remove(first)
                    data = b"another secret"
                    digest = hashlib.sha256(data).digest()
                    arrival = replace(ARRIVAL, upload_id=b"n" * 16, data=data, sha256=digest)
                    new.append(here.inbox.keep(arrival))
                yield entry

    assert list(verify(replace(here, catalog=Catalog()), repair=True)) == []
    assert new[0].place == first.place
    assert here.store.is_taken(new[0].place or "")
    assert here.catalog.get(old.id) == old


def beside(here: OpenStore, findings: list[Finding], **options: bool) -> threading.Thread:
    """Verify in another thread, for a moment or longer while the caller goes on."""
    thread = threading.Thread(target=lambda: findings.extend(verify(here, **options)))
    thread.start()
    thread.join(0.2)
    return thread


@pytest.mark.parametrize("repair", [False, True])
def test_a_secret_that_is_being_removed_is_neither_lost_nor_stray(
    here: OpenStore, monkeypatch: pytest.MonkeyPatch, repair: bool
) -> None:
    findings: list[Finding] = []
    threads: list[threading.Thread] = []
    drop = here.store.drop

    def drop_slowly(id_: str) -> None:
        threads.append(beside(here, findings, repair=repair))
        drop(id_)

    monkeypatch.setattr(FileStore, "drop", lambda _, id_: drop_slowly(id_))
    here.inbox.remove(next(here.catalog.entries()))
    for each in threads:
        each.join()
    assert findings == []
    assert not (here.state.root / "aside").exists()


def test_what_is_placed_without_hard_links_is_never_found_changed(
    here: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings: list[Finding] = []
    threads: list[threading.Thread] = []
    touch = Path.touch

    def no_links(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no hard links")

    def touch_slowly(self: Path, **options: bool) -> None:
        touch(self, **options)
        threads.append(beside(here, findings, repair=True))

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    monkeypatch.setattr(Path, "touch", touch_slowly)
    entry = here.inbox.keep(replace(ARRIVAL, upload_id=b"n" * 16))
    for each in threads:
        each.join()
    assert threads
    assert findings == []
    assert here.catalog.get(entry.id) == entry


def test_a_stray_that_its_owner_takes_away_ends_no_repair(
    here: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    vanishing = here.state.inbox / "a"
    for path in (vanishing, here.state.inbox / "z"):
        path.write_bytes(b"of the operator")
    set_aside = FileStore.set_aside

    def vanish_first(self: FileStore, place: str) -> str:
        vanishing.unlink(missing_ok=True)
        return set_aside(self, place)

    monkeypatch.setattr(FileStore, "set_aside", vanish_first)
    (finding,) = verify(here, repair=True)
    assert finding.path == str(here.state.inbox.absolute() / "z")


def test_what_cannot_be_read_is_told_and_left_alone(
    here: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = next(here.catalog.entries())
    open_ = FileStore.open

    def failing(self: FileStore, place: str) -> BinaryIO:
        if place == entry.place:
            raise OSError(errno.EIO, "Input/output error")
        return open_(self, place)

    monkeypatch.setattr(FileStore, "open", failing)
    (finding,) = verify(here, repair=True)
    assert (finding.kind, finding.id, finding.repaired) == (Kind.UNREADABLE, entry.id, None)
    assert here.catalog.get(entry.id) == entry
    assert path_of(here, 0).exists()
