"""Uploads that have no receipt yet, kept across runs: the same push again is the same upload.

A folder with a file for each: a head in MessagePack, then the stego image. A file is written
before the first byte is sent, and goes with the receipt. Between the two lies every way of being
interrupted, a power cut included, and whoever runs the same command again finds the file by what
the push is made of, goes on with its upload id, and so resumes or gets the receipt it missed.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from underpaint_client.prepare import Prepared, PrepareSeconds
from underpaint_client.recipe import Recipe
from underpaint_common.errors import LocalFileError, reason_of
from underpaint_common.files import read_bounded, write_atomically
from underpaint_common.payload import HideReport

MOST_BYTES = 1 << 30
"""Of all files together; the oldest gives way."""

LONGEST_SECONDS = 30 * 86_400.0
"""Servers remember for longer what was received, so that nothing kept here is stored twice."""

_LENGTH_BYTES = 4
_SUFFIX = ".upload"
_TORN = ".underpaint-*.part"  # what a power cut leaves of a file being written


class _Head(msgspec.Struct, frozen=True):
    """What is kept of a `Prepared` beside the stego image, and the secret's name for people."""

    name: str
    upload_id: bytes
    stego_sha256: bytes
    secret_sha256: bytes | None
    cover_sha256: bytes | None
    report: HideReport | None
    notices: tuple[str, ...]


class PendingUploads:
    """The folder. Safe to use from several threads and by several processes.

    Parameters
    ----------
    folder : Path
        Made when it is needed.
    tell : callable
        Hears, in a sentence, of what had to be dropped or cannot be kept.
    """

    def __init__(self, folder: Path, tell: Callable[[str], object]) -> None:
        self._folder = folder
        self._tell = tell

    def find(self, recipe: Recipe) -> Prepared | None:
        """Return the upload of a push that was interrupted; one that cannot be used is dropped."""
        path = self._path_of(recipe)
        try:
            data = memoryview(read_bounded(path, max_bytes=MOST_BYTES))
            head, start = _head_of(data)
        except LocalFileError:
            return None
        except ValueError:
            self._drop(path, "cannot be read any more")
            return None
        stego = bytes(data[start:])
        if hashlib.sha256(stego).digest() != head.stego_sha256:
            self._drop(path, "is damaged")
            return None
        return Prepared(
            upload_id=head.upload_id,
            stego=stego,
            stego_sha256=head.stego_sha256,
            secret_sha256=head.secret_sha256,
            cover_sha256=head.cover_sha256,
            report=head.report,
            notices=head.notices,
            seconds=PrepareSeconds(0.0, 0.0, 0.0),
        )

    def keep(self, recipe: Recipe, prepared: Prepared) -> Prepared:
        """Keep an upload before it is sent; return the one to send.

        That is another one where another process has begun the same push in the meantime.
        """
        path = self._path_of(recipe)
        head = msgspec.msgpack.encode(_head(recipe, prepared))
        chunks = [len(head).to_bytes(_LENGTH_BYTES, "big"), head, prepared.stego]
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(sum(map(len, chunks)))
            write_atomically(path, chunks, overwrite=False, mode=0o600)
        except (LocalFileError, OSError) as error:
            other = self.find(recipe)
            if other is not None:
                return other
            reason = error.message if isinstance(error, LocalFileError) else reason_of(error)
            self._tell(
                f"should this push of {recipe.name} be interrupted, running it again will "
                f"begin anew: {reason}"
            )
        return prepared

    def forget(self, recipe: Recipe, prepared: Prepared) -> None:
        """Drop an upload that is done, unless the same push has been begun again since."""
        path = self._path_of(recipe)
        with contextlib.suppress(OSError, ValueError):
            if _read_head(path).upload_id == prepared.upload_id:
                path.unlink()

    def drop(self, recipe: Recipe) -> None:
        """Drop an upload whose receipt another run has noted."""
        with contextlib.suppress(OSError):
            self._path_of(recipe).unlink()

    def covers(self) -> frozenset[bytes]:
        """Return the digests of the covers that unfinished uploads were made from."""
        found = set()
        for _, _, path in self._files():
            with contextlib.suppress(OSError, ValueError):
                found.add(_read_head(path).cover_sha256)
        return frozenset(digest for digest in found if digest is not None)

    def _path_of(self, recipe: Recipe) -> Path:
        return self._folder / f"{recipe.digest}{_SUFFIX}"

    def _make_room(self, wanted: int) -> None:
        """Drop what is too old, and the oldest while there is too much.

        Raises
        ------
        LocalFileError
            It is too much by itself.
        """
        if wanted > MOST_BYTES:
            raise LocalFileError(f"it is larger than {MOST_BYTES} bytes")
        now = time.time()
        files = sorted(self._files())
        total = wanted + sum(size for _, size, _ in files)
        for moment, size, path in files:
            if now - moment > LONGEST_SECONDS:
                self._drop(path, "is older than 30 days")
            elif total > MOST_BYTES:
                self._drop(path, "has to make room for newer ones")
            else:
                continue
            total -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in [*self._folder.glob(f"*{_SUFFIX}"), *self._folder.glob(_TORN)]:
            with contextlib.suppress(OSError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path

    def _drop(self, path: Path, why: str) -> None:
        name = ""
        with contextlib.suppress(OSError, ValueError):
            name = f" of {_read_head(path).name}"
        with contextlib.suppress(OSError):
            path.unlink()
        self._tell(f"an interrupted push{name} {why} and is forgotten")


def _head(recipe: Recipe, prepared: Prepared) -> _Head:
    return _Head(
        name=recipe.name,
        upload_id=prepared.upload_id,
        stego_sha256=prepared.stego_sha256,
        secret_sha256=prepared.secret_sha256,
        cover_sha256=prepared.cover_sha256,
        report=prepared.report,
        notices=prepared.notices,
    )


def _head_of(data: memoryview) -> tuple[_Head, int]:
    """Return the head of a file's bytes and where the stego image begins.

    Raises
    ------
    ValueError
        There is none, or it was written by another version.
    """
    start = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "big")
    try:
        return msgspec.msgpack.decode(data[_LENGTH_BYTES:start], type=_Head), start
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def _read_head(path: Path) -> _Head:
    with path.open("rb") as file:
        length = file.read(_LENGTH_BYTES)
        return _head_of(memoryview(length + file.read(int.from_bytes(length, "big"))))[0]
