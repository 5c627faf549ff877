"""Where a passphrase comes from: a file, the environment, or a prompt; never the command line."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from underpaint_common.errors import UsageError

MAX_PASSPHRASE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class PassphraseSource:
    """One passphrase's sources, in the order in which they are looked at.

    Parameters
    ----------
    what : str
        Which passphrase, as its prompt and errors call it.
    file : str or None
        A file that holds it; ``-`` is standard input.
    variable : str
        The environment variable that holds it otherwise.
    ways : str
        What to give where there is none and nobody to ask, for a hint.
    """

    what: str
    file: str | None
    variable: str
    ways: str

    def read(self, *, twice: bool) -> str:
        """Return the passphrase.

        Parameters
        ----------
        twice : bool
            Whether a prompt asks a second time: where a mistyped one would be found too late.

        Raises
        ------
        UsageError
            There is none and no terminal to ask at, or a file holds no text.
        LocalFileError
            The file cannot be read.
        """
        if self.file is not None:
            return self._from_file(self.file)
        from_environment = os.environ.get(self.variable)
        if from_environment:
            return from_environment
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError(
                f"{self.what} is not given and there is no terminal to ask at",
                hint=f"give {self.ways}, or set {self.variable}",
            )
        prompt = self.what.removeprefix("the ").capitalize()
        answer: str = click.prompt(prompt, hide_input=True, err=True, confirmation_prompt=twice)
        return answer

    def _from_file(self, name: str) -> str:
        from underpaint_common.files import read_bounded

        if name == "-":
            data = sys.stdin.buffer.read(MAX_PASSPHRASE_BYTES)
        else:
            data = read_bounded(Path(name), max_bytes=MAX_PASSPHRASE_BYTES)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError(
                f"{self.what} in {name} is not text in UTF-8",
                hint="a key file made by underpaint keygen --shared goes to --key-file",
            ) from None


def is_empty(passphrase: str) -> bool:
    """Tell whether nothing is left of a passphrase once its newline is dropped."""
    return not passphrase.removesuffix("\n").removesuffix("\r")
