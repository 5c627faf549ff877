"""A person at a terminal: prompts, colour, bars, Ctrl-C."""

from __future__ import annotations

import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.end_to_end.relay import Relay

from underpaint_client.demo.landscape import landscape
from underpaint_common.errors import ExitCode
from underpaint_common.wire import Address

pexpect = pytest.importorskip("pexpect", reason="pexpect is of POSIX")
if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal", allow_module_level=True)

# From Python 3.12 on a fork beside threads is warned of; here the child begins another program.
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]

PATIENCE = 60
WORDS = "eight random words are better than this one"
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

HEAVY, LIGHT = "\N{BOX DRAWINGS HEAVY HORIZONTAL}", "\N{BOX DRAWINGS LIGHT HORIZONTAL}"

Terminal = Callable[..., Any]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Start a command in a world, on a terminal of 100 columns."""
    started = []
    ours = (sys.executable, "-m", "underpaint_client")

    def start(world: Any, *words: object, program: Sequence[str] = ours, **environment: str) -> Any:
        unset = ("NO_COLOR", "FORCE_COLOR")
        variables = {name: each for name, each in world.environment.items() if name not in unset}
        variables |= {"TERM": "xterm-256color", "COLUMNS": "100"}
        child = pexpect.spawn(
            program[0],
            [*program[1:], *map(str, words)],
            cwd=str(world.folder),
            env=variables | environment,
            timeout=PATIENCE,
            encoding="utf-8",
            dimensions=(40, 100),
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def ended(child: Any) -> tuple[int, str]:
    """Return how a command ended and what it wrote since the last expectation."""
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus), str(child.before).replace("\r\n", "\n")


def new_cover(world: Any, seed: int) -> str:
    """Draw a cover that was not used yet."""
    Image.fromarray(landscape(seed, width=480, height=360)).save(world.folder / f"{seed}.png")
    return f"{seed}.png"


def answered(child: Any, *prompts: str, answer: str = WORDS) -> None:
    for prompt in prompts:
        child.expect(prompt)
        child.waitnoecho()
        child.sendline(answer)


def test_a_passphrase_is_asked_for_unseen_and_twice_for_hiding(
    bare: Any, terminal: Terminal
) -> None:
    child = terminal(bare, "hide", "secret.png", "cover.png", "-o", "stego.png")
    answered(child, "Passphrase: ")
    answered(child, "Repeat for confirmation: ", answer="another")
    answered(child, "do not match.*Passphrase: ", "Repeat for confirmation: ")
    code, text = ended(child)
    assert (code, WORDS in text) == (0, False)
    assert "hidden in stego.png" in text
    child = terminal(bare, "reveal", "stego.png", "-o", "out.png")
    answered(child, "Passphrase: ")
    assert ended(child)[0] == 0
    assert (bare.folder / "out.png").read_bytes() == (bare.folder / "secret.png").read_bytes()
    child = terminal(bare, "reveal", "stego.png", "-o", "again.png")
    answered(child, "Passphrase: ", answer="a wrong one")
    assert ended(child)[0] == ExitCode.NOTHING_FOUND


def test_a_protected_identity_asks_whenever_it_is_used(bare: Any, terminal: Terminal) -> None:
    child = terminal(bare, "keygen", "--protect")
    prompts = ["assphrase.*: ", "onfirmation: "]
    answered(child, *prompts)
    code, text = ended(child)
    assert code == 0, text
    child = terminal(bare, "ping", "--to", f"underpaint://127.0.0.1:1/#{text.split()[-1]}")
    answered(child, prompts[0])
    assert ended(child)[0] == ExitCode.NO_CONNECTION


def test_ctrl_c_at_a_prompt_writes_nothing(bare: Any, terminal: Terminal) -> None:
    before = sorted(bare.folder.iterdir())
    child = terminal(bare, "hide", "secret.png", "cover.png", "-o", "stego.png")
    child.expect("Passphrase: ")
    child.waitnoecho()
    child.sendintr()
    code, text = ended(child)
    assert code == ExitCode.INTERRUPTED
    assert "interrupted" in text
    assert "Traceback" not in text
    assert sorted(bare.folder.iterdir()) == before


def test_a_push_shows_a_bar_for_each_stage_and_takes_them_away(
    world: Any, terminal: Terminal
) -> None:
    push = ("push", "secret.png", "--to", world.address, "--cover")
    child = terminal(world, *push, new_cover(world, 41))
    code, text = ended(child)
    assert code == 0, text
    drawn = _ESCAPES.sub("", text)
    for stage in ("hide", "send", "stored"):
        assert re.search(rf"{stage} {HEAVY}", drawn)
    assert re.search(r"send .*[KM]iB", drawn)
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1  # the cursor comes back
    assert "stored at 127.0.0.1 as secret.png" in drawn


def test_quiet_and_a_pipe_show_no_bar(world: Any, terminal: Terminal) -> None:
    push = ("push", "secret.png", "--to", world.address, "--cover")
    code, text = ended(terminal(world, *push, new_cover(world, 42), "--quiet"))
    shown = _ESCAPES.sub("", text).splitlines()
    assert (code, [line for line in shown if not line.startswith("warning: ")]) == (0, [])
    piped = world.client(*push, new_cover(world, 43))
    assert "\x1b" not in piped.err
    assert HEAVY not in piped.err
    assert "stored at" in piped.err


def test_errors_and_tables_are_in_colour_unless_nobody_wants_it(
    bare: Any, terminal: Terminal
) -> None:
    for words in (("reveal", "missing.png"), ("capacity", "cover.png", "missing.png")):
        assert COLOUR.search(ended(terminal(bare, *words))[1]), words
        for nobody in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            assert not COLOUR.search(ended(terminal(bare, *words, **nobody))[1]), words
    _, table = ended(terminal(bare, "capacity", "cover.png"))
    assert LIGHT in table
    assert LIGHT not in bare.client("capacity", "cover.png").out


def test_ctrl_c_while_pushing_says_what_is_stored(
    bare: Any, terminal: Terminal, tmp_path: Path
) -> None:
    """The server is one that accepts and then says nothing."""
    key = bare.client("keygen", "--json").json["public_key"]
    before = sorted(path.name for path in bare.folder.iterdir())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"underpaint://127.0.0.1:{silent.getsockname()[1]}/#{key}"
        child = terminal(bare, "push", "secret.png", "--cover", "cover.png", "--to", address)
        accepted, _ = silent.accept()
        with accepted:
            assert accepted.recv(8)
            child.sendintr()
            code, text = ended(child)
    assert code == ExitCode.INTERRUPTED
    assert "interrupted: nothing is stored at 127.0.0.1" in text
    assert "Traceback" not in text
    left = {path.name for path in bare.folder.iterdir()} - set(before)
    assert left <= {"state"}


def test_ctrl_c_before_the_receipt_says_that_it_may_be_stored_and_asks_again(
    world: Any, terminal: Terminal
) -> None:
    (world.folder / "late.bin").write_bytes(b"late" * 3000)
    with Relay(Address.parse(world.address), answers_until=20_000) as relay:
        push = ("push", "late.bin", "--cover", new_cover(world, 44), "--to")
        child = terminal(world, *push, relay.address)
        child.expect("stored")  # a terminal that nobody reads would hold up whoever draws bars
        assert relay.silent.wait(PATIENCE)
        child.sendintr()
        code, text = ended(child)
        assert code == ExitCode.INTERRUPTED
        assert "interrupted before the receipt came: 127.0.0.1 may have stored it" in text
        relay.answer()
        again = world.client(*push, relay.address)
    assert again.code == 0, again.err
    rows = [row for row in world.server("list", "--json").json if row["name"] == "late.bin"]
    assert [row["id"] in again.err for row in rows] == [True], "stored once"


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_tab_completes_commands_files_and_remotes_in_bash(bare: Any, terminal: Terminal) -> None:
    command = bare.folder / "bin" / "underpaint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m underpaint_client "$@"\n')
    command.chmod(0o755)
    key = bare.client("keygen", "--json").json["public_key"]
    assert bare.client("remote", "add", "home-server", f"underpaint://h:1/#{key}").code == 0
    path = f"{command.parent}:{bare.environment['PATH']}"
    shell = terminal(bare, program=("bash", "--norc", "--noprofile"), PATH=path, PS1="> ")
    shell.expect("> ")
    shell.sendline('bind "set enable-bracketed-paste off"; eval "$(underpaint completion bash)"')
    shell.expect("> ")
    for typed, completed in (
        ("underpaint remot", "remote "),
        ("underpaint hide sec", "secret.png"),
        ("underpaint ping --to ho", "home-server"),
        ("underpaint hide --mo", "--mode "),
    ):
        shell.send(typed + "\t")
        shell.expect_exact(completed)
        shell.send("\x15")  # Ctrl-U: away with the line
