"""Who someone is: a static X25519 key pair, kept in a file, under a passphrase if wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from underpaint_common.crypto import keyfile, keytext, protection, x25519
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import LocalFileError, UsageError


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A client's or a server's key pair.

    Its repr shows the public key alone, and two identities are equal when their public keys are.

    Attributes
    ----------
    private : bytes
        32 bytes, secret.
    public : bytes
        32 bytes, derived from `private`.
    """

    private: bytes = field(compare=False)
    public: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "public", x25519.public_from(self.private))

    def __repr__(self) -> str:
        return f"Identity(public={self.public_text!r})"

    @property
    def public_text(self) -> str:
        """The public key as `underpaintd allow` and addresses take it."""
        return keytext.encode(KeyKind.PUBLIC, self.public)

    @classmethod
    def generate(cls) -> Self:
        """Return a new identity."""
        return cls(x25519.generate())

    @classmethod
    def load(cls, path: Path, passphrase: Callable[[], str] | None = None) -> Self:
        """Read an identity from its file.

        Parameters
        ----------
        path : Path
            What `save` wrote.
        passphrase : callable, optional
            Gives the passphrase, if the file turns out to need one.

        Raises
        ------
        LocalFileError
            The file is missing, unreadable, readable by others, holds no private key, or one
            under another passphrase.
        UsageError
            It needs a passphrase, and none is given.
        """
        text = keyfile.read_text(path, hint_if_missing="run underpaint keygen")
        if keytext.kind_of(text) is not KeyKind.PROTECTED:
            return cls(keyfile.decode(path, KeyKind.PRIVATE, text))
        protected = keyfile.decode(path, KeyKind.PROTECTED, text)
        if passphrase is None:
            raise UsageError(
                f"the identity in {path} is protected by a passphrase, and none is given"
            )
        try:
            return cls(protection.unprotect(protected, passphrase()))
        except LocalFileError as error:
            raise LocalFileError(f"{path}: {error.message}", hint=error.hint) from None

    def save(self, path: Path, passphrase: str | None = None) -> None:
        """Write the private key to a new file, mode 0600, under a passphrase where one is given.

        Raises
        ------
        LocalFileError
            The file exists already or cannot be written.
        UsageError
            The passphrase is empty.
        """
        if passphrase is None:
            keyfile.write(path, KeyKind.PRIVATE, self.private)
        else:
            keyfile.write(path, KeyKind.PROTECTED, protection.protect(self.private, passphrase))
