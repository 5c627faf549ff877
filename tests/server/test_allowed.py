"""The list of allowed clients."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto import keytext
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_server.allowed import AllowedFile
from underpaint_server.clients import Invitation

ALICE, BOB = bytes(range(32)), bytes(range(1, 33))


def invitation(hours: float = 1) -> Invitation:
    return Invitation(bytes(range(2, 34)), datetime.now(UTC) + timedelta(hours=hours))


@pytest.fixture
def allowed(tmp_path: Path) -> AllowedFile:
    return AllowedFile(tmp_path / "allowed")


def test_a_missing_file_allows_nobody(allowed: AllowedFile) -> None:
    assert ALICE not in allowed.load()


def test_allow_and_revoke(allowed: AllowedFile) -> None:
    assert allowed.allow("alice", ALICE)
    assert allowed.allow("bob", BOB)
    clients = allowed.load()
    assert ALICE in clients
    assert clients.name_of(BOB) == "bob"
    allowed.revoke("alice")
    assert ALICE not in allowed.load()
    assert BOB in allowed.load()


def test_allowing_again_changes_nothing(allowed: AllowedFile, tmp_path: Path) -> None:
    allowed.allow("alice", ALICE)
    before = (tmp_path / "allowed").read_bytes()
    assert not allowed.allow("alice", ALICE)
    assert (tmp_path / "allowed").read_bytes() == before


@pytest.mark.parametrize(("name", "key"), [("alice", BOB), ("bob", ALICE)])
def test_a_name_or_key_of_another_is_refused(allowed: AllowedFile, name: str, key: bytes) -> None:
    allowed.allow("alice", ALICE)
    with pytest.raises(UsageError) as caught:
        allowed.allow(name, key)
    assert "revoke alice" in (caught.value.hint or "")


def test_a_client_gets_another_key_in_one_step(allowed: AllowedFile, tmp_path: Path) -> None:
    allowed.allow("alice", ALICE)
    allowed.allow("zoe", bytes(32))
    assert allowed.allow("alice", BOB, renew=True)
    clients = allowed.load()
    assert clients.name_of(BOB) == "alice"
    assert ALICE not in clients
    assert len((tmp_path / "allowed").read_text().splitlines()) == 2
    assert not allowed.allow("alice", BOB, renew=True)
    with pytest.raises(UsageError, match="as alice"):
        allowed.allow("zoe", BOB, renew=True)
    assert allowed.allow("carol", ALICE, renew=True)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", "a b", "ä", "x" * 65, "a\n", "#a"])
def test_names_that_cannot_be_folders_are_refused(allowed: AllowedFile, name: str) -> None:
    with pytest.raises(UsageError):
        allowed.allow(name, ALICE)


def test_revoking_nobody_names_who_may_be_meant(allowed: AllowedFile) -> None:
    allowed.allow("alice", ALICE)
    with pytest.raises(UsageError) as caught:
        allowed.revoke("alcie")
    assert "alice" in (caught.value.hint or "")


def test_comments_survive_changes(allowed: AllowedFile, tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text("# the studio\n\n")
    allowed.allow("alice", ALICE)
    allowed.allow("bob", BOB)
    allowed.revoke("alice")
    assert (tmp_path / "allowed").read_text().startswith("# the studio\n\nbob ")


@pytest.mark.parametrize(
    "line",
    ["alice", "alice key more", "alice notakey", "../x {key}", "bob {key}\neve {key}", "\x00\xff"],
)
def test_a_broken_line_is_told_with_its_number(
    allowed: AllowedFile, tmp_path: Path, line: str
) -> None:
    key = keytext.encode(KeyKind.PUBLIC, ALICE)
    (tmp_path / "allowed").write_text("# first\n" + line.format(key=key) + "\n")
    with pytest.raises(LocalFileError, match=r"line [23]"):
        allowed.load()


def test_changes_are_noticed_once(allowed: AllowedFile, tmp_path: Path) -> None:
    allowed.load()
    assert not has_changed(allowed)
    AllowedFile(tmp_path / "allowed").allow("alice", ALICE)
    assert has_changed(allowed)
    allowed.load()
    assert not has_changed(allowed)
    (tmp_path / "allowed").unlink()
    assert has_changed(allowed)
    assert ALICE not in allowed.load()


def has_changed(allowed: AllowedFile) -> bool:
    allowed.changed()
    return allowed.changed()


def test_what_an_editor_does_in_between_is_no_change(allowed: AllowedFile, tmp_path: Path) -> None:
    path = tmp_path / "allowed"
    allowed.allow("alice", ALICE)
    allowed.load()
    path.rename(tmp_path / "allowed~")
    assert not allowed.changed()
    path.write_text("")
    path.chmod(0o600)
    assert not allowed.changed()
    path.write_text((tmp_path / "allowed~").read_text() + "# with a remark\n")
    assert not allowed.changed()
    assert allowed.changed()
    assert ALICE in allowed.load()


def test_a_list_that_could_not_be_read_stays_changed_until_it_could(
    allowed: AllowedFile, tmp_path: Path
) -> None:
    allowed.invite("alice", invitation())
    allowed.load()
    (tmp_path / "allowed").chmod(0o644)
    for _ in range(3):
        assert has_changed(allowed)
        with pytest.raises(LocalFileError, match="holds secrets"):
            allowed.load()
    (tmp_path / "allowed").chmod(0o600)
    assert has_changed(allowed)
    assert allowed.load().invited
    assert not has_changed(allowed)


def test_a_list_that_vanishes_while_it_is_read_is_a_list_of_that_moment(
    allowed: AllowedFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed.invite("alice", invitation())
    refuse_others = allowed._refuse_others

    def vanish_first() -> None:
        (tmp_path / "allowed").unlink()
        refuse_others()

    monkeypatch.setattr(allowed, "_refuse_others", vanish_first)
    assert allowed.load().invited
    assert has_changed(allowed)
    assert not allowed.load().invited


def test_commands_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    def allow(number: int) -> None:
        AllowedFile(tmp_path / "allowed").allow(f"c{number}", bytes([number]) * 32)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(allow, range(24)))
    assert len(AllowedFile(tmp_path / "allowed").load().names) == 24


def test_others_cannot_read_the_list(allowed: AllowedFile, tmp_path: Path) -> None:
    allowed.allow("alice", ALICE)
    assert (tmp_path / "allowed").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["allowed"]


@given(content=st.binary(max_size=300))
def test_any_file_is_a_list_or_a_file_error(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "allowed"
    path.write_bytes(content)
    with contextlib.suppress(LocalFileError):
        assert not AllowedFile(path).load().names


def test_joining_spends_an_invitation_in_one_step(allowed: AllowedFile) -> None:
    made = invitation()
    allowed.invite("alice", made)
    assert ALICE not in allowed.load()
    assert allowed.join(made.id, ALICE) == "alice"
    assert allowed.load().name_of(ALICE) == "alice"
    assert allowed.join(made.id, ALICE) == "alice"
    assert allowed.join(made.id, BOB) is None
    assert BOB not in allowed.load()


def test_many_who_join_at_once_are_one(tmp_path: Path) -> None:
    made = invitation()
    AllowedFile(tmp_path / "allowed").invite("alice", made)

    def join(number: int) -> str | None:
        return AllowedFile(tmp_path / "allowed").join(made.id, bytes([number]) * 32)

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(join, range(16)))
    assert sorted(filter(None, names)) == ["alice"]
    assert len(AllowedFile(tmp_path / "allowed").load().names) == 1


def test_a_late_invitation_is_worth_nothing_and_leaves_its_name(allowed: AllowedFile) -> None:
    made = invitation(hours=-1)
    allowed.invite("alice", made)
    assert allowed.join(made.id, ALICE) is None
    allowed.invite("alice", invitation())
    assert allowed.join(invitation().id, ALICE) == "alice"


def test_what_is_over_goes_with_the_next_change(allowed: AllowedFile, tmp_path: Path) -> None:
    allowed.invite("alice", invitation(hours=-1))
    allowed.allow("bob", BOB)
    assert (tmp_path / "allowed").read_text().split()[::2] == ["bob"]


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_a_name_that_is_taken_cannot_be_invited(allowed: AllowedFile, name: str) -> None:
    allowed.allow("alice", ALICE)
    allowed.invite("bob", invitation())
    with pytest.raises(UsageError) as caught:
        allowed.invite(name, invitation())
    assert f"revoke {name}" in str(caught.value.hint)
    if name == "bob":
        with pytest.raises(UsageError):
            allowed.allow("bob", BOB)


def test_an_invitation_can_be_taken_back(allowed: AllowedFile) -> None:
    made = invitation()
    allowed.invite("alice", made)
    allowed.revoke("alice")
    assert allowed.join(made.id, ALICE) is None


def test_a_client_that_was_revoked_does_not_come_back_by_its_invitation(
    allowed: AllowedFile,
) -> None:
    made = invitation()
    allowed.invite("alice", made)
    allowed.join(made.id, ALICE)
    allowed.revoke("alice")
    assert allowed.join(made.id, ALICE) is None


def test_a_preshared_key_is_kept_with_its_client(allowed: AllowedFile) -> None:
    assert allowed.allow("alice", ALICE, BOB)
    assert allowed.load().preshared_key_of(ALICE) == BOB
    assert not allowed.allow("alice", ALICE, BOB)
    assert not allowed.allow("alice", ALICE)
    assert allowed.allow("alice", ALICE, bytes(32))
    assert allowed.load().preshared_key_of(ALICE) == bytes(32)
    assert allowed.load().preshared_key_of(BOB) is None


def test_a_list_with_secrets_that_others_can_read_is_refused(
    allowed: AllowedFile, tmp_path: Path
) -> None:
    allowed.allow("alice", ALICE)
    (tmp_path / "allowed").chmod(0o644)
    assert ALICE in allowed.load()
    allowed.allow("bob", BOB, bytes(32))
    (tmp_path / "allowed").chmod(0o644)
    with pytest.raises(LocalFileError, match="by others"):
        allowed.load()
