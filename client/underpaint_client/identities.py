"""Which identity is meant, and the passphrase that may protect it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from underpaint_client.passphrase import PassphraseSource
from underpaint_client.places import identity_path
from underpaint_common.errors import LocalFileError, UsageError

if TYPE_CHECKING:
    from underpaint_common.crypto.identity import Identity

VARIABLE = "UNDERPAINT_IDENTITY_PASSPHRASE"


def load_identity(named: Path | None = None) -> Identity:
    """Read an identity for a program, in which there is nobody to ask for a passphrase.

    Parameters
    ----------
    named : Path, optional
        Its file, if not the one that the environment names or the default one. One that is
        protected takes its passphrase from UNDERPAINT_IDENTITY_PASSPHRASE.

    Raises
    ------
    LocalFileError
        It cannot be read, others can read it, or the passphrase is another.
    UsageError
        It needs a passphrase, and there is none.
    """
    from underpaint_common.crypto.identity import Identity

    return Identity.load(identity_path(named), _passphrase_from_environment)


def _passphrase_from_environment() -> str:
    passphrase = os.environ.get(VARIABLE)
    if not passphrase:
        raise UsageError(
            "this identity is protected by a passphrase, and none is given",
            hint=f"set {VARIABLE}, or hand over an Identity that is loaded already",
        )
    return passphrase


@dataclass(frozen=True, slots=True)
class IdentityChoice:
    """What the user said about this side's identity.

    Parameters
    ----------
    named : Path, optional
        Its file, if not the one that the environment names or the default one.
    passphrase_file : str, optional
        File that holds its passphrase; ``-`` is standard input.
    """

    named: Path | None = None
    passphrase_file: str | None = None

    @property
    def path(self) -> Path:
        """Where it lies, or would."""
        return identity_path(self.named)

    def load(self) -> Identity:
        """Read it, and its passphrase where it needs one.

        Raises
        ------
        LocalFileError
            It cannot be read, others can read it, or the passphrase is another.
        UsageError
            It needs a passphrase, and there is none and nobody to ask.
        """
        from underpaint_common.crypto.identity import Identity

        return Identity.load(self.path, lambda: self.passphrase(twice=False))

    def make(self, *, protect: bool, warn: Callable[[str], None]) -> Identity:
        """Make a new identity and save it.

        Parameters
        ----------
        protect : bool
            Whether a passphrase is read, or asked for twice, to protect it.
        warn : callable
            Is told about a weak one.

        Raises
        ------
        LocalFileError
            There is one already, or the file cannot be written.
        UsageError
            There is no passphrase to protect it with.
        """
        from underpaint_common.crypto import passphrases
        from underpaint_common.crypto.identity import Identity
        from underpaint_common.crypto.keyfile import exists_already

        if self.path.exists():  # said before a passphrase is asked for
            refusal = exists_already(self.path)
            hint = f"underpaint keygen --show prints its public key; {refusal.hint}"
            raise LocalFileError(refusal.message, hint=hint)
        passphrase = self.passphrase(twice=True) if protect else None
        if passphrase is not None and passphrases.is_weak(passphrase):
            warn("this passphrase is weak: whoever gets the file can try many; use several words")
        made = Identity.generate()
        made.save(self.path, passphrase)
        return made

    def passphrase(self, *, twice: bool) -> str:
        """Return its passphrase: from the file, the environment or a prompt."""
        source = PassphraseSource(
            "the identity's passphrase",
            self.passphrase_file,
            VARIABLE,
            "--identity-passphrase-file FILE",
        )
        return source.read(twice=twice)
