"""A few rounds of the crash test, and a daemon whose storage fails while it runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.end_to_end.daemon.process import DaemonProcess
from tests.end_to_end.daemon.raw_client import RawClient, stego_image
from tests.torture.rounds import torture

from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import Address, Receipt, Refusal
from underpaint_server.config import load_config
from underpaint_server.opened import opened
from underpaint_server.verifying import verify

pytestmark = pytest.mark.end_to_end

ROUNDS = 4

FAILING_DISK = """
import errno, pathlib
from underpaint_server.disk import Disk
real = Disk.{operation}
def failing(self, *args):
    if pathlib.Path({switch!r}).exists():
        raise OSError(errno.EIO, "Input/output error")
    return real(self, *args)
Disk.{operation} = failing
"""

FAILING_SYSTEM = """
import errno, os, pathlib
real = os.{call}
def failing(*args, **kwargs):
    if pathlib.Path({switch!r}).exists():
        raise OSError(errno.EIO, "Input/output error")
    return real(*args, **kwargs)
os.{call} = failing
"""

BOUNDED_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
"""

NewDaemon = Callable[..., DaemonProcess]


@pytest.fixture
def new_daemon(tmp_path: Path) -> Iterator[NewDaemon]:
    made: list[DaemonProcess] = []

    def make(folder: Path = tmp_path / "server", **limits: object) -> DaemonProcess:
        made.append(DaemonProcess(folder, limits))
        return made[-1]

    yield make
    for each in made:
        each.kill()


def assert_sound(daemon: DaemonProcess, receipts: list[Receipt]) -> None:
    with opened(load_config(daemon.config)) as here:
        assert list(verify(here)) == []
        kept = {entry.id: entry.sha256 for entry in here.catalog.entries()}
    assert {receipt.id: receipt.sha256 for receipt in receipts}.items() <= kept.items()
    assert list((daemon.state / "incoming").iterdir()) == []


def connected(address: Address, identity: Identity) -> RawClient:
    return RawClient(address, identity).connect()


def test_no_kill_loses_a_receipt(tmp_path: Path) -> None:
    receipts = list(torture(tmp_path / "server", ROUNDS, seed=5))
    assert len(receipts) == ROUNDS
    assert receipts[-1] > ROUNDS  # or nothing was tried


def failing_daemon(daemon: DaemonProcess, fault: str, switch: Path) -> Address:
    """Start a daemon in which a method of the store's disk or a call of the system can fail."""
    template = FAILING_SYSTEM if fault.startswith("os.") else FAILING_DISK
    name = fault.removeprefix("os.")
    return daemon.start(after=template.format(operation=name, call=name, switch=str(switch)))


@pytest.mark.parametrize(
    "fault",
    ["write_new", "sync_folder", "link_new", "make_folder", "os.write", "os.fsync", "os.link"],
)
def test_an_input_output_error_is_a_refusal_and_no_receipt(
    new_daemon: NewDaemon, tmp_path: Path, fault: str
) -> None:
    daemon, switch = new_daemon(), tmp_path / "fail"
    alice = daemon.allow("alice")
    address = failing_daemon(daemon, fault, switch)
    client = connected(address, alice)
    image = stego_image(alice, address.server_key)
    switch.touch()
    refusal = client.push(image, b"u" * 16)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.retry_after is None) == ("storage", False)
    assert "Input/output" not in refusal.message
    assert_sound(daemon, [])
    assert daemon.received() == []
    switch.unlink()
    receipt = client.push(image, b"u" * 16)
    assert isinstance(receipt, Receipt)
    client.drop()
    assert_sound(daemon, [receipt])


def test_a_locked_catalog_is_a_refusal_and_the_upload_is_resumed(new_daemon: NewDaemon) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    impatient = "import underpaint_server.sqlite_catalog as c; c._BUSY_SECONDS = 0.1"
    address = daemon.start(after=impatient)
    client = connected(address, alice)
    image = stego_image(alice, address.server_key)
    locker = sqlite3.connect(daemon.state / "catalog.sqlite3", isolation_level=None)
    with closing(locker):
        locker.execute("BEGIN IMMEDIATE")
        refusal = client.push(image, b"u" * 16)
        assert isinstance(refusal, Refusal)
        assert refusal.code == "storage"
        assert refusal.retry_after
        locker.execute("ROLLBACK")
    receipt = client.push(image, b"u" * 16)
    assert isinstance(receipt, Receipt)
    assert client.resumed_at == len(image)
    client.drop()
    assert_sound(daemon, [receipt])


@pytest.mark.parametrize("size", [50_000, 150_000], ids=["the spool's", "the catalog's"])
def test_files_that_may_not_grow_are_a_refusal_and_no_receipt(
    new_daemon: NewDaemon, size: int
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    daemon.start()
    daemon.stop()  # the catalog is made
    address = daemon.start(after=BOUNDED_FILES.format(size=size))
    client = connected(address, alice)
    image = stego_image(alice, address.server_key)
    receipts = []
    for _ in range(200):
        answer = client.push(image)
        if isinstance(answer, Refusal):
            break
        receipts.append(answer)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.retry_after is None) == ("storage", False)
    client.ping()
    client.drop()
    assert daemon.stop() == 0
    assert_sound(daemon, receipts)
    address = daemon.start()
    again = connected(address, alice)
    assert isinstance(again.push(image), Receipt)
    again.drop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    mounts = shutil.which("mount") and os.geteuid() == 0
    if not mounts or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("min_free", ["1 B", "2 MiB"], ids=["to the last byte", "with a reserve"])
def test_a_full_disk_loses_nothing_and_the_daemon_lives_on(
    new_daemon: NewDaemon, small_disk: Path, min_free: str
) -> None:
    daemon = new_daemon(small_disk / "server", min_free=min_free)
    alice = daemon.allow("alice")
    address = daemon.start()
    client = connected(address, alice)
    image = stego_image(alice, address.server_key, bytes(range(256)) * 300, shape=(480, 640))
    receipts = []
    while isinstance(answer := client.push(image), Receipt):
        receipts.append(answer)
    assert receipts
    assert isinstance(answer, Refusal)
    assert answer.code in {"disk_full", "storage"}
    assert answer.retry_after
    assert_sound(daemon, receipts)
    with opened(load_config(daemon.config)) as here:
        for receipt in receipts:
            here.inbox.remove(here.entry(receipt.id))
    again = client.push(image)
    assert isinstance(again, Receipt)
    client.drop()
    assert_sound(daemon, [again])
    daemon.kill()
