"""What commands say on stderr, and how much: `--quiet`, `--verbose`, or neither.

A line begins with what it is (`warning: `, or nothing for a plain account), lower case, no full
stop. Control characters, which may come from a file's or a peer's name, never reach the terminal.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

import click

from underpaint_common.errors import UsageError
from underpaint_common.terminal import on_one_line, styled

_KEY = "underpaint_client.voice"


class Voice(enum.IntEnum):
    """How much is said on stderr; results on stdout, warnings and errors come in any case."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


def current_voice() -> Voice:
    """Return the voice of the command that is running in this thread."""
    context = click.get_current_context(silent=True)
    voice = Voice.NORMAL if context is None else context.meta.get(_KEY, Voice.NORMAL)
    return Voice(voice)


def say(text: str) -> None:
    """Print a line for people, on stderr, unless they want quiet."""
    if current_voice() > Voice.QUIET:
        click.echo(on_one_line(text), err=True)


def say_more(text: str) -> None:
    """Print a line, on stderr, for people who want to know more."""
    if current_voice() is Voice.VERBOSE:
        click.echo(on_one_line(text), err=True)


def warn(text: str) -> None:
    """Print a warning on stderr."""
    click.echo(f"{styled('warning:', fg='yellow')} {on_one_line(text)}", err=True)


def _speak(voice: Voice) -> Callable[[click.Context, click.Parameter, bool], None]:
    def set_voice(context: click.Context, _parameter: click.Parameter, given: bool) -> None:
        if not given:
            return
        if context.meta.setdefault(_KEY, voice) is not voice:
            raise UsageError("--quiet and --verbose contradict each other", hint="give one of them")

    return set_voice


quiet = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=_speak(Voice.QUIET),
    help="Say nothing but warnings and errors.",
)
verbose = click.option(
    "-v",
    "--verbose",
    is_flag=True,
    expose_value=False,
    callback=_speak(Voice.VERBOSE),
    help="Say more on the way.",
)
