"""Cover files of every kind that people have, made by Pillow and by hand.

What Pillow cannot write (16-bit colour, a colour key in 16 bits) is written here byte by byte,
with no line of the writers under test.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

WIDTH, HEIGHT = 96, 72
KEY_COLOUR = (200, 10, 60)
ORIENTATION = 0x0112
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
Make = Callable[[Path], None]


def values(channels: int, depth: int = 8) -> NDArray[Any]:
    """Return a slope with a little noise, shape (height, width, channels)."""
    rng = np.random.default_rng([channels, depth])
    slope = np.linspace(0.1, 0.9, WIDTH)[None, :, None] * np.linspace(0.6, 1, HEIGHT)[:, None, None]
    noisy = slope + rng.normal(0, 0.03, (HEIGHT, WIDTH, channels))
    top = (1 << depth) - 1
    return (np.clip(noisy, 0, 1) * top).astype(np.uint8 if depth == 8 else np.uint16)


def rgb() -> Image.Image:
    return Image.fromarray(values(3))


def rgba() -> Image.Image:
    """Return a picture whose upper third is fully transparent and whose middle is half so."""
    samples = values(4)
    samples[: HEIGHT // 3, :, 3] = 0
    samples[HEIGHT // 3 : 2 * HEIGHT // 3, :, 3] = 128
    samples[2 * HEIGHT // 3 :, :, 3] = 255
    return Image.fromarray(samples)


def keyed(image: Image.Image, colour: Any) -> Image.Image:
    """Return the image with a square of the colour that is to be transparent."""
    image.paste(colour, (10, 10, 40, 40))
    return image


def palette() -> Image.Image:
    return rgb().quantize(200)


def transparent_palette(image: Image.Image) -> dict[str, Any]:
    """Return options that make some palette entries transparent, one of them in half."""
    entries = bytes([0, 128]) + bytes([255]) * 60 + bytes(20)
    return {"transparency": entries + bytes([255]) * (256 - len(entries))}


def png(samples: NDArray[Any], colour_type: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Write a PNG of filter 0: big-endian samples, shape (height, width, channels)."""
    height, width = samples.shape[:2]
    depth = 8 * samples.itemsize
    rows = samples.astype(f">u{samples.itemsize}").reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def tiff_16_bit_rgb(samples: NDArray[np.uint16]) -> bytes:
    """Write a little-endian, uncompressed TIFF of one strip."""
    height, width = samples.shape[:2]
    data = samples.astype("<u2").tobytes()
    tags = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 3, 8),  # the three depths stand right after the header
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 14),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 1, len(data)),
    ]
    directory = struct.pack("<H", len(tags))
    directory += b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\0" + struct.pack("<I3H", 14 + len(data), 16, 16, 16) + data + directory


def turned(orientation: int) -> dict[str, Any]:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return {"exif": exif}


def saved(make: Callable[[], Image.Image], **options: Any) -> Make:
    return lambda path: make().save(path, **options)


def written(make: Callable[[], bytes]) -> Make:
    return lambda path: path.write_bytes(make()) and None


def one_bit() -> Image.Image:
    return Image.fromarray(values(1)[..., 0]).convert("1")


def grey() -> Image.Image:
    return Image.fromarray(values(1)[..., 0])


def grey_alpha() -> Image.Image:
    return rgba().convert("LA")


def wide_grey() -> Image.Image:
    return Image.fromarray(values(1, 16)[..., 0])


def cmyk() -> Image.Image:
    return Image.fromarray(values(4), "CMYK")


