"""The image's entry point: `push`, `list` and so on run the right one of the two commands.

    docker run IMAGE                    the daemon; makes its identity on the first start
    docker run IMAGE push ...           underpaint push ...
    docker run IMAGE list               underpaintd list
    docker run IMAGE underpaint ...     either command by its name
    docker run IMAGE demo-node          a node of the demo, see docker-compose.yml

Every way ends in an exec: the command itself is the container's process and gets its signals.
"""

import os
import pathlib
import socket
import sys

from underpaint_client.cli.group import underpaint as client
from underpaint_server.cli import cli as server

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = {"demo-node": HERE / "node.py", "demo-desk": HERE / "desk.py"}
COMMANDS = {"underpaint": client, "underpaintd": server}


def command_for(words: list[str]) -> list[str]:
    """Return the command line that some words ask for."""
    words = words or ["--help"]
    first = words[0]
    if first in SCRIPTS:
        return [sys.executable, str(SCRIPTS[first]), *words[1:]]
    for name, group in COMMANDS.items():
        if first in group.commands:
            return [name, *words]
    if first.startswith("-"):
        return ["underpaint", *words]
    return words


def needs_a_server(words: list[str]) -> bool:
    """Tell whether this is a first start: the daemon is wanted, and nobody made one yet."""
    return words[:2] == ["underpaintd", "serve"] and not (
        "--config" in words or pathlib.Path(os.environ["UNDERPAINTD_CONFIG"]).exists()
    )


def first_start() -> list[str]:
    """Return the command that makes the server."""
    folder = pathlib.Path(os.environ["UNDERPAINTD_CONFIG"]).parent
    host = os.environ.get("UNDERPAINT_HOST") or socket.gethostname()
    everywhere = ["--listen", "0.0.0.0:7741", "--metrics", "0.0.0.0:7742"]
    return ["underpaintd", "init", str(folder), "--host", host, *everywhere]


def main() -> None:
    """Become the command."""
    words = command_for(sys.argv[1:])
    if needs_a_server(words):
        init = first_start()
        if code := os.spawnvp(os.P_WAIT, init[0], init):
            sys.exit(code)
    try:
        os.execvp(words[0], words)
    except FileNotFoundError:
        known = sorted({name for group in COMMANDS.values() for name in group.commands})
        sys.exit(f"underpaint: error: there is no command {words[0]}\nhint: {', '.join(known)}")


if __name__ == "__main__":
    main()
