"""What several commands of `underpaintd` have in common."""

from __future__ import annotations

from pathlib import Path

import click

from underpaint_common.path_type import PathType

config_option = click.option(
    "--config",
    "config_path",
    type=PathType(path_type=Path),
    default=Path("server.yaml"),
    envvar="UNDERPAINTD_CONFIG",
    show_default=True,
    show_envvar=True,
    metavar="FILE",
    help="The configuration that init wrote.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")


def example(line: str) -> str:
    """Return a command's epilog."""
    return f"\b\nExample:\n  {line}"
