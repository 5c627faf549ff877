"""The door of `underpaintd`."""

from __future__ import annotations

import sys

from underpaint_common.terminal import run_command


def main() -> None:
    """Run the command line and end the process with its exit code."""
    from underpaint_server.cli import cli

    sys.exit(run_command(cli, "underpaintd"))


if __name__ == "__main__":
    main()
