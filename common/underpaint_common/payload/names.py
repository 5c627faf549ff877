"""Names that came from elsewhere, made safe to write into a folder of ours."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

_FORBIDDEN = frozenset('/\\<>:"|?*')
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)
_FALLBACK = "secret"
MAX_NAME_BYTES = 200


def safe_name(name: str) -> str:
    """Return a file name that stays in its folder, on every common file system.

    Separators, control characters and what Windows forbids become ``_``; leading dots and
    surrounding blanks go; what is left is cut to `MAX_NAME_BYTES` of UTF-8 with its suffix kept.
    Never empty. Idempotent.

    Parameters
    ----------
    name : str
        Whatever the payload says.
    """
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    text = "".join("_" if _is_unsafe(each) else each for each in text)
    text = text.strip().lstrip(". ").rstrip(". ")
    text = _shortened(text) or _FALLBACK
    if text.split(".")[0].rstrip().lower() in _RESERVED:
        text = "_" + text
    return text


def png_name(name: str) -> str:
    """Return the name of the PNG that is made of a file; one without a name is called secret."""
    has_name = PurePath(name).name.strip(".") != ""
    return PurePath(name).with_suffix(".png").name if has_name else "secret.png"


def _is_unsafe(character: str) -> bool:
    """Tell whether a character could leave the folder, fool the reader, or be refused."""
    return character in _FORBIDDEN or unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")


def _shortened(text: str) -> str:
    """Return the text cut to its limit, less a byte for a mark; a short suffix stays."""
    limit = MAX_NAME_BYTES - 1
    if len(text.encode()) <= limit:
        return text
    stem, dot, suffix = text.rpartition(".")
    ending = (dot + suffix).encode()
    if not stem or len(ending) > 20:
        stem, ending = text, b""
    kept = stem.encode()[: limit - len(ending)].decode(errors="ignore").rstrip(". ")
    return kept + ending.decode()
