"""The command group: what `underpaint --help` shows."""

from __future__ import annotations

import click

from underpaint_client.cli.capacity import capacity
from underpaint_client.cli.config import config
from underpaint_client.cli.demo import demo
from underpaint_client.cli.hide import hide
from underpaint_client.cli.inspect import inspect
from underpaint_client.cli.join import join
from underpaint_client.cli.keygen import keygen
from underpaint_client.cli.ping import ping
from underpaint_client.cli.push import push
from underpaint_client.cli.remote import remote
from underpaint_client.cli.reveal import reveal
from underpaint_common.completion import completion_command
from underpaint_common.terminal import exit_code_table
from underpaint_common.version import __version__

EPILOG = f"""\b
Defaults of options, and servers by name: underpaint config, underpaint remote.

\b
Examples:
  underpaint hide map.png lake.png -o postcard.png
  underpaint reveal postcard.png
  underpaint push map.png --cover lake.png --to home

\b
Exit codes:
{exit_code_table()}
"""


class InOrder(click.Group):
    """A group that lists its commands in the order in which people meet them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names as they were added."""
        return list(self.commands)


@click.group(cls=InOrder, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="underpaint")
def underpaint() -> None:
    """Hide an image in another image; find it again, exact to the last bit; push it to a server."""


_completion = completion_command("underpaint")

for _command in (
    *(keygen, join, hide, reveal, inspect, capacity, push, ping, remote, config, demo),
    _completion,
):
    underpaint.add_command(_command)
