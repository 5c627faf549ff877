"""Hide and reveal, for programs: files, bytes, arrays and Pillow images, in and out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from underpaint_client.outputs import check_output, output_format
from underpaint_client.progress import Progress, ProgressEvent, Stage, sharing
from underpaint_client.results import HiddenImage, RevealedSecret
from underpaint_client.sources import (
    PictureSource,
    SecretSource,
    cost_of,
    form_of,
    mode_of,
    name_of,
    picture_of,
    secret_of,
)
from underpaint_common import payload
from underpaint_common.crypto import stego_key
from underpaint_common.errors import UsageError, about
from underpaint_common.files import write_atomically
from underpaint_common.payload import DEFAULT_EFFORT, Cost, Form, Mode
from underpaint_common.pictures import Limits, OutputFormat, write_picture
from underpaint_common.pictures.png_writer import Compress

PathLike: TypeAlias = str | os.PathLike[str]


def hide(
    secret: SecretSource,
    cover: PictureSource,
    *,
    passphrase: str | None = None,
    key: bytes | None = None,
    mode: Mode | str = Mode.AUTO,
    planes: int | None = None,
    form: Form | str | None = None,
    cost: Cost | str = Cost.TEXTURE,
    effort: int = DEFAULT_EFFORT,
    name: str | None = None,
    output: PathLike | None = None,
    file_format: OutputFormat | str | None = None,
    compress: Compress = "fast",
    overwrite: bool = False,
    keep_metadata: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> HiddenImage:
    """Hide a secret in a cover.

    Parameters
    ----------
    secret : path, bytes, array or Pillow image
        What to hide. The bytes of a file come back exact, unless `form` says that its pixels
        suffice; of an array or image the pixels do.
    cover : path, bytes, array or Pillow image
        What to hide it in; it is not changed.
    passphrase, key : str or bytes
        One of them: a passphrase, or the 32 bytes of a stego key.
    mode : Mode or str
        ``"auto"``, ``"adaptive"``, ``"planes"`` or ``"classic"``.
    planes : int, optional
        Bit planes: exactly as many in ``classic``, at most as many in ``planes``; in ``adaptive``
        at most so many bits per sample.
    form : Form or str, optional
        ``"file"``: its bytes. ``"compact"``: its pixels, recoded without loss where that is
        smaller. ``"pixels"``: raw sample values. By default pixels in ``classic``, else the file.
    cost : Cost or str
        What ``adaptive`` keeps small: ``"texture"``, changes where they would be seen, or
        ``"flat"``, changes of any kind.
    effort : int
        6, 8, 10 or 12: how hard ``adaptive`` searches; each step takes four times as long.
    name : str, optional
        Name that travels with the secret.
    output : path, optional
        Where to write the stego image as well.
    file_format : OutputFormat or str, optional
        Its format; by default as the ending of `output` says.
    compress : {"fast", "best"}
        How hard a PNG or WebP is compressed.
    overwrite : bool
        Whether `output` may replace a file. It may never be the cover.
    keep_metadata : bool
        Whether the cover's EXIF data, which may tell place and time, stay in the stego image.
    limits : Limits, optional
        How much the files may ask for.
    progress : Progress, optional
        Hears of the stage `hide`.

    Raises
    ------
    DoesNotFit, UnusableImage, LocalFileError, UsageError

    Examples
    --------
    >>> hidden = hide("map.png", "lake.png", passphrase="...", output="postcard.png")
    >>> print(hidden.report.psnr_db)
    """
    target = None if output is None else Path(output)
    chosen = output_format(target, file_format)
    if target is not None:
        check_output(target, (secret, cover), overwrite=overwrite)
    with about(name_of(secret), name_of(cover)):
        secret_file = secret_of(secret, name=name, limits=limits)
        total = max(len(secret_file.data), 1)
        tell = progress or (lambda _: None)
        tell(ProgressEvent(Stage.HIDE, 0, total))
        hidden = payload.hide(
            picture_of(cover, limits=limits, keep_metadata=keep_metadata),
            secret_file,
            _stego_key(passphrase, key),
            mode=mode_of(mode),
            planes=planes,
            form=form_of(form),
            cost=cost_of(cost),
            effort=effort,
            limits=limits,
            progress=sharing(tell, Stage.HIDE, total),
        )
    tell(ProgressEvent(Stage.HIDE, total, total))
    if target is not None:
        write_picture(
            hidden.picture, target, file_format=chosen, overwrite=overwrite, compress=compress
        )
    return HiddenImage(hidden.picture, hidden.report, target)


def reveal(
    stego: PictureSource,
    *,
    passphrase: str | None = None,
    key: bytes | None = None,
    output: PathLike | None = None,
    overwrite: bool = False,
    limits: Limits | None = None,
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
    limits : Limits, optional
        How much the stego image and what is in it may ask for.

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
    with about(name_of(stego)):
        picture = picture_of(stego, limits=limits)
        found = payload.reveal(picture, _stego_key(passphrase, key), limits=limits)
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
