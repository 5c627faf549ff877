"""The `underpaintd` command; also `python -m underpaint_server`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from underpaint_common.entrance import enter

if TYPE_CHECKING:
    import click


def main() -> None:
    """Run the command line and end the process with its exit code."""
    enter("underpaintd", _load)


def _load() -> click.Group:
    from underpaint_server.cli import cli

    return cli


if __name__ == "__main__":
    main()
