"""Files are known by their first bytes, and by their name only where those say nothing."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from underpaint_common.pictures import media_type_of
from underpaint_common.pictures.sniff import SNIFF_BYTES, FileKind, sniff


@pytest.mark.parametrize(
    ("pillow_name", "kind"),
    [
        ("PNG", FileKind.PNG),
        ("JPEG", FileKind.JPEG),
        ("WEBP", FileKind.WEBP),
        ("BMP", FileKind.BMP),
        ("TIFF", FileKind.TIFF),
        ("PPM", FileKind.PNM),
        ("GIF", FileKind.GIF),
        ("AVIF", FileKind.AVIF),
        ("JPEG2000", FileKind.JPEG2000),
        ("ICO", FileKind.ICON),
    ],
)
def test_files_of_pillow_are_known(pillow_name: str, kind: FileKind) -> None:
    file = io.BytesIO()
    try:
        Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(file, pillow_name)
    except (OSError, KeyError):
        pytest.skip(f"this Pillow writes no {pillow_name}")
    assert sniff(file.getvalue()[:SNIFF_BYTES]) is kind
    assert media_type_of(file.getvalue(), "misleading.txt") == kind.media_type


@given(head=st.binary(max_size=SNIFF_BYTES))
def test_any_bytes_have_a_kind_or_none(head: bytes) -> None:
    kind = sniff(head)
    assert kind is None or isinstance(kind, FileKind)


@pytest.mark.parametrize("head", [b"", b"P", b"RIFF", b"BM", b"hello", b"<svg", b"\x89PNG", b"P65"])
def test_text_and_stumps_have_none(head: bytes) -> None:
    assert sniff(head) is None


def test_the_name_helps_where_the_bytes_say_nothing() -> None:
    assert media_type_of(b"%PDF-1.7", "passport.pdf") == "application/pdf"
    assert media_type_of(b"hello", "notes.txt") == "text/plain"
    assert media_type_of(b"hello", "") == "application/octet-stream"
    assert media_type_of(b"\x1f\x8b", "notes.txt.gz") == "application/octet-stream"
