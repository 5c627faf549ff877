"""Local files written whole or not at all, and read up to a bound.

A reader of the folder sees the old state or the finished file, never a part: the bytes go
to a temporary file beside the target, are fsynced, and take the target's name in one step;
then the folder is fsynced, so that the name survives a power cut as well.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from underpaint_common.errors import LocalFileError

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def write_atomically(
    path: Path,
    chunks: Iterable[bytes | bytearray | memoryview],
    *,
    overwrite: bool,
    mode: int = 0o666,
) -> int:
    """Write chunks to a file that appears complete and durable, or not at all.

    Whatever ends the writing early (an error of the chunks' iterator, a full disk, an
    interrupt) leaves no file behind and an earlier file as it was.

    Parameters
    ----------
    path : Path
        Target. A symbolic link is followed when overwriting, never when not.
    chunks : iterable of bytes-like
        The content, in order; may be a generator that computes as it is consumed.
    overwrite : bool
        Whether an existing regular file may be replaced. When false, two writers racing for
        one name cannot both succeed.
    mode : int
        Permission bits of the new file before the process's umask takes its share.

    Returns
    -------
    int
        Bytes written.

    Raises
    ------
    LocalFileError
        The target exists, is no regular file, or cannot be written.
    """
    path = Path(path)
    target = Path(os.path.realpath(path)) if overwrite else path
    _check_target(path, overwrite=overwrite)
    temporary = target.with_name(f".underpaint-{secrets.token_hex(8)}.part")
    try:
        written = _write_durably(temporary, chunks, mode)
        if overwrite:
            temporary.replace(target)
        else:
            _claim_name(temporary, target)
        _sync_folder(target.parent)
    except FileExistsError:
        raise _exists_already(path) from None
    except OSError as error:
        raise LocalFileError(f"cannot write {path}: {_reason(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return written


def read_bounded(path: Path, *, max_bytes: int) -> bytes:
    """Read a whole file that holds at most `max_bytes`.

    Pipes and devices are read as well: the bound is checked on what arrives, not on what
    the file system says.

    Raises
    ------
    LocalFileError
        The file cannot be read or is larger.
    """
    try:
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(max_bytes + 1) if size <= max_bytes else b""
    except OSError as error:
        raise LocalFileError(f"cannot read {path}: {_reason(error)}") from error
    if size > max_bytes or len(data) > max_bytes:
        raise LocalFileError(f"{path} is larger than {max_bytes} bytes")
    return data


def _check_target(path: Path, *, overwrite: bool) -> None:
    """Refuse early what the final step would refuse after all the work."""
    try:
        status = path.stat() if overwrite else path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise LocalFileError(f"cannot write {path}: {_reason(error)}") from error
    if stat.S_ISDIR(status.st_mode):
        raise LocalFileError(f"{path} is a folder", hint="name a file")
    if not overwrite:
        raise _exists_already(path)
    if not stat.S_ISREG(status.st_mode):
        raise LocalFileError(f"{path} is not a regular file", hint="use - for standard output")


def _write_durably(path: Path, chunks: Iterable[bytes | bytearray | memoryview], mode: int) -> int:
    """Create the file, which must not exist, fill it and fsync it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)  # the latter on Windows
    written = 0
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        for chunk in chunks:
            written += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return written


def _claim_name(temporary: Path, target: Path) -> None:
    """Give the finished file its name unless that is taken, in one step.

    A hard link fails on an existing name where a rename would replace it. File systems
    without hard links get a name reserved with O_EXCL, which the rename then replaces.
    """
    try:
        target.hardlink_to(temporary)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        target.touch(exist_ok=False)
        try:
            temporary.replace(target)
        except BaseException:
            target.unlink()
            raise


def _sync_folder(folder: Path) -> None:
    """Make the folder's new entry durable; some file systems, and Windows, cannot and need not."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
            raise
    finally:
        os.close(descriptor)


def _exists_already(path: Path) -> LocalFileError:
    return LocalFileError(
        f"{path} exists already", hint="choose another name, or allow replacing it with --force"
    )


def _reason(error: OSError) -> str:
    """Return the system's words for an error, in the style of our messages."""
    text = error.strerror or type(error).__name__
    return text[:1].lower() + text[1:]
