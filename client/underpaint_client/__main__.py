"""The `underpaint` command; also `python -m underpaint_client`."""

from __future__ import annotations

import os
import sys

from underpaint_client.cli.group import underpaint
from underpaint_common.errors import ExitCode
from underpaint_common.terminal import run_command


def main() -> None:
    """Run the command line and end the process with its exit code."""
    code = run_command(underpaint, "underpaint")
    if code == ExitCode.INTERRUPTED:
        sys.stderr.flush()
        os._exit(code)  # threads that still compute would be waited for
    sys.exit(code)


if __name__ == "__main__":
    main()
