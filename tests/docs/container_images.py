"""Make the stego images that docs/container.md shows: `python -m tests.docs.container_images`."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from underpaint_common.payload import Form, Mode, SecretFile, hide
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.layout import Layout
from underpaint_common.pictures import Picture
from underpaint_common.stego import reserved

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = DOCS / "container.md"
BEGIN = "<!-- images: made by python -m tests.docs.container_images -->\n"
END = "<!-- end of images -->\n"
KEY = bytes(range(32))
SECRET = hashlib.shake_256(b"underpaint container example").digest(200)
MODES = (Mode.PLANES, Mode.CLASSIC)


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
        layout = Layout.of(flat, keys)
        header = reserved.read_header(flat, layout.header).hex()
        at = reserved.salt_positions(flat.size, keys.salt_positions())
        salt = keys.salt(reserved.salt_values(flat, at)).hex()[:16]
        name = image_of(mode).name
        lines.append(f"| `{mode.value}` | [{name}]({name}) | `{salt}` | `{header}` |")
    lines += ["", "The first positions of the salt are " + ", ".join(map(str, at[:8])) + "."]
    return "\n".join([*lines, ""])


def page() -> str:
    """Return the page with what is shown between its marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    return before + BEGIN + shown() + END + rest.partition(END)[2]


def main() -> None:
    """Write the images and the page."""
    for mode in MODES:
        Image.fromarray(stego(mode).samples).save(image_of(mode), optimize=True)
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
