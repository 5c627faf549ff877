"""Which key is meant: a passphrase, a key file, or two identities; exactly one of them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from underpaint_client.identities import IdentityChoice
from underpaint_client.passphrase import PassphraseSource, is_empty
from underpaint_common.errors import UsageError

ENVIRONMENT_VARIABLE = "UNDERPAINT_PASSPHRASE"


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
        Remote, address or public key of the other side; the key is then that of two identities.
    identity : IdentityChoice
        This side's identity.
    """

    passphrase_file: str | None = None
    key_file: Path | None = None
    peer: str | None = None
    identity: IdentityChoice = field(default_factory=IdentityChoice)


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
    return _key_of_passphrase(_passphrase_source(choice, purpose), purpose, warn)


def _check_one(choice: KeyChoice, purpose: Purpose) -> None:
    given = {
        "--passphrase-file": choice.passphrase_file,
        "--key-file": choice.key_file,
        purpose.value.split()[0]: choice.peer,
    }
    named = [option for option, value in given.items() if value is not None]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} name different keys", hint="give one of them")
    if choice.identity.named is not None and choice.peer is None:
        raise UsageError(
            f"--identity alone makes no key: it takes {purpose.value} as well",
            hint=f"give {purpose.value}, or leave --identity away",
        )


def _key_of_identities(peer: str, identity: IdentityChoice, purpose: Purpose) -> bytes:
    from underpaint_client.remotes import Remotes
    from underpaint_common.crypto import stego_key as derivation

    peer_public = Remotes().public_key(peer)
    own = identity.load()
    return derivation.from_identities(own, peer_public, own_is_sender=purpose is Purpose.HIDE)


def _key_of_passphrase(
    source: PassphraseSource, purpose: Purpose, warn: Callable[[str], None]
) -> bytes:
    from underpaint_common.crypto import passphrases
    from underpaint_common.crypto import stego_key as derivation

    passphrase = source.read(twice=purpose is Purpose.HIDE)
    if is_empty(passphrase):
        raise UsageError("the passphrase is empty")
    if purpose is Purpose.HIDE and passphrases.is_weak(passphrase):
        warn("this passphrase is weak: whoever has the image can try many; use several words")
    return derivation.from_passphrase(passphrase)


def _passphrase_source(choice: KeyChoice, purpose: Purpose) -> PassphraseSource:
    return PassphraseSource(
        "the passphrase",
        choice.passphrase_file,
        ENVIRONMENT_VARIABLE,
        f"--passphrase-file FILE, --key-file FILE or {purpose.value}",
    )
