"""The `underpaint` command; also `python -m underpaint_client`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from underpaint_common.entrance import enter

if TYPE_CHECKING:
    import click


def main() -> None:
    """Run the command line and end the process with its exit code."""
    enter("underpaint", _load)


def _load() -> click.Group:
    from underpaint_client.cli.group import underpaint

    return underpaint


if __name__ == "__main__":
    main()
