"""The commands that look after the store, as an operator types them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.docs.json_schemas import assert_documented

from underpaint_common.errors import ExitCode
from underpaint_common.terminal import run_command
from underpaint_server.arrival import Arrival
from underpaint_server.cli import cli
from underpaint_server.config import load_config
from underpaint_server.opened import opened
from underpaint_server.setup import new_server

ARRIVAL = Arrival(
    client="alice",
    client_key=b"k" * 32,
    upload_id=b"u" * 16,
    name="cat.png",
    media_type="image/png",
    data=b"the secret",
    sha256=hashlib.sha256(b"the secret").digest(),
    stego_size=99,
    stego_sha256=b"t" * 32,
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "up" / "server.yaml"
    new_server(path.parent, host=None, listen=None)
    with opened(load_config(path)) as here:
        for number, (client, name) in enumerate(
            [("alice", "cat.png"), ("alice", "dog.png"), ("bob", "cat.png"), ("bob", "cat.png")]
        ):
            upload = bytes([number]) * 16
            here.inbox.keep(replace(ARRIVAL, client=client, name=name, upload_id=upload))
    return path


@pytest.fixture
def run(config: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*args: object, expect: ExitCode = ExitCode.DONE) -> str:
        words = [*map(str, args), "--config", str(config)]
        assert run_command(cli, "underpaintd", words) == expect
        out = capsys.readouterr().out
        if "--json" in words:
            assert_documented(cli, "underpaintd", words, out)
        return out

    return call


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ([], 4),
        (["--client", "alice"], 2),
        (["--client", "eve"], 0),
        (["--name", "cat*"], 3),
        (["--name", "cat*", "--client", "bob"], 2),
        (["--since", "1 h"], 4),
        (["--since", "2999-01-01"], 0),
        (["--since", "2001-01-01T00:00+02:00"], 4),
    ],
)
def test_lists_are_filtered(run: Any, filters: list[str], count: int) -> None:
    assert len(json.loads(run("list", "--json", *filters))) == count


def test_a_moment_that_is_none_is_a_usage_error(run: Any) -> None:
    run("list", "--since", "yesterday", expect=ExitCode.USAGE)


def test_show_tells_all(run: Any) -> None:
    (row, *_) = json.loads(run("list", "--json"))
    shown = json.loads(run("show", row["id"], "--json"))
    assert row.items() <= shown.items()
    assert shown["upload_id"] == bytes(16).hex()
    assert shown["client_key"].startswith("upub_")
    assert "cat.png" in run("show", row["id"])
    run("show", "nothing", expect=ExitCode.USAGE)


def test_exports_are_whole_and_overwrite_nothing(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("export", "--all", out, expect=ExitCode.LOCAL_FILE)
    out.mkdir()
    paths = [Path(line) for line in run("export", "--all", out).splitlines()]
    assert len(paths) == len(set(paths)) == 4
    assert {path.read_bytes() for path in paths} == {b"the secret"}
    assert {path.parent.name for path in paths} == {"alice", "bob"}
    (row, *_) = json.loads(run("list", "--json"))
    assert run("export", row["id"], out).strip() == str(out / "cat.png")
    run("export", row["id"], expect=ExitCode.USAGE)


def test_an_export_of_a_damaged_secret_fails_and_the_rest_succeeds(
    run: Any, tmp_path: Path
) -> None:
    (row, *_) = json.loads(run("list", "--json"))
    Path(row["path"]).write_bytes(b"changed")
    out = tmp_path / "out"
    out.mkdir()
    run("export", row["id"], out, expect=ExitCode.LOCAL_FILE)
    assert list(out.iterdir()) == []
    assert len(run("export", "--all", out, expect=ExitCode.SOME_FAILED).splitlines()) == 3


def test_remove_and_verify(run: Any) -> None:
    first, second, *_ = json.loads(run("list", "--json"))
    assert "is removed" in run("remove", first["id"])
    assert not Path(first["path"]).exists()
    assert run("verify") == "all is as it should be\n"
    Path(second["path"]).unlink()
    assert f"lost {second['path']}" in run("verify", expect=ExitCode.SOME_FAILED)
    (finding,) = json.loads(run("verify", "--json", expect=ExitCode.SOME_FAILED))
    assert (finding["kind"], finding["id"]) == ("lost", second["id"])
    run("verify", "--repair")
    assert json.loads(run("verify", "--json")) == []


def test_status_counts(run: Any, config: Path) -> None:
    spooled = config.parent / "state" / "spool" / ("ab" * 32) / ("cd" * 16)
    spooled.parent.mkdir()
    spooled.write_bytes(bytes(123))
    status = json.loads(run("status", "--json"))
    assert (status["running"], status["secrets"], status["bytes"]) == (False, 4, 40)
    assert (status["unfinished_uploads"], status["unfinished_bytes"]) == (1, 123)
    assert [each["client"] for each in status["clients"]] == ["alice", "bob"]
    assert not any(each["allowed"] for each in status["clients"])
    text = run("status")
    assert text.startswith("not running\n")
    assert "alice: 2 secrets, 20 bytes, revoked" in text