def wide_alpha(channels: int) -> NDArray[np.uint16]:
    samples = values(channels, 16)
    samples[: HEIGHT // 2, :, -1] = 0
    samples[HEIGHT // 2 :, :, -1] = 40_000
    return samples


def wide_key() -> bytes:
    samples = values(3, 16)
    samples[10:40, 10:40] = KEY_COLOUR
    return png(samples, 2, (b"tRNS", struct.pack(">3H", *KEY_COLOUR)))


def pnm(samples: NDArray[Any]) -> bytes:
    height, width, channels = samples.shape
    maximum = (1 << 8 * samples.itemsize) - 1
    head = f"P{6 if channels == 3 else 5}\n# a comment\n{width} {height}\n{maximum}\n".encode()
    return head + samples.astype(f">u{samples.itemsize}").tobytes()


KINDS: dict[str, dict[str, Make]] = {
    "1-bit": {ending: saved(one_bit) for ending in ("png", "bmp", "tiff", "ppm")}
    | {"fax.tiff": saved(one_bit, compression="group4")},
    "grey": {ending: saved(grey) for ending in ("png", "bmp", "tiff", "ppm")}
    | {"jpg": saved(grey, quality=92)},
    "grey with alpha": {ending: saved(grey_alpha) for ending in ("png", "tiff")},
    "grey with a colour key": {"png": saved(lambda: keyed(grey(), 200), transparency=200)},
    "palette": {ending: saved(palette) for ending in ("png", "bmp", "tiff", "gif")}
    | {"4.png": saved(lambda: rgb().quantize(12), bits=4)},
    "palette with alpha": {
        "png": saved(palette, **transparent_palette(palette())),
        "gif": saved(palette, transparency=3),
    },
    "RGB": {ending: saved(rgb) for ending in ("png", "bmp", "tiff", "ppm")}
    | {
        "jpg": saved(rgb, quality=92),
        "webp": saved(rgb, lossless=True),
        "lossy.webp": saved(rgb, quality=80),
        "profile.png": saved(rgb, icc_profile=PROFILE),
        "profile.jpg": saved(rgb, icc_profile=PROFILE),
        "gamma.png": written(lambda: png(values(3), 2, (b"gAMA", struct.pack(">I", 100_000)))),
        "lzw.tiff": saved(rgb, compression="tiff_lzw"),
        "jpeg.tiff": saved(rgb, compression="jpeg"),
    },
    "RGB with a colour key": {
        "png": saved(lambda: keyed(rgb(), KEY_COLOUR), transparency=KEY_COLOUR)
    },
    "RGBA": {ending: saved(rgba) for ending in ("png", "tiff")}
    | {"webp": saved(rgba, lossless=True, exact=True), "lossy.webp": saved(rgba, quality=80)},
    "16-bit grey": {ending: saved(wide_grey) for ending in ("png", "tiff")}
    | {"ppm": written(lambda: pnm(values(1, 16)))},
    "16-bit RGB": {
        "png": written(lambda: png(values(3, 16), 2)),
        "tiff": written(lambda: tiff_16_bit_rgb(values(3, 16))),
        "ppm": written(lambda: pnm(values(3, 16))),
    },
    "16-bit with alpha": {
        "grey.png": written(lambda: png(wide_alpha(2), 4)),
        "png": written(lambda: png(wide_alpha(4), 6)),
        "key.png": written(wide_key),
    },
    "CMYK": {
        "tiff": saved(cmyk),
        "jpg": saved(cmyk, quality=92),
        "profile.tiff": saved(cmyk, icc_profile=PROFILE),
    },
    "rotated": {
        f"{turn}.{ending}": saved(rgb, **turned(turn))
        for turn, ending in (
            (3, "jpg"),
            (6, "jpg"),
            (8, "jpg"),
            (5, "jpg"),
            (6, "png"),
            (6, "webp"),
        )
    }
    | {"6.tiff": saved(rgb, tiffinfo={ORIENTATION: 6})},
}
NOTICED = {
    "1-bit": "1-bit",
    "palette": "palette turned into RGB",
    "palette with alpha": "palette turned into RGB with alpha",
    "RGB with a colour key": "transparent colour turned into alpha",
    "grey with a colour key": "transparent colour turned into alpha",
}


def animations() -> dict[str, Make]:
    """Return files of several frames or pages."""
    more = {"save_all": True, "append_images": [grey(), rgb().convert("L").rotate(90)]}
    return {ending: saved(grey, **more) for ending in ("gif", "webp", "png", "tiff")}
