"""What is remembered of receipts: by several processes, for this user alone, or said to be lost."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from underpaint_client.destination import Destination
from underpaint_client.ledger import Ledger, Stored, mark_of
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError
from underpaint_common.payload import SecretFile
from underpaint_common.wire import Address

ALICE, SERVER = Identity.generate(), Identity.generate()
THERE = Destination(Address("example.org", 7741, SERVER.public), ALICE)
SECRET = SecretFile("cat.gif", "image/gif", b"GIF89a")


def receipt(id_: str = "r1") -> Any:
    return SimpleNamespace(id=id_, received_at="2031-05-06T07:08:09Z")


def test_a_receipt_is_remembered_with_its_cover(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger"
    ledger = Ledger.open(path)
    assert (ledger.used_at(b"c" * 32), ledger.stored(b"m" * 32)) == (None, None)
    ledger.record(b"m" * 32, b"c" * 32, receipt())
    ledger.record(b"n" * 32, None, receipt("r2"))
    again = Ledger.open(path)
    assert again.used_at(b"c" * 32) == "2031-05-06T07:08:09Z"
    assert again.stored(b"m" * 32) == Stored("r1", "2031-05-06T07:08:09Z")
    again.record(b"m" * 32, b"c" * 32, receipt("r3"))
    assert ledger.stored(b"m" * 32) == Stored("r3", "2031-05-06T07:08:09Z")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_is_known_until_it_changes(tmp_path: Path) -> None:
    ledger, file = Ledger.open(tmp_path / "ledger"), tmp_path / "cover.png"
    file.write_bytes(b"cover")
    assert ledger.digest_of(file) is None
    ledger.note_file(file, b"c" * 32)
    assert ledger.digest_of(file) == b"c" * 32
    file.write_bytes(b"other cover")
    assert ledger.digest_of(file) is None
    ledger.note_file(file, b"d" * 32)
    assert ledger.digest_of(file) == b"d" * 32
    file.unlink()
    assert ledger.digest_of(file) is None
    ledger.note_file(file, b"e" * 32)


def test_names_that_are_no_text_are_remembered_too(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    names = [os.fsdecode(b"\xff.png"), os.fsdecode(b"\xfe.png"), "\\udcff.png", "\x1b[2J\n"]
    for name in names:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1, 1))
        ledger.note_file(tmp_path / name, name.encode(errors="surrogateescape"))
    for name in names:
        assert ledger.digest_of(tmp_path / name) == name.encode(errors="surrogateescape")
    secret = replace(SECRET, name=os.fsdecode(b"\xff.gif"))
    ledger.record(mark_of(THERE, secret), None, receipt())
    assert ledger.stored(mark_of(THERE, secret)) is not None


def test_many_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("underpaint_client.ledger._BUSY_SECONDS", 60.0)

    def note(number: int) -> None:
        Ledger.open(tmp_path / "ledger").record(bytes([number]), bytes([number]), receipt())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, range(40)))
    ledger = Ledger.open(tmp_path / "ledger")
    assert all(ledger.stored(bytes([n])) and ledger.used_at(bytes([n])) for n in range(40))


def test_a_secret_is_known_by_name_bytes_server_and_sender() -> None:
    others = [
        mark_of(THERE, replace(SECRET, name="dog.gif")),
        mark_of(THERE, replace(SECRET, data=b"GIF87a")),
        mark_of(replace(THERE, identity=SERVER), SECRET),
        mark_of(replace(THERE, address=Address("h", 1, ALICE.public)), SECRET),
    ]
    moved = replace(THERE, address=Address("elsewhere", 1, SERVER.public))
    assert mark_of(moved, SECRET) == mark_of(THERE, SECRET)
    assert len({mark_of(THERE, SECRET), *others}) == 5


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, and long enough not to be taken for one" * 99)
    (tmp_path / "file").write_text("")
    with sqlite3.connect(tmp_path / "newer") as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    for path in (tmp_path / "text", tmp_path / "file" / "ledger", tmp_path / "newer"):
        with pytest.raises(LocalFileError, match=r"cannot use|newer"):
            Ledger.open(path)
