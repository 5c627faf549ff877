"""The catalog: committed means there after a crash."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from underpaint_common.errors import LocalFileError
from underpaint_server.catalog import CatalogFailed, ConflictError, Entry, Selection
from underpaint_server.sqlite_catalog import SqliteCatalog

ENTRY = Entry(
    id="00ff",
    client="alice",
    client_key=b"k" * 32,
    upload_id=b"u" * 16,
    name="cat.png",
    media_type="image/png",
    size=3,
    sha256=b"s" * 32,
    received_at="2025-01-02T03:04:05.678Z",
    place="alice/cat.png",
    stego_size=9,
    stego_sha256=b"t" * 32,
)


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        catalog.add(ENTRY)
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        assert catalog.get("00ff") == ENTRY
        assert catalog.find_upload(b"k" * 32, b"u" * 16) == ENTRY
        assert catalog.find_upload(b"l" * 32, b"u" * 16) is None
        assert list(catalog.entries()) == [ENTRY]
        catalog.remove("00ff")
        assert catalog.get("00ff") is None


def test_rows_of_one_millisecond_come_in_the_order_in_which_they_were_added(tmp_path: Path) -> None:
    ids = [os.urandom(8).hex() for _ in range(20)]
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        for id_ in ids:
            catalog.add(replace(ENTRY, id=id_, upload_id=id_.encode(), place=f"alice/{id_}.png"))
        catalog.add(
            replace(
                ENTRY,
                id="0",
                received_at="2024-01-02T03:04:05.678Z",
                upload_id=b"0",
                place="alice/0",
            )
        )
        assert [entry.id for entry in catalog.entries()] == ["0", *ids]


def test_what_is_no_text_is_asked_for_as_it_would_have_arrived(tmp_path: Path) -> None:
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        catalog.add(ENTRY)
        no_text = os.fsdecode(b"c\xfft.png")
        assert catalog.get(no_text) is None
        assert list(catalog.entries(Selection(client=no_text))) == []
        assert list(catalog.entries(Selection(name=no_text))) == [ENTRY]


@pytest.mark.parametrize(
    "taken",
    [
        {"upload_id": b"v" * 16, "place": "alice/dog.png"},
        {"id": "01", "place": "alice/dog.png"},
        {"id": "01", "upload_id": b"v" * 16},
    ],
)
def test_ids_uploads_and_places_are_unique(tmp_path: Path, taken: dict[str, object]) -> None:
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        catalog.add(ENTRY)
        with pytest.raises(ConflictError):
            catalog.add(replace(ENTRY, **taken))  # type: ignore[arg-type] # table of fields
        catalog.add(
            replace(ENTRY, id="02", client_key=b"l" * 32, place="bob/cat.png")
        )  # the same upload id of another client is another upload


def test_a_retired_row_leaves_its_upload_until_that_is_forgotten(tmp_path: Path) -> None:
    remembered = replace(ENTRY, place=None)
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        catalog.add(ENTRY)
        catalog.retire("00ff", "2025-02-01T00:00:00.000Z", forget_before="2025-01-01")
        assert catalog.get("00ff") is None
        assert list(catalog.entries()) == []
        assert catalog.kept_bytes_of("alice") == 0
        assert catalog.find_upload(b"k" * 32, b"u" * 16) == remembered
        catalog.retire("none such", "2025-03-01", forget_before="2025-01-31T23:59:59.999Z")
        assert catalog.find_upload(b"k" * 32, b"u" * 16) == remembered
        catalog.retire("none such", "2025-03-01", forget_before="2025-02-01T00:00:00.000Z")
        assert catalog.find_upload(b"k" * 32, b"u" * 16) is None


def test_retiring_is_done_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        catalog.add(ENTRY)
        catalog.retire("00ff", "2025-02-01", forget_before="2025-01-01")
        catalog.add(ENTRY)  # as no daemon does: the upload is known
        with pytest.raises(CatalogFailed):
            catalog.retire("00ff", "2025-03-01", forget_before="2025-01-01")
        assert catalog.get("00ff") == ENTRY


def test_entries_are_ordered_by_time(tmp_path: Path) -> None:
    moments = ["2025-03-01T00:00:00Z", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"]
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        for number, moment in enumerate(moments):
            catalog.add(
                replace(
                    ENTRY,
                    id=str(number),
                    upload_id=bytes([number]) * 16,
                    place=f"a/{number}",
                    received_at=moment,
                )
            )
        assert [entry.received_at for entry in catalog.entries()] == sorted(moments)


def test_threads_share_a_catalog(tmp_path: Path) -> None:
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog, ThreadPoolExecutor(8) as pool:
        numbers = range(40)
        list(
            pool.map(
                lambda n: catalog.add(
                    replace(ENTRY, id=str(n), upload_id=bytes([n]) * 16, place=f"a/{n}")
                ),
                numbers,
            )
        )
        assert len(list(catalog.entries())) == len(numbers)


def test_a_committed_row_survives_a_kill(tmp_path: Path) -> None:
    program = (
        "import os, sys, signal\n"
        "from pathlib import Path\n"
        "from underpaint_server.catalog import Entry\n"
        "from underpaint_server.sqlite_catalog import SqliteCatalog\n"
        "catalog = SqliteCatalog.open(Path(sys.argv[1]))\n"
        "catalog.add(Entry('1', 'a', b'k', b'u', 'n', 'm', 1, b's', 't', 'p', 2, b'd'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "c")], check=False)
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        assert catalog.get("1") is not None


def test_durability_is_what_is_asked_of_sqlite(tmp_path: Path) -> None:
    with closing(SqliteCatalog.open(tmp_path / "c")) as catalog:
        pragma = catalog._connection.execute
        assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
        assert pragma("PRAGMA synchronous").fetchone() == (2,)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "c")) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(LocalFileError, match="newer"):
        SqliteCatalog.open(tmp_path / "c")


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"not a database at all" * 100)
    with pytest.raises(LocalFileError):
        SqliteCatalog.open(tmp_path / "c")
    with pytest.raises(LocalFileError):
        SqliteCatalog.open(tmp_path / "missing" / "c")


def test_who_opens_a_new_catalog_waits_for_another_who_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("underpaint_server.sqlite_catalog._BUSY_SECONDS", 60.0)
    path = tmp_path / "c"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(SqliteCatalog.open, path)
            time.sleep(0.1)
            other.execute("ROLLBACK")
            with closing(opening.result(60)) as catalog:
                assert list(catalog.entries()) == []
