"""How much a file may ask for before it is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from underpaint_common.errors import UnusableImage

_RAISE = "raise the limit if you trust where it comes from"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a file may cost; checked before anything is decoded.

    Parameters
    ----------
    max_pixels : int
        Width times height.
    max_file_bytes : int
        Size of the file itself.
    max_inflated_bytes : int
        Size of a secret after inflation, and of metadata.
    """

    max_pixels: int = 128_000_000
    max_file_bytes: int = 512 << 20
    max_inflated_bytes: int = 1 << 30

    def check_file(self, size: int) -> None:
        """Raise `UnusableImage` if a file of so many bytes is too large."""
        if size > self.max_file_bytes:
            message = f"the file has {size:,} bytes, more than the limit of {self.max_file_bytes:,}"
            raise UnusableImage(message, hint=_RAISE)

    def check_pixels(self, width: int, height: int, bytes_a_pixel: int = 1) -> None:
        """Raise `UnusableImage` if an image of this size is empty or too large."""
        if width <= 0 or height <= 0:
            raise UnusableImage("the image has no pixels")
        if width * height * bytes_a_pixel > self.max_inflated_bytes:
            raise UnusableImage("the image has too many bytes when decoded", hint=_RAISE)
        if width * height > self.max_pixels:
            message = (
                f"the image has {width:,} x {height:,} pixels, more than the limit of "
                f"{self.max_pixels:,} in all"
            )
            raise UnusableImage(message, hint=_RAISE)
