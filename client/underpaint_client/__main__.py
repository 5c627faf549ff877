"""The `underpaint` command; also `python -m underpaint_client`."""

from __future__ import annotations

import sys

from underpaint_client.cli.group import underpaint
from underpaint_common.terminal import run_command


def main() -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run_command(underpaint, "underpaint"))


if __name__ == "__main__":
    main()
