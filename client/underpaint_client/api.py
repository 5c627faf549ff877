"""Hide and reveal, for programs: files, bytes, arrays and Pillow images, in and out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from PIL import Image

from underpaint_client.outputs import check_output
from underpaint_client.sources import (
    PictureSource,
    SecretSource,
    array_of,
    mode_of,
    picture_of,
    secret_of,
)
from underpaint_common import payload
from underpaint_common.crypto import stego_key
from underpaint_common.errors import UsageError
from underpaint_common.files import write_atomically
from underpaint_common.payload import HideReport, Mode
from underpaint_common.pictures import (
    OutputFormat,
    Picture,
    encode,
    format_for,
    picture_to_image,
    read_picture,
    write_picture,
)
from underpaint_common.stego.samples import Samples

PathLike: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class HiddenImage:
    """What `hide` made.

    Attributes
    ----------
    picture : Picture
        The stego image.
    report : HideReport
        Mode, planes, sizes, PSNR and warnings.
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

    def encoded(self, file_format: OutputFormat = OutputFormat.PNG) -> Iterator[bytes]:
        """Return the chunks of the stego image's file; every format here is lossless."""
        return encode(self.picture, file_format)


@dataclass(frozen=True, slots=True)
class RevealedSecret:
    """What `reveal` found.

    Attributes
    ----------
    name, media_type : str
        As they were embedded: a stranger's words, so use `payload.safe_name` before paths.
    data : bytes
        The secret's file; in ``pixels`` form a PNG file of the same pixels.
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


def hide(
    secret: SecretSource,
    cover: PictureSource,
    *,
    passphrase: str | None = None,
    key: bytes | None = None,
    mode: Mode | str = Mode.AUTO,
    planes: int | None = None,
    name: str | None = None,
    output: PathLike | None = None,
    overwrite: bool = False,
) -> HiddenImage:
    """Hide a secret in a cover.

    Parameters
    ----------
    secret : path, bytes, array or Pillow image
        What to hide. The bytes of a file come back exact; an array's or image's pixels do.
    cover : path, bytes, array or Pillow image
        What to hide it in; it is not changed.
    passphrase, key : str or bytes
        One of them: a passphrase, or the 32 bytes of a stego key.
    mode : Mode or str
        ``"auto"``, ``"planes"`` or ``"classic"``.
    planes : int, optional
        Bit planes: exactly as many in ``classic``, at most as many in ``planes``.
    name : str, optional
        Name that travels with the secret.
    output : path, optional
        Where to write the stego image as well; the ending chooses the format.
    overwrite : bool
        Whether `output` may replace a file. It may never be the cover.

    Raises
    ------
    DoesNotFit, UnusableImage, LocalFileError, UsageError

    Examples
    --------
    >>> hidden = hide("map.png", "lake.png", passphrase="...", output="postcard.png")
    >>> print(hidden.report.psnr_db)
    """
    target = None if output is None else Path(output)
    if target is not None:
        format_for(target)
        check_output(target, (secret, cover), overwrite=overwrite)
    hidden = payload.hide(
        picture_of(cover),
        secret_of(secret, name=name),
        _stego_key(passphrase, key),
        mode=mode_of(mode),
        planes=planes,
    )
    if target is not None:
        write_picture(hidden.picture, target, overwrite=overwrite)
    return HiddenImage(hidden.picture, hidden.report, target)


def reveal(
    stego: PictureSource,
    *,
    passphrase: str | None = None,
    key: bytes | None = None,
    output: PathLike | None = None,
    overwrite: bool = False,
) -> RevealedSecret:
    """Find the secret in a stego image.

    Parameters
    ----------
    stego : path, bytes, array or Pillow image
        Where to look.
    passphrase, key : str or bytes
        One of them: a passphrase, or the 32 bytes of a stego key.
    output : path, optional
        Where to write the secret's file as well.
    overwrite : bool
        Whether `output` may replace a file.

    Raises
    ------
    NothingFound
        Nothing for this key is in the image.
    Damaged
        Something is, and it was changed since.
    UnusableImage, LocalFileError, UsageError

    Examples
    --------
    >>> reveal("postcard.png", passphrase="...").image.show()
    """
    target = None if output is None else Path(output)
    if target is not None:
        check_output(target, (stego,), overwrite=overwrite)
    found = payload.reveal(picture_of(stego), _stego_key(passphrase, key))
    if target is not None:
        write_atomically(target, [found.data], overwrite=overwrite)
    return RevealedSecret(
        name=found.name,
        media_type=found.media_type,
        data=found.data,
        sha256=found.sha256,
        mode=found.mode,
        form=found.form,
        output=target,
    )


def _stego_key(passphrase: str | None, key: bytes | None) -> bytes:
    if (passphrase is None) == (key is None):
        raise UsageError("give either a passphrase or a key")
    if passphrase is not None:
        return stego_key.from_passphrase(passphrase)
    if key is None or len(key) != stego_key.KEY_BYTES:
        raise UsageError(f"a stego key has {stego_key.KEY_BYTES} bytes")
    return key
