"""Files of uploads in progress: resumed, bounded, swept."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.server.uploading import ALICE, UPLOAD, resumed

from underpaint_common.errors import Refused
from underpaint_common.units import ByteCount, Seconds
from underpaint_server.limits import Limits
from underpaint_server.spool import Spool


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_uploads_of_clients_do_not_meet(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    resumed(spool, ALICE, UPLOAD).append(b"of alice")
    assert resumed(spool, b"b" * 32, UPLOAD).length == 0


def test_old_and_revoked_uploads_are_swept_and_those_in_use_stay(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lambda: Limits(spool_ttl=Seconds(60)))
    eve = b"e" * 32
    files = [
        resumed(spool, key, bytes([n]) * 16) for n, key in enumerate([ALICE, ALICE, ALICE, eve])
    ]
    for file in files:
        file.append(b"x")
    old, in_use, fresh, of_eve = files
    for file in (old, in_use):
        os.utime(file.path, (time.time() - 100,) * 2)
    for file in (old, fresh, of_eve):
        file.release()
    assert spool.sweep(lambda key: key == ALICE) == 2
    assert files_in(tmp_path) == [in_use.path.name, fresh.path.name]


def test_what_vanishes_during_a_sweep_is_passed_over(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    files = [resumed(spool, key, UPLOAD) for key in (ALICE, b"b" * 32, b"c" * 32)]
    for file in files:
        file.append(b"x")
        file.release()

    def is_allowed(key: bytes) -> bool:
        for file in files:
            if file.path.parent.name != key.hex():
                spool.forget(file.path)
        return True

    assert spool.sweep(is_allowed) == 0
    assert len(files_in(tmp_path)) == 1
    assert len(spool.sizes()) == 1


def test_an_upload_taken_up_during_a_sweep_stays(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spooled = resumed(spool, ALICE, UPLOAD)
    spooled.append(b"first, ")
    spooled.release()
    taken_up = []

    def is_allowed(_: bytes) -> bool:
        taken_up.append(resumed(spool, ALICE, UPLOAD))
        return False

    assert spool.sweep(is_allowed) == 0
    (spooled,) = taken_up
    spooled.append(b"then")
    assert spooled.path.read_bytes() == b"first, then"


def test_a_full_spool_gives_up_the_longest_interrupted_upload(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lambda: Limits(spool_bytes=ByteCount(100)))
    for number in range(2):
        file = resumed(spool, ALICE, bytes([number]) * 16)
        file.append(bytes(40))
        file.release()
        os.utime(file.path, (number, number))
    newest = resumed(spool, ALICE, b"n" * 16)
    newest.append(bytes(60))
    assert files_in(tmp_path) == [(b"\1" * 16).hex(), (b"n" * 16).hex()]
    with pytest.raises(Refused) as caught:
        newest.append(bytes(60))
    assert caught.value.code == "spool_full"
    assert caught.value.retry_after
    assert files_in(tmp_path) == [(b"n" * 16).hex()]


@pytest.mark.parametrize("swept", [True, False], ids=["swept", "not yet swept"])
def test_a_spool_that_the_operator_emptied_takes_uploads_again(tmp_path: Path, swept: bool) -> None:
    spool = Spool(tmp_path, lambda: Limits(spool_bytes=ByteCount(100)))
    files = [resumed(spool, ALICE, bytes([number]) * 16) for number in range(2)]
    for file in files:
        file.append(bytes(40))
    files[0].release()
    shutil.rmtree(files[0].path.parent)
    if swept:
        assert spool.sweep(lambda _: True) == 0
        assert spool.used_bytes == 40  # the other is still being written
    resumed(spool, ALICE, UPLOAD).append(bytes(60))
    assert spool.used_bytes == 100


def test_a_spool_gives_up_no_upload_for_one_that_is_gone(tmp_path: Path) -> None:
    spool = Spool(tmp_path, lambda: Limits(spool_bytes=ByteCount(100)))
    files = [resumed(spool, ALICE, bytes([number]) * 16) for number in range(2)]
    for file in files:
        file.append(bytes(50))
        file.release()
    files[1].path.unlink()
    resumed(spool, ALICE, UPLOAD).append(bytes(50))
    assert files_in(tmp_path) == [files[0].path.name, UPLOAD.hex()]


def test_an_upload_counts_with_what_is_left_of_it_when_it_is_resumed(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    file = resumed(spool, ALICE, UPLOAD)
    file.append(bytes(40))
    file.release()
    os.truncate(file.path, 10)
    assert resumed(spool, ALICE, UPLOAD).length == spool.used_bytes == 10


def test_its_size_is_told_while_a_thread_is_at_the_disk(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    resumed(spool, ALICE, UPLOAD).append(b"12")
    with ThreadPoolExecutor(1) as threads, spool._lock:
        assert threads.submit(lambda: spool.used_bytes).result(30) == 2


def test_a_disk_is_not_filled_to_the_last(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    spool = Spool(tmp_path, lambda: Limits(min_free=ByteCount(free * 2)))
    with pytest.raises(Refused) as caught:
        resumed(spool, ALICE, UPLOAD).append(b"x")
    assert caught.value.code == "disk_full"
    assert caught.value.retry_after
    assert files_in(tmp_path) == []


def test_what_is_not_an_upload_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "of the operator").write_text("mine")
    spool = Spool(tmp_path, lambda: Limits(spool_ttl=Seconds(0.001)))
    assert spool.count() == 0
    assert spool.sweep(lambda _: False) == 0
    assert files_in(tmp_path) == ["of the operator"]
