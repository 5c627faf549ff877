"""A new server, and the address that clients are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.wire import Address
from underpaint_server.config import load_config
from underpaint_server.endpoint import Endpoint
from underpaint_server.setup import address_of, new_server
from underpaint_server.state import StateFolder


@pytest.mark.parametrize(
    ("host", "listen", "reached_at", "listens_on", "is_local"),
    [
        (None, None, ("127.0.0.1", 7741), "127.0.0.1:7741", True),
        ("localhost", None, ("localhost", 7741), "localhost:7741", True),
        ("up.example.org", None, ("up.example.org", 7741), "0.0.0.0:7741", False),
        ("up.example.org", "127.0.0.1:5", ("up.example.org", 5), "127.0.0.1:5", False),
        (None, "0.0.0.0:81", ("127.0.0.1", 81), "0.0.0.0:81", True),
        (None, "192.0.2.9:81", ("192.0.2.9", 81), "192.0.2.9:81", False),
        (None, "[::1]:81", ("::1", 81), "[::1]:81", True),
    ],
)
def test_host_and_listen(
    tmp_path: Path,
    host: str | None,
    listen: str | None,
    reached_at: tuple[str, int],
    listens_on: str,
    is_local: bool,
) -> None:
    server = new_server(
        tmp_path / "up", host=host, listen=None if listen is None else Endpoint.parse(listen)
    )
    config = load_config(tmp_path / "up" / "server.yaml")
    key = StateFolder(config.state).load_identity().public
    assert server.address == Address(*reached_at, key) == address_of(config, host=None)
    assert str(config.listen) == listens_on
    assert server.is_local is is_local


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new_server(tmp_path, host=None, listen=None)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(LocalFileError, match="exists already"):
        new_server(tmp_path, host=None, listen=None)
    (tmp_path / "server.yaml").unlink()
    with pytest.raises(LocalFileError, match=r"identity\.key"):
        new_server(tmp_path, host=None, listen=None)
    assert all(path.read_bytes() == before[path] for path in before if path.exists())


@pytest.mark.parametrize(("host", "listen"), [("no/host", None), (None, "127.0.0.1:0")])
def test_what_no_client_could_dial_is_refused_and_leaves_no_identity(
    tmp_path: Path, host: str | None, listen: str | None
) -> None:
    endpoint = None if listen is None else Endpoint.parse(listen)
    with pytest.raises(UsageError):
        new_server(tmp_path, host=host, listen=endpoint)
    assert not (tmp_path / "state" / "identity.key").exists()
    assert not (tmp_path / "server.yaml").exists()


def test_the_address_of_port_0_is_known_to_the_daemon_alone(tmp_path: Path) -> None:
    new_server(tmp_path, host=None, listen=None)
    config = load_config(tmp_path / "server.yaml").listening_on(Endpoint("127.0.0.1", 0))
    with pytest.raises(UsageError):
        address_of(config, host=None)
