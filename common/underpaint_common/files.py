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

from underpaint_common.errors import LocalFileError, reason_of

_OPEN_FILES = Path("/proc/self/fd")
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
    refuse_nul(path, "write")
    target = Path(os.path.realpath(path)) if overwrite else path
    _check_target(path, overwrite=overwrite)
    temporary = target.with_name(f".underpaint-{secrets.token_hex(8)}.part")
    try:
        first_name = temporary if overwrite else target
        written, name = _write_durably(temporary, first_name, chunks, mode)
        if name == temporary and overwrite:
            temporary.replace(target)
        elif name == temporary:
            _claim_name(temporary, target)
        _sync_folder(target.parent)
    except FileExistsError:
        raise _exists_already(path) from None
    except OSError as error:
        raise LocalFileError(f"cannot write {path}: {reason_of(error)}") from error
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
    refuse_nul(path, "read")
    try:
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(max_bytes + 1) if size <= max_bytes else b""
    except OSError as error:
        raise LocalFileError(f"cannot read {path}: {reason_of(error)}") from error
    if size > max_bytes or len(data) > max_bytes:
        raise LocalFileError(f"{path} is larger than {max_bytes} bytes")
    return data


def refuse_nul(path: Path, verb: str) -> None:
    """Refuse what no system takes for a path, and Python answers with a ValueError.

    Raises
    ------
    LocalFileError
        The path holds a NUL character.
    """
    if "\0" in os.fspath(path):
        shown = str(path).replace("\0", "\\0")
        raise LocalFileError(f"cannot {verb} {shown}: a file's name holds no NUL character")


def files_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder, not of those below, by name.

    Raises
    ------
    LocalFileError
        The folder cannot be read.
    """
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.is_file()))
    except OSError as error:
        raise LocalFileError(f"cannot read {folder}: {reason_of(error)}") from error


def _check_target(path: Path, *, overwrite: bool) -> None:
    """Refuse early what the final step would refuse after all the work."""
    try:
        status = path.stat() if overwrite else path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise LocalFileError(f"cannot write {path}: {reason_of(error)}") from error
    if stat.S_ISDIR(status.st_mode):
        raise LocalFileError(f"{path} is a folder", hint="name a file")
    if not overwrite:
        raise _exists_already(path)
    if not stat.S_ISREG(status.st_mode):
        raise LocalFileError(f"{path} is not a regular file", hint="use - for standard output")


def _write_durably(
    temporary: Path, first_name: Path, chunks: Iterable[bytes | bytearray | memoryview], mode: int
) -> tuple[int, Path]:
    """Create a file, fill it and fsync it; return how much, and the name that it has.

    That is `first_name`, which must not exist, where a file needs no name while it is written.
    """
    written = 0
    descriptor, has_name = _create(temporary, mode)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            written += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        if not has_name:
            _give_name(file.fileno(), first_name)
    return written, temporary if has_name else first_name


def _create(path: Path, mode: int) -> tuple[int, bool]:
    """Open a new file, and tell whether it has its name yet.

    On Linux it gets none before it is complete, so that not even a killed process leaves a part.
    """
    common = os.O_WRONLY | getattr(os, "O_CLOEXEC", 0)
    unnamed = getattr(os, "O_TMPFILE", 0)
    if unnamed and _OPEN_FILES.is_dir():
        with contextlib.suppress(OSError):  # not every file system has files without a name
            return os.open(path.parent, common | unnamed, mode), False
    flags = common | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # the latter on Windows
    return os.open(path, flags, mode), True


def _give_name(descriptor: int, path: Path) -> None:
    """Link an open file without a name into its folder (open(2), O_TMPFILE)."""
    # Python follows the link to the file only when a folder's descriptor is given, too.
    os.link(_OPEN_FILES / str(descriptor), path, src_dir_fd=descriptor, follow_symlinks=True)


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
