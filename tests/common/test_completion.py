"""Completion, asked for as shells ask, of both commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from underpaint_common.completion import SHELLS

MODULES = {"underpaint": "underpaint_client", "underpaintd": "underpaint_server"}


@pytest.fixture
def commands(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which both commands are found, and no settings of the user's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, module in MODULES.items():
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        script.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path),
        "HOME": str(tmp_path),
    }


def asked(program: str, shell: str, words: str, count: int, environment: dict[str, str]) -> str:
    """Return what a program answers to a shell's question."""
    done = subprocess.run(
        [program],
        env={
            **environment,
            f"_{program.upper()}_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(count) if shell != "fish" else words.split(" ")[-1],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("program", MODULES)
@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_and_asks_the_program(
    commands: dict[str, str], program: str, shell: str
) -> None:
    done = subprocess.run(
        [program, "completion", shell], env=commands, capture_output=True, text=True, check=True
    )
    assert f"_{program.upper()}_COMPLETE={shell}_complete" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)


@pytest.mark.parametrize(
    ("program", "words", "expected"),
    [
        ("underpaint", "underpaint pu", "push"),
        ("underpaint", "underpaint remote r", "remove"),
        ("underpaint", "underpaint hide --comp", "--compress"),
        ("underpaint", "underpaint hide --mode pl", "planes"),
        ("underpaint", "underpaint config get max_p", "max_pixels"),
        ("underpaintd", "underpaintd se", "serve"),
    ],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_words_are_completed(
    commands: dict[str, str], shell: str, program: str, words: str, expected: str
) -> None:
    answer = asked(program, shell, words, words.count(" "), commands)
    assert expected in re.split(r"[,\t\n]", answer)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_completes_remotes_and_files(commands: dict[str, str], tmp_path: Path) -> None:
    key = subprocess.run(
        ["underpaint", "keygen"], env=commands, capture_output=True, text=True, check=True
    ).stdout.strip()
    add = ["underpaint", "remote", "add", "home-server", f"underpaint://h:1/#{key}"]
    subprocess.run(add, env=commands, capture_output=True, check=True)
    (tmp_path / "lake.png").write_text("")
    script = """\
eval "$(underpaint completion bash)"
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _underpaint_completion "$1"; }
try underpaint push --to ho; echo "${COMPREPLY[@]}"
complete -p underpaint
"""
    done = subprocess.run(
        ["bash", "--norc"],
        input=script,
        cwd=tmp_path,
        env=commands,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == "home-server"
    assert "-o nosort" in done.stdout
    assert asked("underpaint", "bash", "underpaint hide la", 2, commands) == "file,la\n"
