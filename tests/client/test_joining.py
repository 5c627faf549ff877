"""The name under which a server that one joins is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_client.joining import remote_name
from underpaint_client.remotes import Remotes
from underpaint_common.errors import UsageError
from underpaint_common.wire import Address

KEYS = [bytes([number]) * 32 for number in range(1, 4)]


def address(host: str, key: int = 0) -> Address:
    return Address(host, 7741, KEYS[key])


@pytest.fixture
def remotes(tmp_path: Path) -> Remotes:
    return Remotes(tmp_path / "client.yaml")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("images.example.org", "images"),
        ("localhost", "localhost"),
        ("192.0.2.1", "server"),
        ("2001:db8::1", "server"),
        ("_x", "server"),
    ],
)
def test_by_default_it_is_the_first_label(remotes: Remotes, host: str, name: str) -> None:
    assert remote_name(remotes.all(), address(host)) == name
    remotes.add(name, address(host))


def test_another_server_of_that_name_gets_a_number(remotes: Remotes) -> None:
    for key, name in enumerate(["images", "images-2", "images-3"]):
        assert remote_name(remotes.all(), address("images.example.org", key)) == name
        remotes.add(name, address("images.example.org", key))


def test_a_server_that_is_saved_keeps_its_name(remotes: Remotes) -> None:
    remotes.add("home", address("images.example.org"))
    assert remote_name(remotes.all(), address("images.example.org")) == "home"
    assert remote_name(remotes.all(), address("images.example.org"), "home") == "home"
    assert remote_name(remotes.all(), address("images.example.org"), "second") == "second"


def test_a_wanted_name_is_not_taken_from_another(remotes: Remotes) -> None:
    remotes.add("home", address("images.example.org"))
    with pytest.raises(UsageError, match="another server") as caught:
        remote_name(remotes.all(), address("pictures.example.org"), "home")
    assert "--as" in str(caught.value.hint)
