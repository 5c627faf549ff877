"""Who someone is: a static X25519 key pair, kept in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from underpaint_common.crypto import keyfile, keytext, x25519
from underpaint_common.crypto.keytext import KeyKind


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
    def load(cls, path: Path) -> Self:
        """Read an identity from its file.

        Raises
        ------
        LocalFileError
            The file is missing, unreadable, readable by others, or holds no private key.
        """
        return cls(keyfile.read(path, KeyKind.PRIVATE, hint_if_missing="run underpaint keygen"))

    def save(self, path: Path) -> None:
        """Write the private key to a new file, mode 0600.

        Raises
        ------
        LocalFileError
            The file exists already or cannot be written.
        """
        keyfile.write(path, KeyKind.PRIVATE, self.private)
