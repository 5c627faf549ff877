"""Make the stego images that docs/container.md shows: `python -m tests.docs.container_images`."""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from underpaint_common.payload import Form, Mode, SecretFile, hide
from underpaint_common.payload.header import Geometry
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.placing import find_header
from underpaint_common.pictures import Picture
from underpaint_common.stego import reserved, trellis
from underpaint_common.stego.trellis.columns import HEIGHTS

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = DOCS / "container.md"
BEGIN = "<!-- images: made by python -m tests.docs.container_images -->\n"
END = "<!-- end of images -->\n"
KEY = bytes(range(32))
SECRET = hashlib.shake_256(b"underpaint container example").digest(200)
MODES = (Mode.PLANES, Mode.CLASSIC, Mode.ADAPTIVE)
COLUMNS_BEGIN, COLUMNS_END = "<!-- columns -->\n", "<!-- end of columns -->\n"


def cover() -> Picture:
    """Return the cover, from the page's formula."""
    y, x, c = np.mgrid[0:24, 0:32, 0:3]
    return Picture((60 + (3 * x + 2 * y + 40 * c) % 128).astype(np.uint8))


def image_of(mode: Mode) -> Path:
    """Return where the stego image of a mode lies."""
    return DOCS / f"container-{mode.value}.png"


def stego(mode: Mode) -> Picture:
    """Hide the secret, with a nonce that is the same each time."""
    nonce = hashlib.shake_256(f"underpaint container nonce {mode.value}".encode()).digest(16)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("underpaint_common.payload.hiding.randomness.token_bytes", lambda _: nonce)
        secret = SecretFile("noise.bin", "application/octet-stream", SECRET)
        return hide(cover(), secret, KEY, mode=mode, form=Form.FILE).picture


def read(data: bytes) -> Picture:
    """Return a small PNG's picture without the project's reader."""
    with Image.open(io.BytesIO(data)) as image:
        return Picture(np.ascontiguousarray(image))


def shown() -> str:
    """Return what the page says about the images."""
    lines = ["| mode | file | salt begins | header |", "|---|---|---|---|"]
    for mode in MODES:
        keys, flat = PayloadKeys(KEY), read(image_of(mode).read_bytes()).samples.reshape(-1)
        header = find_header(flat, Geometry(32, 24, 3, 8), keys)[0].hex()
        at = reserved.salt_positions(flat.size, keys.salt_positions())
        salt = keys.salt(reserved.salt_values(flat, at)).hex()[:16]
        name = image_of(mode).name
        lines.append(f"| `{mode.value}` | [{name}]({name}) | `{salt}` | `{header}` |")
    lines += ["", "The first positions of the salt are " + ", ".join(map(str, at[:8])) + "."]
    return "\n".join([*lines, ""])


def columns() -> str:
    """Return what the page says about the tables of columns."""
    lines = ["| h | SHA-256 of the file |", "|---|---|"]
    for height in HEIGHTS:
        data = (files(trellis) / f"columns_{height}.json").read_bytes()
        lines.append(f"| {height} | `{hashlib.sha256(data).hexdigest()}` |")
    return "\n".join([*lines, ""])


def page() -> str:
    """Return the page with what is shown between its marks."""
    text = between(PAGE.read_text(), COLUMNS_BEGIN, columns(), COLUMNS_END)
    return between(text, BEGIN, shown(), END)


def between(text: str, begin: str, inside: str, end: str) -> str:
    """Return a text with what stands between two marks replaced."""
    before, _, rest = text.partition(begin)
    return before + begin + inside + end + rest.partition(end)[2]


def main() -> None:
    """Write the images and the page."""
    for mode in MODES:
        Image.fromarray(stego(mode).samples).save(image_of(mode), optimize=True)
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
