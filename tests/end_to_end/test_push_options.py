"""Pushing with options about pictures: what they do here is what the daemon receives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.end_to_end

DATE_TIME = 0x0132


def push(world: Any, secret: str, cover: str, *more: object) -> Any:
    return world.client("push", secret, "--cover", cover, "--to", world.address, *more, "--json")


def arrived(world: Any, receipt: dict[str, Any]) -> Path:
    listed = {entry["id"]: entry for entry in world.server("list", "--json").json}
    return Path(listed[receipt["id"]]["path"])


@pytest.mark.parametrize("form", ["file", "compact", "pixels"])
def test_a_secret_arrives_in_every_form(world: Any, form: str) -> None:
    drawing = Image.new("RGB", (80, 50), "white")
    drawing.paste("navy", (20, 10, 60, 40))
    drawing.save(world.folder / "loose.bmp")
    done = push(world, "loose.bmp", "cover.png", "--form", form)
    assert done.code == 0, done.err
    assert done.json["form"] == form
    assert done.json["notices"] == []
    path = arrived(world, done.json)
    if form == "file":
        assert path.read_bytes() == (world.folder / "loose.bmp").read_bytes()
    with Image.open(path) as image:
        assert image.format == ("BMP" if form == "file" else "PNG")
        assert np.array_equal(np.asarray(image), np.asarray(drawing))


def test_covers_of_print_and_of_palettes_can_be_pushed(world: Any) -> None:
    rng = np.random.default_rng(1)
    inks = rng.integers(30, 220, (150, 200, 4), dtype=np.uint8)
    Image.fromarray(inks, "CMYK").save(world.folder / "print.tif")
    with Image.open(world.folder / "cover.png") as image:
        image.quantize(100).save(world.folder / "palette.png")
    for cover, notices in (("print.tif", []), ("palette.png", ["palette turned into RGB"])):
        done = push(world, "secret.png", cover)
        assert done.code == 0, done.err
        assert done.json["notices"] == notices
        original = (world.folder / "secret.png").read_bytes()
        assert arrived(world, done.json).read_bytes() == original


@pytest.mark.parametrize("keep", [True, False])
def test_metadata_leave_this_machine_only_when_asked(world: Any, keep: bool) -> None:
    exif = Image.Exif()
    exif[DATE_TIME] = "2031:05:06 07:08:09"
    with Image.open(world.folder / "cover.png") as image:
        image.save(world.folder / "holiday.jpg", exif=exif)
    options = ["--keep-metadata"] if keep else []
    kept = world.folder / f"kept-{keep}.png"
    done = push(world, "secret.png", "holiday.jpg", "--keep-stego", kept, *options)
    assert done.code == 0, done.err
    assert (b"2031:05:06" in kept.read_bytes()) == keep


def test_limits_hold_before_anything_is_sent(world: Any) -> None:
    done = push(world, "secret.png", "cover.png", "--max-pixels", "0.1 MP")
    assert done.code == 6
    assert "more than the limit" in done.json["message"]
