"""The README's first push: its commands are run, and print what stands there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import pytest
from PIL import Image

from underpaint_client.demo.landscape import landscape

pytestmark = pytest.mark.end_to_end

README = Path(__file__).resolve().parents[2] / "README.md"
MODULES = {"underpaint": "underpaint_client", "underpaintd": "underpaint_server"}
BLOCK = re.compile(r"<!-- (first push.*?) -->\n```console\n(.*?)```", re.DOTALL)
SAME_KIND = [
    (r"upub_[a-z2-7]{58}", "KEY"),
    (r"uinvite_[a-z2-7]{58}", "TOKEN"),
    (r"\d{8}T\d{6}Z", "MOMENT"),
    (r"receipt [0-9a-f]{16}", "receipt ID"),
    (r"\S+identity\.key", "IDENTITY"),
    (r"mode [a-z]+", "MODE"),
    (r"[\d.]+ (MiB|KiB|bytes)", "SIZE"),
    (r"[\d.,:-]+", "N"),
]
PATIENCE = 60.0


def masked(text: str) -> str:
    """Replace what differs from run to run by the name of its kind."""
    for pattern, kind in SAME_KIND:
        text = re.sub(pattern, kind, text)
    return text


SAID_BY_SLOW_MACHINES = "still hiding:"


def steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a console block with the lines that it prints."""
    for step in text.split("$ ")[1:]:
        command, *printed = step.rstrip("\n").split("\n")
        yield command, printed


def hand_on(stream: IO[str], lines: Queue[str]) -> None:
    """Read lines as long as there are any, so that the process never waits for a reader."""
    with stream:
        for line in stream:
            lines.put(line)


class Terminal:
    """Runs the commands in a folder; what stands in the README is replaced by what was printed."""

    def __init__(self, folder: Path, home: str) -> None:
        self.folder = folder
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("UNDERPAINT")
        }
        self.environment["XDG_CONFIG_HOME"] = str(folder / home)
        self.environment["XDG_STATE_HOME"] = str(folder / f"{home}-state")
        self.real: dict[str, str] = {}
        self.background: list[subprocess.Popen[str]] = []
        self.readers: list[threading.Thread] = []
        self.said: Queue[str] = Queue()

    def run(self, command: str, printed: list[str]) -> None:
        for written, real in self.real.items():
            command = command.replace(written, real)
        words = shlex.split(command.replace("#", r"\#"))
        arguments = [sys.executable, "-m", MODULES[words[0]], *words[1:]]
        lines = self.serve(arguments) if words[-1] == "&" else self.output(arguments)
        assert [masked(line) for line in lines] == [masked(line) for line in printed], lines
        self.learn("\n".join(printed), "\n".join(lines))

    def output(self, arguments: list[str]) -> list[str]:
        done = subprocess.run(
            arguments,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        lines = done.stdout.splitlines()
        return [line for line in lines if not line.startswith(SAID_BY_SLOW_MACHINES)]

    def serve(self, arguments: list[str]) -> list[str]:
        """Start a daemon on a free port; return its first line."""
        arguments = [*arguments[:-1], "--listen", "127.0.0.1:0"]
        process = subprocess.Popen(
            arguments, cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True
        )
        self.background.append(process)
        assert process.stderr is not None
        stream = process.stderr
        self.readers.append(threading.Thread(target=hand_on, args=[stream, self.said], daemon=True))
        self.readers[-1].start()
        return [self.next_said()]

    def next_said(self) -> str:
        """Return the next line that the daemon says."""
        try:
            return self.said.get(timeout=PATIENCE).rstrip("\n")
        except Empty:
            pytest.fail("the daemon says nothing more")

    def learn(self, written: str, real: str) -> None:
        """Note what now stands for the keys, addresses and invitations of the README."""
        for pattern in (
            r"underpaint-invite://\S+",
            r"underpaint://\S+",
            r"upub_[a-z2-7]{58}",
        ):
            pairs = zip(re.findall(pattern, written), re.findall(pattern, real), strict=True)
            self.real.update(pairs)
        # The longest first: an address holds a key.
        self.real = dict(sorted(self.real.items(), key=lambda pair: -len(pair[0])))

    def close(self) -> None:
        for process in self.background:
            process.terminate()
        for process in self.background:
            process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[tuple[Terminal, Terminal]]:
    picture = Image.fromarray(landscape(width=480, height=360))
    picture.save(tmp_path / "photo.jpg")
    picture.resize((90, 60)).save(tmp_path / "scan.png")
    made = Terminal(tmp_path, "alice"), Terminal(tmp_path, "bob")
    yield made
    for each in made:
        each.close()


def test_the_first_push_is_as_the_readme_shows_it(terminals: tuple[Terminal, Terminal]) -> None:
    blocks = BLOCK.findall(README.read_text())
    assert [title for title, _ in blocks] == ["first push", "first push, continued"]
    alice, bob = terminals
    commands = list(steps(blocks[0][1]))
    assert len(commands) == 5
    for command, printed in commands:
        alice.run(command, printed)
    bob.real = alice.real
    (invite, invited), (join, joined) = steps(blocks[1][1])
    bob.run(invite, invited)
    with_port(bob)
    while "allowed_changed" not in alice.next_said():
        pass
    bob.run(join, joined)


def with_port(terminal: Terminal) -> None:
    """Put the daemon's real port into the invitation, which has the configured one."""
    address = next(real for real in terminal.real.values() if real.startswith("underpaint://"))
    port = address.split(":")[2].partition("/")[0]
    terminal.real = {
        written: real.replace(":7741/", f":{port}/") for written, real in terminal.real.items()
    }
