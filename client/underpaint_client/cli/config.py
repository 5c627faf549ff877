"""`underpaint config`: which value each setting has, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import print_json, say
from underpaint_client.cli.tables import print_table
from underpaint_common.terminal import print_name
from underpaint_common.units import ByteCount, PixelCount, Seconds, spelled

if TYPE_CHECKING:
    from underpaint_client.effective import Setting

_UNITS = (ByteCount, PixelCount, Seconds)


def _complete_keys(
    _context: click.Context, _parameter: click.Parameter, beginning: str
) -> list[str]:
    from underpaint_client.configuration import KEYS

    return [key for key in KEYS if key.startswith(beginning)]


@click.group(
    invoke_without_command=True,
    short_help="Show settings and where they come from; change them.",
    epilog=options.example("underpaint config", "underpaint config set mode planes"),
)
@options.as_json
@click.pass_context
def config(context: click.Context, as_json: bool) -> None:
    """Show each setting's value and where it comes from, or change the configuration file.

    An option goes before the environment (UNDERPAINT_ and the setting in capitals), the
    environment before the file, the file before what is built in.
    """
    if context.invoked_subcommand is not None:
        return
    from underpaint_client.effective import effective
    from underpaint_client.places import configuration_path

    found = effective()
    if as_json:
        print_json(
            {"settings": [_fields(each) for each in found], "path": str(configuration_path())}
        )
        return
    lines = [(each.key, shown(each.value), each.where or each.origin) for each in found]
    print_table([("setting", "value", "from"), *lines], left=frozenset({0, 1, 2}))


@config.command(epilog=options.example("underpaint config get mode"))
@click.argument("key", shell_complete=_complete_keys)
@options.as_json
def get(key: str, as_json: bool) -> None:
    """Print the value that setting KEY has."""
    from underpaint_client.effective import setting

    found = setting(key)
    if as_json:
        print_json(_fields(found))
    else:
        print_name(shown(found.value))


@config.command("set", epilog=options.example("underpaint config set max_pixels '200 MP'"))
@click.argument("key", shell_complete=_complete_keys)
@click.argument("value")
@options.as_json
def set_(key: str, value: str, as_json: bool) -> None:
    """Set KEY to VALUE in the configuration file."""
    from underpaint_client.effective import change, setting

    change(key, value)
    _report_change(setting(key), as_json=as_json)


@config.command(epilog=options.example("underpaint config unset mode"))
@click.argument("key", shell_complete=_complete_keys)
@options.as_json
def unset(key: str, as_json: bool) -> None:
    """Take KEY out of the configuration file."""
    from underpaint_client.effective import change, setting

    change(key, None)
    _report_change(setting(key), as_json=as_json)


@config.command(epilog=options.example('"$EDITOR" "$(underpaint config path)"'))
@options.as_json
def path(as_json: bool) -> None:
    """Print where the configuration file lies; it need not exist."""
    from underpaint_client.places import configuration_path

    place = configuration_path()
    if as_json:
        print_json({"path": str(place), "exists": place.exists()})
    else:
        print_name(place)


def _report_change(now: Setting, *, as_json: bool) -> None:
    if as_json:
        print_json(_fields(now))
    else:
        say(f"{now.key} is {shown(now.value) or 'not set'} (from {now.where or now.origin})")


def _fields(setting: Setting) -> dict[str, Any]:
    value = setting.value
    return {
        "key": setting.key,
        "value": str(value) if isinstance(value, Path) else value,
        "from": setting.origin,
        "where": setting.where or None,
    }


def shown(value: object) -> str:
    """Return a value as the configuration file would hold it; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return spelled(value) if isinstance(value, _UNITS) else str(value)
