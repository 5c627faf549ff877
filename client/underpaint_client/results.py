"""What hiding and revealing hand back to programs: pictures, arrays, bytes and a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from underpaint_client.sources import array_of
from underpaint_common.payload import HideReport
from underpaint_common.pictures import (
    OutputFormat,
    Picture,
    encode,
    picture_to_image,
    read_picture,
)
from underpaint_common.pictures.png_writer import Compress
from underpaint_common.stego.samples import Samples


@dataclass(frozen=True, slots=True)
class HiddenImage:
    """What `hide` made.

    Attributes
    ----------
    picture : Picture
        The stego image.
    report : HideReport
        Mode, form, planes, sizes, PSNR and warnings.
    output : Path or None
        Where it was written, if it was.
    """

    picture: Picture
    report: HideReport
    output: Path | None = None

    @property
    def array(self) -> Samples:
        """The stego image's samples, alpha as the last channel."""
        return array_of(self.picture)

    @property
    def image(self) -> Image.Image:
        """The stego image for Pillow."""
        return picture_to_image(self.picture)

    @property
    def notices(self) -> tuple[str, ...]:
        """What reading the cover changed about it, such as a palette turned into RGB."""
        return self.picture.notices

    def encoded(
        self, file_format: OutputFormat = OutputFormat.PNG, *, compress: Compress = "fast"
    ) -> Iterator[bytes]:
        """Return the chunks of the stego image's file; every format here is lossless."""
        return encode(self.picture, file_format, compress=compress)


@dataclass(frozen=True, slots=True)
class RevealedSecret:
    """What `reveal` found.

    Attributes
    ----------
    name, media_type : str
        As they were embedded: a stranger's words, so use `payload.safe_name` before paths.
    data : bytes
        The secret's file; in ``pixels`` and ``compact`` form a PNG file of the same pixels.
    sha256 : bytes
        Of `data`, 32 bytes.
    mode, form : str
        How it was embedded.
    output : Path or None
        Where it was written, if it was.
    """

    name: str
    media_type: str
    data: bytes
    sha256: bytes
    mode: str
    form: str
    output: Path | None = None

    @property
    def picture(self) -> Picture:
        """The secret, decoded."""
        return read_picture(self.data)

    @property
    def array(self) -> Samples:
        """The secret's samples, alpha as the last channel."""
        return array_of(self.picture)

    @property
    def image(self) -> Image.Image:
        """The secret for Pillow."""
        return picture_to_image(self.picture)
