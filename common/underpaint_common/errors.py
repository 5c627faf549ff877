"""Every error that Underpaint raises, and the exit code that each one ends a command with.

The tree, with exit codes::

    UnderpaintError                 1   only for our own faults
    ├── UsageError                  2   the call is wrong: an option, a value, a key's text
    ├── NothingFound                3   nothing for this key in this image
    ├── Damaged                     4   something is there, but it is not what was hidden
    ├── DoesNotFit                  5   the cover is too small for the secret
    ├── UnusableImage               6   not an image, or not one that can be used
    ├── ConnectionFailed            7   no connection, or the handshake failed
    │   ├── HandshakeFailed         7
    │   │   └── Unanswered          7   the server was silent instead of answering it
    │   ├── VersionMismatch         7
    │   └── ProtocolError           7   the peer broke the protocol
    │       └── ConnectionCut       7   the stream ended without a closing record
    ├── Refused                     8   the server said no after the handshake
    ├── LocalFileError              9   a local file cannot be read or written
    ├── SomeFailed                 10   some of several failed
    └── Interrupted               130   the user stopped it

Errors say what happened in one sentence, lower case, without a full stop, and name the file
it is about; `hint` says what to do next: the raiser's words, else those of the kind. Names
never carry key material.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator
from typing import ClassVar


class ExitCode(enum.IntEnum):
    """Exit codes of `underpaint` and `underpaintd`, one table for both."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    NOTHING_FOUND = 3
    DAMAGED = 4
    DOES_NOT_FIT = 5
    UNUSABLE_IMAGE = 6
    NO_CONNECTION = 7
    REFUSED = 8
    LOCAL_FILE = 9
    SOME_FAILED = 10
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """What the code says, as `--help` and the documentation print it."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FAULT: "a fault of our own: please report it",
    ExitCode.USAGE: "wrong usage",
    ExitCode.NOTHING_FOUND: "nothing found for this key",
    ExitCode.DAMAGED: "found, but damaged",
    ExitCode.DOES_NOT_FIT: "the secret does not fit the cover",
    ExitCode.UNUSABLE_IMAGE: "not a usable image",
    ExitCode.NO_CONNECTION: "no connection, or the handshake failed",
    ExitCode.REFUSED: "refused by the server after the handshake",
    ExitCode.LOCAL_FILE: "a local file cannot be read or written",
    ExitCode.SOME_FAILED: "some of several failed",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C, SIGTERM)",
}


class UnderpaintError(Exception):
    """Base of all errors that Underpaint raises on purpose.

    Parameters
    ----------
    message : str
        What happened, one sentence without a full stop.
    hint : str, optional
        What to do about it; by default what helps against errors of this kind.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAULT
    usual_hint: ClassVar[str | None] = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.usual_hint


class UsageError(UnderpaintError):
    """The call itself is wrong: an option, a value, or the text of a key."""

    exit_code = ExitCode.USAGE


class NothingFound(UnderpaintError):
    """The image holds nothing for this key.

    A wrong key, an image with nothing in it and a ruined header cannot be told apart.
    """

    exit_code = ExitCode.NOTHING_FOUND
    usual_hint = (
        "check the key, and that this is the very file that was made: a converted or resized "
        "copy holds nothing"
    )


class Damaged(UnderpaintError):
    """The header is genuine and the body is not: the image was changed after hiding."""

    exit_code = ExitCode.DAMAGED
    usual_hint = (
        "get the image once more from where it was made; whatever converts or resizes it ruins it"
    )


class DoesNotFit(UnderpaintError):
    """The cover cannot hold the secret under the given options."""

    exit_code = ExitCode.DOES_NOT_FIT
    usual_hint = "take a larger cover or a smaller secret; underpaint capacity shows what fits"


class UnusableImage(UnderpaintError):
    """The file is no image, is broken, exceeds a limit, or is of a kind that is refused."""

    exit_code = ExitCode.UNUSABLE_IMAGE
    usual_hint = (
        "see whether it is the file you mean, and whole; an image editor may save it anew as PNG"
    )


class ConnectionFailed(UnderpaintError):
    """The server could not be reached, or the connection ended early."""

    exit_code = ExitCode.NO_CONNECTION
    usual_hint = "underpaint ping tells whether the server is there and knows you; try again later"


class HandshakeFailed(ConnectionFailed):
    """The connection opened, and the handshake did not complete."""


class Unanswered(HandshakeFailed):
    """The server closed, or said nothing, instead of answering the handshake.

    It does so towards strangers, and towards anyone while it starts, stops or has too many
    handshakes in progress.
    """


class VersionMismatch(ConnectionFailed):
    """The server answered, unauthenticated, that it speaks other protocol versions."""


class ProtocolError(ConnectionFailed):
    """The peer sent what the protocol does not allow; the session is over."""


class ConnectionCut(ProtocolError):
    """The byte stream ended without a closing record."""


class Refused(UnderpaintError):
    """The server understood and said no.

    Parameters
    ----------
    message : str
        The server's sentence.
    code : str
        The server's machine-readable reason.
    retry_after : float, optional
        Seconds after which another attempt may succeed.
    """

    exit_code = ExitCode.REFUSED
    usual_hint = "the server's operator can tell more: it is in the server's log"

    def __init__(
        self,
        message: str,
        *,
        code: str,
        retry_after: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.retry_after = retry_after


class LocalFileError(UnderpaintError):
    """A file on this machine cannot be read, written, or trusted."""

    exit_code = ExitCode.LOCAL_FILE
    usual_hint = "check the path, its permissions, and the space on the disk"


class SomeFailed(UnderpaintError):
    """Of several things to do, some were done and some failed."""

    exit_code = ExitCode.SOME_FAILED
    usual_hint = "see what is told of each above"


class Interrupted(UnderpaintError):
    """The user stopped it; the message says what was done before."""

    exit_code = ExitCode.INTERRUPTED
    usual_hint = "no part of a file is left; the same command begins again"


def reason_of(error: OSError) -> str:
    """Return the system's words for an error, in the style of our messages.

    Parameters
    ----------
    error : OSError
        As the system raised it.

    Returns
    -------
    str
        "no such file or directory"; where the system said nothing, what the error is called.
    """
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:] or type(error).__name__


@contextlib.contextmanager
def about(*names: str) -> Iterator[None]:
    """Name the files that an error with an image is about, where its message names none of them.

    Parameters
    ----------
    *names : str
        A stego image's name, or a secret's and a cover's; an empty one says nothing.
    """
    try:
        yield
    except (NothingFound, Damaged, DoesNotFit, UnusableImage) as error:
        known = [name for name in names if name]
        if not known or any(name in error.message for name in known):
            raise
        raise type(error)(f"{' in '.join(known)}: {error.message}", hint=error.hint) from error
