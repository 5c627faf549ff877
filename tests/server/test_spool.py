"""Files of uploads in progress."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_server.spool import Spool


@given(parts=st.lists(st.binary(max_size=200), max_size=8))
def test_what_is_added_is_there_and_hashed(
    parts: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    spooled = Spool(tmp_path_factory.mktemp("spool")).new_file()
    for part in parts:
        spooled.append(bytearray(part))
    spooled.close()
    whole = b"".join(parts)
    assert spooled.length == len(whole)
    assert spooled.sha256 == hashlib.sha256(whole).digest()
    if parts:
        assert spooled.path.read_bytes() == whole
    spooled.discard()
    assert not spooled.path.exists()
    spooled.discard()


def test_others_cannot_read_it(tmp_path: Path) -> None:
    spooled = Spool(tmp_path).new_file()
    spooled.append(b"x")
    assert spooled.path.stat().st_mode & 0o077 == 0
    spooled.discard()


def test_a_new_daemon_finds_an_empty_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spooled = spool.new_file()
    spooled.append(b"left behind")
    spooled.close()
    spool.clear()
    assert list(tmp_path.iterdir()) == []
