"""What options are made of: defaults that the user sets, values with units, several as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from underpaint_client.cli.voice import say_more
from underpaint_common.units import Quantity, read_quantity

Function = TypeVar("Function", bound=Callable[..., Any])

_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_SHOWN_CHARACTERS = 40
_FILE = "underpaint_client.configuration_file"


class Setting(click.Option):
    """An option whose default the user sets: in the environment, or in the configuration file.

    The setting's key is the option's long name, its variable that name in capitals.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = max(self.opts, key=len).lstrip("-").replace("-", "_")
        self.envvar = f"UNDERPAINT_{self.key.upper()}"

    def consume_value(
        self, ctx: click.Context, opts: Mapping[str, click.Parameter]
    ) -> tuple[Any, ParameterSource]:
        """Look into the configuration file where neither call nor environment give a value."""
        value, source = super().consume_value(ctx, opts)
        if ctx.resilient_parsing:
            return value, source
        if source is ParameterSource.ENVIRONMENT:
            say_more(f"{self.key} is {value} (from {self.envvar})")
        elif source is ParameterSource.DEFAULT and self.key in (written := _in_file(ctx)):
            value, source = written[self.key], ParameterSource.DEFAULT_MAP
            say_more(f"{self.key} is {value} (from the configuration file)")
        return value, source

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Say which variable is wrong, where it is one."""
        try:
            return super().process_value(ctx, value)
        except click.BadParameter as error:
            if ctx.get_parameter_source(self.name or "") is ParameterSource.ENVIRONMENT:
                raise click.BadParameter(
                    f"{error.message} (in ${self.envvar})", ctx, self
                ) from error
            raise


def _in_file(context: click.Context) -> dict[str, Any]:
    """Return what the configuration file says, read once for all options of a command."""
    if _FILE not in context.meta:
        from underpaint_client.effective import in_file

        context.meta[_FILE] = in_file()
    written: dict[str, Any] = context.meta[_FILE]
    return written


class Whole(click.IntRange):
    """A whole number in ASCII digits, of a bounded length."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read what Python would read, less what only Python takes for a number."""
        if isinstance(value, str) and not _WHOLE.fullmatch(value.strip()):
            shown = value if len(value) <= _SHOWN_CHARACTERS else f"{value[:_SHOWN_CHARACTERS]}..."
            self.fail(f"{shown!r} is no whole number from {self.min} to {self.max}", param, ctx)
        return super().convert(value, param, ctx)


def quantity(kind: type[Quantity]) -> Callable[[str | Quantity], Quantity]:
    """Return the type of an option's value with a unit, such as ``128 MP``."""

    def read(text: str | Quantity) -> Quantity:
        if isinstance(text, kind):
            return text
        try:
            return read_quantity(kind, text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return read


def together(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Return one decorator for several options, shown in this order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
