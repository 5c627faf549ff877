"""EXIF data turn the picture and are dropped, unless they are asked for."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from tests.common.pictures.test_sixteen import chunk, png
from tests.common.pictures.tiff_files import SHORT, picture_fields, tiff

from underpaint_common.pictures import Picture, encode, read_picture
from underpaint_common.pictures.orientation import upright

SAMPLES = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
FORMATS = {"PNG": {}, "TIFF": {}, "WEBP": {"lossless": True, "exact": True}, "JPEG": {}}


def with_exif(format_name: str, orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[Base.Make] = "Camera"
    exif[Base.Orientation] = orientation
    exif[IFD.GPSInfo] = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (48.0, 8.0, 12.0)}
    file = io.BytesIO()
    Image.fromarray(SAMPLES).save(file, format_name, exif=exif.tobytes(), **FORMATS[format_name])
    return file.getvalue()


def loaded(metadata: bytes | None) -> Image.Exif:
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + (metadata or b""))
    return exif


@pytest.mark.parametrize("format_name", FORMATS)
def test_place_and_camera_are_dropped(format_name: str) -> None:
    picture = read_picture(with_exif(format_name))
    assert picture.metadata is None
    written = b"".join(encode(picture))
    assert b"eXIf" not in written
    assert b"Camera" not in written


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_picture_is_turned_once(format_name: str) -> None:
    expected = np.rot90(SAMPLES, -1)
    picture = read_picture(with_exif(format_name), keep_metadata=True)
    assert picture.samples.shape == expected.shape
    if format_name != "JPEG":
        np.testing.assert_array_equal(picture.samples, expected)
    again = read_picture(b"".join(encode(picture)), keep_metadata=True)
    np.testing.assert_array_equal(again.samples, picture.samples)


@pytest.mark.parametrize("format_name", FORMATS)
def test_metadata_are_kept_where_they_are_asked_for(format_name: str) -> None:
    picture = read_picture(with_exif(format_name), keep_metadata=True)
    through_png = read_picture(b"".join(encode(picture)), keep_metadata=True)
    for metadata in (picture.metadata, through_png.metadata):
        exif = loaded(metadata)
        assert exif[Base.Make] == "Camera"
        assert Base.Orientation not in exif
        assert exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] == "N"
        assert Base.StripOffsets not in exif


def test_alpha_is_turned_with_the_colour() -> None:
    rgba = np.arange(4 * 6 * 4, dtype=np.uint8).reshape(4, 6, 4)
    exif = Image.Exif()
    exif[Base.Orientation] = 5
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG", exif=exif)
    picture = read_picture(file.getvalue())
    np.testing.assert_array_equal(picture.samples, rgba[:, :, :3].transpose(1, 0, 2))
    np.testing.assert_array_equal(picture.alpha, rgba[:, :, 3].T)


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0junk"])
def test_broken_exif_data_count_as_none(exif: bytes) -> None:
    file = io.BytesIO()
    Image.fromarray(SAMPLES).save(file, "PNG", exif=exif)
    picture = read_picture(file.getvalue(), keep_metadata=True)
    np.testing.assert_array_equal(picture.samples, SAMPLES)


def test_a_picture_without_metadata_gets_none() -> None:
    picture = read_picture(b"".join(encode(Picture(SAMPLES))), keep_metadata=True)
    assert picture.metadata is None


ODD_FIELDS = {
    "a unit as text": (296, 2, b"2\0"),
    "a resolution as text": (283, 2, b"72\0"),
    "a date as a fraction": (306, 5, bytes(8)),
}


def camera_file_with(tag: int, kind: int, value: bytes) -> bytes:
    """Return a JPEG with a camera's name, orientation 6, and one field of another type."""
    count = 1 if kind == 5 else len(value)
    fields = {
        271: struct.pack("<HHL4s", 271, 2, 4, b"Cam\0"),
        274: struct.pack("<HHLHH", 274, 3, 1, 6, 0),
    }
    outside = value if len(value) > 4 else b""
    stored = struct.pack("<L", 8 + 2 + 3 * 12 + 4) if outside else value.ljust(4, b"\0")
    fields[tag] = struct.pack("<HHL", tag, kind, count) + stored
    directory = struct.pack("<H", 3) + b"".join(fields[tag] for tag in sorted(fields)) + bytes(4)
    exif = b"Exif\0\0II*\0" + struct.pack("<L", 8) + directory + outside
    file = io.BytesIO()
    Image.fromarray(SAMPLES).save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("odd", ODD_FIELDS)
def test_a_malformed_field_costs_neither_orientation_nor_the_others(odd: str) -> None:
    picture = read_picture(camera_file_with(*ODD_FIELDS[odd]), keep_metadata=True)
    assert picture.samples.shape == (6, 4, 3)
    assert loaded(picture.metadata)[Base.Make] == "Cam"
    assert picture.notices == ("EXIF fields that are malformed were not kept: 1",)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiff_files_are_turned_once(orientation: int, channels: int, bits: int) -> None:
    dtype = np.uint8 if bits == 8 else np.uint16
    samples = (np.arange(4 * 6 * channels) * 131).astype(dtype).reshape(4, 6, channels)
    fields = picture_fields(6, 4, bits=bits, channels=channels)
    picture = read_picture(tiff(fields | {274: (SHORT, [orientation])}, samples.tobytes()))
    np.testing.assert_array_equal(picture.samples, upright(samples, orientation))


@pytest.mark.parametrize("bands", [2, 3, 4])
def test_deep_png_files_are_turned_by_what_follows_their_pixels(bands: int) -> None:
    samples = np.arange(4 * 6 * bands, dtype=np.uint16).reshape(4, 6, bands) * 977
    exif = Image.Exif()
    exif[Base.Orientation], exif[Base.Make] = 6, "Cam"
    data = png(samples)
    behind = chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    picture = read_picture(data[:-12] + behind + data[-12:], keep_metadata=True)
    colour = samples if bands == 3 else samples[:, :, :-1]
    np.testing.assert_array_equal(picture.samples, np.rot90(colour, -1))
    assert loaded(picture.metadata)[Base.Make] == "Cam"
