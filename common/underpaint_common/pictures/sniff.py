"""What kind of file some bytes are, by their first bytes and never by their name alone."""

from __future__ import annotations

import enum
import mimetypes

SNIFF_BYTES = 32


class FileKind(enum.Enum):
    """Image files that are known by sight, and whether they can be read here.

    The value is the name that people know, the media type, and readability.
    """

    PNG = ("PNG", "image/png", True)
    JPEG = ("JPEG", "image/jpeg", True)
    WEBP = ("WebP", "image/webp", True)
    BMP = ("BMP", "image/bmp", True)
    TIFF = ("TIFF", "image/tiff", True)
    PNM = ("PPM", "image/x-portable-anymap", True)
    GIF = ("GIF", "image/gif", True)
    PLAIN_PNM = ("plain-text PPM", "image/x-portable-anymap", False)
    FLOAT_MAP = ("floating-point PFM", "image/x-portable-floatmap", False)
    PAM = ("PAM", "image/x-portable-arbitrarymap", False)
    JPEG2000 = ("JPEG 2000", "image/jp2", False)
    JPEGXL = ("JPEG XL", "image/jxl", False)
    AVIF = ("AVIF", "image/avif", False)
    HEIC = ("HEIC", "image/heic", False)
    PSD = ("Photoshop", "image/vnd.adobe.photoshop", False)
    ICON = ("icon", "image/vnd.microsoft.icon", False)
    MAC_ICON = ("icon", "image/icns", False)
    DDS = ("DDS", "image/vnd.ms-dds", False)

    def __init__(self, label: str, media_type: str, readable: bool) -> None:
        self.label = label
        self.media_type = media_type
        self.readable = readable


_BY_PREFIX: tuple[tuple[bytes, FileKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"II*\0", FileKind.TIFF),
    (b"MM\0*", FileKind.TIFF),
    (b"II+\0", FileKind.TIFF),
    (b"MM\0+", FileKind.TIFF),
    (b"\0\0\0\x0cjP  \r\n\x87\n", FileKind.JPEG2000),
    (b"\xff\x4f\xff\x51", FileKind.JPEG2000),
    (b"\0\0\0\x0cJXL \r\n\x87\n", FileKind.JPEGXL),
    (b"\xff\x0a", FileKind.JPEGXL),
    (b"8BPS", FileKind.PSD),
    (b"\0\0\1\0", FileKind.ICON),
    (b"icns", FileKind.MAC_ICON),
    (b"DDS ", FileKind.DDS),
)
_BY_PNM_DIGIT = {
    **dict.fromkeys(b"456", FileKind.PNM),
    **dict.fromkeys(b"123", FileKind.PLAIN_PNM),
    **dict.fromkeys(b"Ff", FileKind.FLOAT_MAP),
    ord("7"): FileKind.PAM,
}
_BY_BRAND = {
    b"avif": FileKind.AVIF,
    b"avis": FileKind.AVIF,
    b"heic": FileKind.HEIC,
    b"heix": FileKind.HEIC,
    b"mif1": FileKind.HEIC,
}


def sniff(head: bytes) -> FileKind | None:
    """Return the kind of image file that begins with `head`, or None for anything else."""
    for prefix, kind in _BY_PREFIX:
        if head.startswith(prefix):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head[4:8] == b"ftyp":
        return _BY_BRAND.get(head[8:12])
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return FileKind.BMP
    if head[:1] == b"P" and head[2:3] in {b" ", b"\t", b"\n", b"\r", b"#"}:
        return _BY_PNM_DIGIT.get(head[1])
    return None


def media_type_of(data: bytes | memoryview, name: str) -> str:
    """Return the media type of a file: by its content where that is known, else by its name.

    The system's own tables are not asked, so that every machine answers the same.
    """
    kind = sniff(bytes(data[:SNIFF_BYTES]))
    if kind is not None:
        return kind.media_type
    guessed, encoding = mimetypes.MimeTypes().guess_type(name)
    return guessed if guessed and not encoding else "application/octet-stream"
