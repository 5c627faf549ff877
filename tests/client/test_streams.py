"""Streams: read once, up to a bound, and known by their names."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from underpaint_client.sources import name_of, secret_of
from underpaint_client.streams import Stream, read_if_stream
from underpaint_common.errors import LocalFileError, UnusableImage


def test_the_bound_is_kept_to_the_byte() -> None:
    stream = Stream.read(io.BytesIO(b"GIF89a"), "standard input", max_bytes=6)
    assert stream == b"GIF89a"
    assert name_of(stream) == "standard input"
    with pytest.raises(UnusableImage, match="standard input holds more than the limit of 5 B"):
        Stream.read(io.BytesIO(b"GIF89a"), "standard input", max_bytes=5)


def test_files_folders_and_what_is_missing_stay_what_they_are(tmp_path: Path, cover: Path) -> None:
    for path in (cover, tmp_path, tmp_path / "missing"):
        assert read_if_stream(path, max_bytes=1) is path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize(("called", "travels"), [("map.png", "map.png"), ("pipe", "secret.gif")])
def test_the_name_of_a_named_pipe_travels_if_it_tells_a_kind(
    tmp_path: Path, called: str, travels: str
) -> None:
    path = tmp_path / called
    os.mkfifo(path)
    with path.open("r+b", buffering=0) as both_ends:
        both_ends.write(b"GIF89a")
        with pytest.raises(UnusableImage, match="limit of 5 B"):
            read_if_stream(path, max_bytes=5)
    stream = Stream.read(io.BytesIO(b"GIF89a"), str(path), max_bytes=6)
    assert secret_of(stream).name == travels


def test_what_cannot_be_read_is_said() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size == 6
            raise OSError(5, "Input/output error")

    with pytest.raises(LocalFileError, match="cannot read /dev/x: input/output error"):
        Stream.read(Broken(), "/dev/x", max_bytes=5)
