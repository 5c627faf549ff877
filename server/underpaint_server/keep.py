"""What is kept of an upload."""

from __future__ import annotations

import enum


class Keep(enum.StrEnum):
    """`keep:` of the configuration: the secret, the stego image that carried it, or both."""

    SECRET = "secret"  # noqa: S105 - a word, not a password
    STEGO = "stego"
    BOTH = "both"

    @property
    def includes_secret(self) -> bool:
        """Whether the secret's own file is kept."""
        return self is not Keep.STEGO

    @property
    def includes_stego(self) -> bool:
        """Whether the stego image's file is kept."""
        return self is not Keep.SECRET
