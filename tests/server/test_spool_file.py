"""A file of the spool: what came is there and hashed, whatever interrupts it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.uploading import ALICE, UPLOAD, resumed

from underpaint_server.spool import Spool


@given(parts=st.lists(st.binary(max_size=200), max_size=8), cut=st.integers(0, 8))
def test_what_is_added_is_there_and_hashed_across_interruptions(
    parts: list[bytes], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool(folder)
    spooled = resumed(spool, ALICE, UPLOAD)
    for number, part in enumerate(parts):
        if number == cut:
            spooled.release()
            spool = Spool(folder)
            spool.count()
            spooled = resumed(spool, ALICE, UPLOAD)
        spooled.append(bytearray(part))
    spooled.close()
    whole = b"".join(parts)
    assert (spooled.length, spooled.sha256) == (len(whole), hashlib.sha256(whole).digest())
    assert spool.used_bytes == len(whole)
    if parts:
        assert spooled.path.read_bytes() == whole
    spooled.discard()
    assert list(folder.iterdir()) == []
    assert spool.used_bytes == 0
    spooled.discard()


def test_a_client_may_begin_anew(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spooled = resumed(spool, ALICE, UPLOAD)
    spooled.append(b"wrong")
    spooled.restart()
    assert (spooled.length, spooled.sha256) == (0, hashlib.sha256().digest())
    spooled.append(b"right")
    spooled.release()
    assert resumed(spool, ALICE, UPLOAD).sha256 == hashlib.sha256(b"right").digest()


def test_what_a_crash_altered_is_seen_in_the_digest(tmp_path: Path) -> None:
    spooled = resumed(Spool(tmp_path), ALICE, UPLOAD)
    spooled.append(b"12345678")
    spooled.release()
    spooled.path.write_bytes(b"1234\0\0")
    again = resumed(Spool(tmp_path), ALICE, UPLOAD)
    assert (again.length, again.sha256) == (6, hashlib.sha256(b"1234\0\0").digest())


def test_others_cannot_read_it(tmp_path: Path) -> None:
    spooled = resumed(Spool(tmp_path), ALICE, UPLOAD)
    spooled.append(b"x")
    assert spooled.path.stat().st_mode & 0o077 == 0
    assert spooled.path.parent.stat().st_mode & 0o077 == 0
