"""Files appear whole or not at all, whatever ends the writing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from underpaint_common.errors import LocalFileError
from underpaint_common.files import files_in, read_bounded, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(chunks=st.lists(st.binary(max_size=100)), overwrite=st.booleans())
def test_chunks_arrive_in_order(tmp_path: Path, chunks: list[bytes], *, overwrite: bool) -> None:
    target = tmp_path / "out"
    target.unlink(missing_ok=True)
    assert write_atomically(target, chunks, overwrite=overwrite) == sum(map(len, chunks))
    assert target.read_bytes() == b"".join(chunks)
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (ValueError(), ValueError),
        (OSError(errno.ENOSPC, "No space left on device"), LocalFileError),
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_nothing_is_left_when_writing_ends_early(
    tmp_path: Path, failure: BaseException, expected: type[BaseException], *, overwrite: bool
) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half of it"
        raise failure

    with pytest.raises(expected):
        write_atomically(tmp_path / "out", chunks(), overwrite=overwrite)
    assert names(tmp_path) == []


@pytest.mark.skipif(
    not hasattr(os, "O_TMPFILE"), reason="only Linux has files that have no name yet"
)
def test_not_even_a_killed_process_leaves_a_part(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal\n"
        "from underpaint_common.files import write_atomically\n"
        "def chunks():\n"
        "    yield b'half of it'\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_atomically(pathlib.Path('out'), chunks(), overwrite=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    assert done.returncode == -signal.SIGKILL
    assert names(tmp_path) == []


@pytest.mark.skipif(
    not hasattr(os, "O_TMPFILE"), reason="only Linux has files that have no name yet"
)
def test_a_new_file_has_no_other_name_before_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, link = [], os.link

    def noted(source: object, target: Path, **how: Any) -> None:
        given.append(target)
        link(source, target, **how)  # type: ignore[call-overload] # handed on as it came

    monkeypatch.setattr(os, "link", noted)
    write_atomically(tmp_path / "out", [b"all of it"], overwrite=False)
    assert given == [tmp_path / "out"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_where_no_file_is_without_a_name_it_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, overwrite: bool
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    test_nothing_is_left_when_writing_ends_early(
        tmp_path, KeyboardInterrupt(), KeyboardInterrupt, overwrite=overwrite
    )
    write_atomically(tmp_path / "out", [b"all of it"], overwrite=overwrite)
    assert (tmp_path / "out").read_bytes() == b"all of it"
    assert names(tmp_path) == ["out"]


def test_failed_replacement_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"old")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, chunks(), overwrite=True)
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["out"]


def test_existing_file_is_refused_before_any_work(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"old")

    def chunks() -> Iterator[bytes]:
        pytest.fail("the chunks were asked for")
        yield b""

    with pytest.raises(LocalFileError, match="exists already"):
        write_atomically(target, chunks(), overwrite=False)
    assert target.read_bytes() == b"old"


def test_name_taken_while_writing_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def chunks() -> Iterator[bytes]:
        yield b"slow"
        target.write_bytes(b"quick")

    with pytest.raises(LocalFileError, match="exists already"):
        write_atomically(target, chunks(), overwrite=False)
    assert target.read_bytes() == b"quick"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("hard_links", [True, False])
def test_of_racing_writers_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, hard_links: bool
) -> None:
    def no_hard_links(self: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if not hard_links:
        monkeypatch.setattr(Path, "hardlink_to", no_hard_links)
    target = tmp_path / "out"
    barrier = threading.Barrier(4)
    succeeded = []

    def chunks(content: bytes) -> Iterator[bytes]:
        barrier.wait()
        yield content

    def write(content: bytes) -> None:
        try:
            write_atomically(target, chunks(content), overwrite=False)
        except LocalFileError:
            return
        succeeded.append(content)

    threads = [threading.Thread(target=write, args=(b"%d" % i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [target.read_bytes()] == succeeded
    assert names(tmp_path) == ["out"]


def test_mode_is_narrowed_by_the_umask_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)  # what has no name cannot be looked at
    seen = []

    def chunks() -> Iterator[bytes]:
        yield b"secret"
        (temporary,) = tmp_path.iterdir()
        seen.append(temporary.stat().st_mode & 0o777)

    write_atomically(tmp_path / "private", chunks(), overwrite=False, mode=0o600)
    assert seen == [0o600]
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    monkeypatch.undo()
    old = os.umask(0o027)
    try:
        write_atomically(tmp_path / "public", [b""], overwrite=False)
    finally:
        os.umask(old)
    assert (tmp_path / "public").stat().st_mode & 0o777 == 0o640


def test_overwriting_follows_a_link_and_not_overwriting_refuses_it(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(LocalFileError, match="exists already"):
        write_atomically(link, [b"1"], overwrite=False)
    assert not target.exists()
    write_atomically(link, [b"2"], overwrite=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"2"


def test_folders_devices_and_missing_folders_are_refused(tmp_path: Path) -> None:
    for overwrite in (False, True):
        with pytest.raises(LocalFileError, match="is a folder"):
            write_atomically(tmp_path, [b""], overwrite=overwrite)
        with pytest.raises(LocalFileError, match="no such file or directory"):
            write_atomically(tmp_path / "no" / "out", [b""], overwrite=overwrite)
    with pytest.raises(LocalFileError, match="not a regular file"):
        write_atomically(Path(os.devnull), [b""], overwrite=True)


def test_reading_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "in"
    file.write_bytes(b"12345")
    assert read_bounded(file, max_bytes=5) == b"12345"
    with pytest.raises(LocalFileError, match="larger than 4 bytes"):
        read_bounded(file, max_bytes=4)
    with pytest.raises(LocalFileError, match="larger than 4 bytes"):
        read_bounded(Path("/dev/zero"), max_bytes=4)
    with pytest.raises(LocalFileError, match="cannot read"):
        read_bounded(tmp_path / "missing", max_bytes=4)
    with pytest.raises(LocalFileError, match="cannot read"):
        read_bounded(tmp_path, max_bytes=4)


def test_a_name_with_a_nul_is_a_file_error(tmp_path: Path) -> None:
    for overwrite in (False, True):
        with pytest.raises(LocalFileError, match=r"a\\0b: .*NUL"):
            write_atomically(tmp_path / "a\0b", [b""], overwrite=overwrite)
    with pytest.raises(LocalFileError, match="NUL"):
        read_bounded(tmp_path / "a\0b", max_bytes=4)


def test_a_folders_files_come_by_name_without_those_below(tmp_path: Path) -> None:
    for name in ("b", "a", "below/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert files_in(tmp_path) == (tmp_path / "a", tmp_path / "b")
    with pytest.raises(LocalFileError, match="cannot read"):
        files_in(tmp_path / "missing")
