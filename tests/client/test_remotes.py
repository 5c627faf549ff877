"""Servers by name: saving, replacing, forgetting, and what `--to` means."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from underpaint_client import configuration, effective
from underpaint_client.remotes import Remotes
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.wire import Address

HOME = Address("home.example.org", 7741, Identity.generate().public)
WORK = Address("work.example.org", 7742, Identity.generate().public)


@pytest.fixture
def remotes(tmp_path: Path) -> Remotes:
    return Remotes(tmp_path / "deep" / "client.yaml")


def test_a_remote_is_saved_for_this_user_alone(remotes: Remotes) -> None:
    remotes.add("home", HOME)
    remotes.add("work", str(WORK))
    assert remotes.all() == {"home": HOME, "work": WORK}
    assert stat.S_IMODE(remotes.path.stat().st_mode) == 0o600
    assert [path.name for path in remotes.path.parent.iterdir()] == ["client.yaml"]


def test_a_name_is_taken_unless_it_is_to_be_replaced(remotes: Remotes) -> None:
    remotes.add("home", HOME)
    remotes.add("home", HOME)
    with pytest.raises(UsageError, match="exists already"):
        remotes.add("home", WORK)
    assert remotes.all() == {"home": HOME}
    remotes.add("home", WORK, replace=True)
    assert remotes.all() == {"home": WORK}


@pytest.mark.parametrize(
    "name", ["", "a b", "-x", "x" * 65, "upub_x", "a/b", "a:b", "\N{PILE OF POO}", "a\n"]
)
def test_odd_names_are_refused(remotes: Remotes, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a remote"):
        remotes.add(name, HOME)
    assert not remotes.path.exists()


@pytest.mark.parametrize("name", ["on", "no", "null", "1", "1e3", "0x10", "2025-01-01", "a.b-c_d"])
def test_names_that_yaml_takes_for_something_else_stay_names(remotes: Remotes, name: str) -> None:
    remotes.add(name, HOME)
    remotes.set_default(name)
    assert remotes.all() == {name: HOME}
    assert remotes.default() == name
    assert remotes.remove(name)
    assert remotes.all() == {}


def test_changes_at_the_same_time_are_all_made(remotes: Remotes) -> None:
    def change(number: int) -> None:
        Remotes(remotes.path).add(f"r{number}", HOME)
        effective.change("retries", str(number), remotes.path)

    with ThreadPoolExecutor(8) as beside:
        list(beside.map(change, range(24)))
    assert set(remotes.all()) == {f"r{number}" for number in range(24)}
    assert [path.name for path in remotes.path.parent.iterdir()] == ["client.yaml"]


def test_a_command_writes_once(remotes: Remotes, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    remotes.add("work", WORK)
    write = configuration.write_private
    monkeypatch.setattr(
        configuration,
        "write_private",
        lambda path, text: (written.append(text), write(path, text)),
    )
    remotes.add("home", HOME, as_default=True)
    assert len(written) == 1
    assert remotes.default() == "home"
    assert remotes.remove("home")
    assert len(written) == 2, "no default is left pointing nowhere in between"
    assert remotes.default() == "work"
    remotes.add("work", WORK)
    assert len(written) == 2, "there is nothing to write"


def test_a_name_is_chosen_among_those_that_there_are_by_then(remotes: Remotes) -> None:
    def choose(saved: dict[str, Address]) -> str:
        if "home" in saved:
            return "home-2"
        Remotes(remotes.path).add("home", WORK)  # as another process does, before it is our turn
        return "home"

    assert remotes.add_by(choose, HOME) == "home-2"
    assert remotes.all() == {"home": WORK, "home-2": HOME}


def test_a_malformed_address_is_not_saved(remotes: Remotes) -> None:
    with pytest.raises(UsageError):
        remotes.add("home", "underpaint://h:1/#upub_wrong")
    assert not remotes.path.exists()


def test_the_default_is_the_only_remote_or_the_chosen_one(remotes: Remotes) -> None:
    assert remotes.default() is None
    remotes.add("home", HOME)
    assert remotes.resolve(None) == HOME
    remotes.add("work", WORK)
    assert remotes.default() is None
    remotes.set_default("work")
    assert remotes.resolve(None) == WORK
    assert remotes.remove("work")
    assert remotes.default() == "home"
    assert "to:" not in remotes.path.read_text()


def test_an_address_may_be_the_default(remotes: Remotes) -> None:
    remotes.path.parent.mkdir()
    remotes.path.write_text(f"to: {HOME}\n")
    assert remotes.resolve(None) == HOME


def test_what_is_meant_may_be_an_address_a_name_or_a_key(remotes: Remotes) -> None:
    remotes.add("home", HOME)
    assert remotes.resolve(str(WORK)) == WORK
    assert remotes.resolve("home") == HOME
    assert remotes.public_key("home") == HOME.server_key
    assert remotes.public_key(str(WORK)) == WORK.server_key
    assert remotes.public_key(str(WORK).partition("#")[2]) == WORK.server_key


def test_what_is_not_there_is_told_with_what_to_do(remotes: Remotes) -> None:
    with pytest.raises(UsageError, match="no server is named") as caught:
        remotes.resolve(None)
    assert "remote add" in (caught.value.hint or "")
    with pytest.raises(UsageError, match="there is no remote hme"):
        remotes.resolve("hme")
    remotes.add("home", HOME)
    with pytest.raises(UsageError) as caught:
        remotes.resolve("hme")
    assert caught.value.hint == "did you mean home?"
    with pytest.raises(UsageError, match="no remote"):
        remotes.remove("hme")
    with pytest.raises(UsageError, match="no remote"):
        remotes.set_default("hme")
    remotes.add("work", WORK)
    with pytest.raises(UsageError, match="several remotes"):
        remotes.resolve(None)


def test_a_broken_address_in_the_file_is_told_with_its_place(remotes: Remotes) -> None:
    remotes.path.parent.mkdir()
    remotes.path.write_text("remotes:\n  home: nonsense\n")
    with pytest.raises(UsageError, match=r"client\.yaml: remotes\.home: "):
        remotes.resolve("home")


def test_a_folder_that_cannot_be_made_is_a_file_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalFileError):
        Remotes(tmp_path / "file" / "client.yaml").add("home", HOME)
