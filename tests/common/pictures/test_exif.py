"""EXIF data turn the picture and are dropped, unless they are asked for."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from underpaint_common.pictures import Picture, encode, read_picture

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
