"""What `underpaintd list` shows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from underpaint_common.errors import LocalFileError
from underpaint_server.catalog import Entry
from underpaint_server.config import Config, load_config
from underpaint_server.listing import Row, as_table, received
from underpaint_server.setup import new_server
from underpaint_server.sqlite_catalog import SqliteCatalog
from underpaint_server.state import StateFolder

ROW = Row("00ff", "cat.png", "alice", 1234567, "ab" * 32, "2025-01-02T03:04:05Z", "/in/cat.png")


def test_json_has_the_promised_names() -> None:
    row = msgspec.to_builtins(ROW)
    assert list(row) == ["id", "name", "client", "bytes", "sha256", "received_at", "path"]
    assert row["bytes"] == 1234567


def test_the_table_is_aligned_and_harmless() -> None:
    table = as_table([ROW, Row("1", "\x1b[2Jx", "bob", 1, "", "2025", "")])
    head, first, second = table.splitlines()
    assert head.split() == ["RECEIVED", "ID", "CLIENT", "BYTES", "NAME"]
    assert first.split() == ["2025-01-02T03:04:05Z", "00ff", "alice", "1,234,567", "cat.png"]
    assert head.index("NAME") == first.index("cat.png")
    assert "\x1b" not in second
    assert as_table([]) == ""


def test_rows_come_from_the_catalog_with_absolute_paths(tmp_path: Path) -> None:
    new_server(tmp_path, host=None, listen=None)
    config = load_config(tmp_path / "server.yaml")
    assert received(config) == []
    catalog = SqliteCatalog.open(StateFolder(config.state).catalog)
    catalog.add(
        Entry(
            "1", "alice", b"k", b"u", "a.png", "image/png", 3, b"\xab", "t", "alice/a.png", 9, b"d"
        )
    )
    catalog.close()
    (row,) = received(config)
    assert row.path == str(tmp_path / "state" / "inbox" / "alice" / "a.png")
    assert row.sha256 == "ab"


def test_no_state_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError):
        received(Config(state=tmp_path))
