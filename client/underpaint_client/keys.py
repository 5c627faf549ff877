"""Which key is meant: a passphrase, a key file, or two identities; exactly one of them."""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from underpaint_client.places import identity_path
from underpaint_common.errors import UsageError

ENVIRONMENT_VARIABLE = "UNDERPAINT_PASSPHRASE"
MAX_PASSPHRASE_BYTES = 1 << 16


class Purpose(enum.Enum):
    """What the key is for; it decides who is the sender and whether a prompt asks twice."""

    HIDE = "--to ADDRESS"
    REVEAL = "--from KEY"


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """What the user said about the key.

    Parameters
    ----------
    passphrase_file : str, optional
        File that holds a passphrase; ``-`` is standard input.
    key_file : Path, optional
        File made by ``underpaint keygen --shared``.
    peer : str, optional
        Address or public key of the other side; the key is then that of two identities.
    identity : Path, optional
        This side's identity, if not the default one.
    """

    passphrase_file: str | None = None
    key_file: Path | None = None
    peer: str | None = None
    identity: Path | None = None


def stego_key(choice: KeyChoice, purpose: Purpose, warn: Callable[[str], None]) -> bytes:
    """Return the 32-byte stego key that the user means.

    An option goes before the environment, the environment before a prompt.

    Parameters
    ----------
    choice : KeyChoice
        The options given.
    purpose : Purpose
        Hiding or revealing.
    warn : callable
        Is told about a weak passphrase; only when hiding, since afterwards it is too late.

    Raises
    ------
    UsageError
        None is given and there is no terminal to ask at, or more than one is given.
    LocalFileError
        A file cannot be read, or others can read it.
    """
    _check_one(choice, purpose)
    if choice.key_file is not None:
        from underpaint_common.crypto import stego_key as derivation

        return derivation.load_key_file(choice.key_file)
    if choice.peer is not None:
        return _key_of_identities(choice.peer, choice.identity, purpose)
    return _key_of_passphrase(_passphrase(choice, purpose), purpose, warn)


def peer_public_key(text: str) -> bytes:
    """Return the public key in an address line or in a key's text alone."""
    if "://" in text:
        from underpaint_common.wire import Address

        return Address.parse(text).server_key
    from underpaint_common.crypto import keytext

    return keytext.decode(keytext.KeyKind.PUBLIC, text)


def _check_one(choice: KeyChoice, purpose: Purpose) -> None:
    given = {
        "--passphrase-file": choice.passphrase_file,
        "--key-file": choice.key_file,
        purpose.value.split()[0]: choice.peer,
    }
    named = [option for option, value in given.items() if value is not None]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} name different keys", hint="give one of them")
    if choice.identity is not None and choice.peer is None:
        raise UsageError(
            f"--identity alone makes no key: it takes {purpose.value} as well",
            hint=f"give {purpose.value}, or leave --identity away",
        )


def _key_of_identities(peer: str, identity: Path | None, purpose: Purpose) -> bytes:
    from underpaint_common.crypto import stego_key as derivation
    from underpaint_common.crypto.identity import Identity

    peer_public = peer_public_key(peer)
    own = Identity.load(identity_path(identity))
    return derivation.from_identities(own, peer_public, own_is_sender=purpose is Purpose.HIDE)


def _key_of_passphrase(passphrase: str, purpose: Purpose, warn: Callable[[str], None]) -> bytes:
    from underpaint_common.crypto import stego_key as derivation

    if not passphrase.removesuffix("\n").removesuffix("\r"):
        raise UsageError("the passphrase is empty")
    if purpose is Purpose.HIDE and derivation.passphrase_is_weak(passphrase):
        warn("this passphrase is weak: whoever has the image can try many; use several words")
    return derivation.from_passphrase(passphrase)


def _passphrase(choice: KeyChoice, purpose: Purpose) -> str:
    if choice.passphrase_file is not None:
        return _passphrase_from(choice.passphrase_file)
    from_environment = os.environ.get(ENVIRONMENT_VARIABLE)
    if from_environment:
        return from_environment
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "no key is given and there is no terminal to ask at",
            hint=f"give --passphrase-file FILE, --key-file FILE or {purpose.value}, "
            f"or set {ENVIRONMENT_VARIABLE}",
        )
    answer: str = click.prompt(
        "Passphrase", hide_input=True, err=True, confirmation_prompt=purpose is Purpose.HIDE
    )
    return answer


def _passphrase_from(name: str) -> str:
    from underpaint_common.files import read_bounded

    if name == "-":
        data = sys.stdin.buffer.read(MAX_PASSPHRASE_BYTES)
    else:
        data = read_bounded(Path(name), max_bytes=MAX_PASSPHRASE_BYTES)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(
            f"the passphrase in {name} is not text in UTF-8",
            hint="a key file made by underpaint keygen --shared goes to --key-file",
        ) from None
