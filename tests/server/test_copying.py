"""Backups hold all that a server promised, restore to the same server, and grow by what is new."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ExitCode, LocalFileError
from underpaint_common.terminal import run_command
from underpaint_server.allowed import AllowedFile
from underpaint_server.catalog import Entry
from underpaint_server.cli import cli
from underpaint_server.config import load_config
from underpaint_server.copying import back_up, restore
from underpaint_server.file_store import FileStore
from underpaint_server.inbox import Arrival
from underpaint_server.opened import opened
from underpaint_server.setup import new_server
from underpaint_server.state import StateFolder
from underpaint_server.verifying import verify

ALICE = Identity.generate().public


def arrival(number: int, name: str = "cat.png") -> Arrival:
    data = b"the secret %d" % number
    return Arrival(
        client="alice",
        client_key=ALICE,
        upload_id=bytes([number]) * 16,
        name=name,
        media_type="image/png",
        data=data,
        sha256=hashlib.sha256(data).digest(),
        stego_size=99,
        stego_sha256=b"t" * 32,
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "live" / "server.yaml"
    new_server(path.parent, host=None, listen=None)
    path.write_text("# the operator's own words\n" + path.read_text())
    AllowedFile(StateFolder(path.parent / "state").allowed).allow("alice", ALICE)
    keep(path, 1, 2, 3)
    return path


def keep(config: Path, *numbers: int) -> list[Entry]:
    with opened(load_config(config)) as here:
        return [here.inbox.keep(arrival(number)) for number in numbers]


def entries(config: Path) -> list[Entry]:
    with opened(load_config(config)) as here:
        assert list(verify(here)) == []
        return list(here.catalog.entries())


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"lock", "catalog.sqlite3"}
    }


def test_a_backup_is_a_whole_server_and_restores_to_it(config: Path, tmp_path: Path) -> None:
    backup, restored = tmp_path / "backup", tmp_path / "restored"
    done = back_up(config, backup)
    assert (done.secrets, done.new_files, done.failures) == (3, 3, [])
    assert files(backup) == files(config.parent)
    assert not list(backup.rglob("*-wal"))
    assert restore(backup, restored).secrets == 3
    assert files(restored) == files(config.parent)
    for folder in (backup, restored):
        assert entries(folder / "server.yaml") == entries(config)
        assert StateFolder(folder / "state").load_identity().public_text
    for path in (backup, restored):
        modes = {each.stat().st_mode & 0o077 for each in (path / "state").rglob("*")}
        assert modes == {0}


def test_another_time_copies_what_is_new_and_forgets_what_was_removed(
    config: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    back_up(config, backup)
    with opened(load_config(config)) as here:
        here.inbox.remove(entries(config)[0])
    keep(config, 4, 5)
    done = back_up(config, backup)
    assert (done.secrets, done.new_files) == (4, 2)
    assert done.new_bytes == 2 * len(b"the secret 4")
    assert files(backup) == files(config.parent)
    assert entries(backup / "server.yaml") == entries(config)
    assert back_up(config, backup).new_files == 0


def test_a_place_that_another_secret_has_taken_is_copied_again(
    config: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    back_up(config, backup)
    with opened(load_config(config)) as here:
        here.inbox.remove(here.catalog.find_place("alice/cat.png"))
    (entry,) = keep(config, 6)
    assert entry.place == "alice/cat.png"
    back_up(config, backup)
    assert entries(backup / "server.yaml") == entries(config)


def test_what_is_lost_or_changed_is_told_and_the_rest_is_copied(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, _ = entries(config)
    inbox = config.parent / "state" / "inbox"
    (inbox / str(first.place)).unlink()
    (inbox / str(second.place)).write_bytes(b"changed")
    words = ["backup", str(tmp_path / "backup"), "--config", str(config)]
    assert run_command(cli, "underpaintd", words) == ExitCode.SOME_FAILED
    out, err = capsys.readouterr()
    assert "1 secrets, 1 files" in out
    assert f"{inbox / str(first.place)} is lost" in err
    assert f"{inbox / str(second.place)} is not what was received" in err


def test_an_earlier_good_copy_outlives_a_later_loss(config: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(config, backup)
    first = entries(config)[0]
    (config.parent / "state" / "inbox" / str(first.place)).unlink()
    assert len(back_up(config, backup).failures) == 1
    assert len(entries(backup / "server.yaml")) == 3


def test_a_secret_that_is_still_on_its_way_into_the_inbox_is_copied(
    config: Path, tmp_path: Path
) -> None:
    state = config.parent / "state"
    first = entries(config)[0]
    (state / "inbox" / str(first.place)).rename(state / "incoming" / first.id)
    assert back_up(config, tmp_path / "backup").failures == []


def test_a_secret_that_is_removed_meanwhile_is_left_out(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = entries(config)
    open_ = FileStore.open

    def remove_then_open(store: FileStore, place: str) -> object:
        monkeypatch.setattr(FileStore, "open", open_)
        with opened(load_config(config)) as here:
            here.inbox.remove(first)
        return store.open(place)

    monkeypatch.setattr(FileStore, "open", remove_then_open)
    done = back_up(config, tmp_path / "backup")
    assert (done.secrets, done.failures) == (2, [])
    assert entries(tmp_path / "backup" / "server.yaml") == entries(config)


def test_a_folder_of_another_server_is_refused(config: Path, tmp_path: Path) -> None:
    new_server(tmp_path / "other", host=None, listen=None)
    with pytest.raises(LocalFileError, match="another server"):
        back_up(config, tmp_path / "other")
    with pytest.raises(LocalFileError, match="exists already"):
        restore(config.parent, tmp_path / "other")
    assert entries(tmp_path / "other" / "server.yaml") == []


def test_a_state_folder_elsewhere_is_named_anew_in_the_copy(config: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (config.parent / "state").rename(elsewhere)
    config.write_text(f"state: {elsewhere}\nlog_level: debug\nlimits: {{idle_timeout: 90 s}}\n")
    back_up(config, tmp_path / "backup")
    copied = load_config(tmp_path / "backup" / "server.yaml")
    assert copied.state == tmp_path / "backup" / "state"
    assert msgspec.structs.replace(copied, state=elsewhere) == load_config(config)


def test_an_empty_server_and_a_read_only_backup(tmp_path: Path) -> None:
    new_server(tmp_path / "live", host=None, listen=None)
    backup = tmp_path / "backup"
    assert back_up(tmp_path / "live" / "server.yaml", backup).secrets == 0
    for path in (*backup.rglob("*"), backup):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert restore(backup, tmp_path / "restored").secrets == 0
    finally:
        for path in (backup, *backup.rglob("*")):
            path.chmod(0o700)


def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    with pytest.raises(LocalFileError, match="there is no backup"):
        restore(tmp_path / "holiday", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(config: Path, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(LocalFileError, match="closed"):
        back_up(config, tmp_path / "closed" / "backup")


def test_the_commands_say_what_they_did(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, restored = str(tmp_path / "backup"), str(tmp_path / "restored")
    assert run_command(cli, "underpaintd", ["backup", backup, "--config", str(config)]) == 0
    assert run_command(cli, "underpaintd", ["restore", backup, restored]) == 0
    out = capsys.readouterr().out
    assert out == (
        f"backed up to {backup}: 3 secrets, 3 files with 36 bytes copied now\n"
        f"restored to {restored}: 3 secrets, 3 files with 36 bytes copied now\n"
    )
    nothing = ["restore", str(tmp_path / "nothing"), str(tmp_path / "new")]
    assert run_command(cli, "underpaintd", nothing) == ExitCode.LOCAL_FILE
    assert not (tmp_path / "new").exists()
