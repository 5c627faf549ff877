"""`--quiet` and `--verbose`: of every command, and what they leave and add."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from underpaint_client.cli.group import underpaint
from underpaint_common.errors import ExitCode

Run = Callable[..., tuple[int, str, str]]


def commands(
    group: click.Group = underpaint, path: str = ""
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}".strip(), command


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_command_has_them_and_speaks_json(path: str, command: click.Command) -> None:
    names = {name for option in command.params for name in option.opts}
    if path != "completion":
        assert {"--json", "--quiet", "--verbose"} <= names


def test_quiet_leaves_results_warnings_and_errors(
    run: Run, secret: Path, cover: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = secret.with_name("note")
    note.write_text("small enough not to be warned about")
    hide = ("hide", note, cover, "-o", "s.png", "--force")
    assert run("keygen", "-q")[1].startswith("upub_")
    monkeypatch.setenv("UNDERPAINT_PASSPHRASE", "weak")
    code, out, err = run(*hide, "-q")
    assert (code, out) == (0, "")
    assert err.startswith("warning: this passphrase is weak")
    assert len(err.splitlines()) == 1
    assert len(run(*hide)[2].splitlines()) == 3
    assert run("reveal", cover, "-q")[0] == ExitCode.NOTHING_FOUND


def test_they_contradict_each_other(run: Run) -> None:
    assert run("remote", "list", "-q", "-v")[0] == ExitCode.USAGE


def test_verbose_tells_where_settings_come_from_and_what_was_done(
    run: Run, secret: Path, cover: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("config", "set", "planes", "3")
    monkeypatch.setenv("UNDERPAINT_COMPRESS", "best")
    hide = ("hide", secret, cover, "-o", "s.png", "--key-file", key_file)
    reveal = ("reveal", "s.png", "-o", "out.png", "--key-file", key_file)
    for command, words in (
        (hide, ("planes is 3", "UNDERPAINT_COMPRESS", "of samples changed")),
        (reveal, ("SHA-256",)),
    ):
        plain = run(*command, "--force")[2]
        verbose = run(*command, "--force", "-v")[2]
        for each in words:
            assert each in verbose
            assert each not in plain
