"""A sign of life while a command works on something that has no measure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from underpaint_client.cli.voice import Voice, current_voice


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Turn a wheel beside some words, on a terminal and unless people want quiet."""
    if not sys.stderr.isatty() or current_voice() is Voice.QUIET:
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(words):
        yield
