"""A name from elsewhere cannot leave the folder it is written to."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from underpaint_common.payload.names import MAX_NAME_BYTES, png_name, safe_name

ANY_TEXT = st.text(st.characters(), max_size=400)


@given(ANY_TEXT)
@example("../../etc/passwd")
@example("..\\..\\boot.ini")
@example("\ud800.png")
@example("." * 300)
@example("a" * 500 + ".jpeg")
@example("x." + "é" * 300)
def test_any_text_becomes_one_harmless_name(tmp_path_factory, name):
    safe = safe_name(name)
    folder = tmp_path_factory.getbasetemp()
    assert safe
    assert (folder / safe).resolve().parent == folder.resolve()
    assert not safe.startswith(".")
    assert not set(safe) & set('/\\<>:"|?*\0\n')
    assert len(safe.encode()) <= MAX_NAME_BYTES
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("holiday.png", "holiday.png"),
        ("Übersicht 2.tif", "Übersicht 2.tif"),
        ("../x.png", "_x.png"),
        (".bashrc", "bashrc"),
        ("", "secret"),
        ("...", "secret"),
        ("con.png", "_con.png"),
        ("a\x1b[31mb.png", "a_[31mb.png"),
        ("cod\u202egnp.exe", "cod_gnp.exe"),
    ],
)
def test_ordinary_names_stay_and_awkward_ones_are_tamed(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_suffix():
    assert safe_name("a" * 500 + ".jpeg").endswith("a.jpeg")


@given(ANY_TEXT)
@example(".")
@example("..")
@example("...")
@example("a/.")
@example("a/..")
def test_what_a_png_is_made_of_may_bear_any_name(name):
    assert png_name(name).endswith(".png")


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("map.tif", "map.png"),
        ("a/b/map", "map.png"),
        (".map.bmp", ".map.png"),
        ("", "secret.png"),
        (".", "secret.png"),
        ("..", "secret.png"),
    ],
)
def test_names_of_pngs_are_those_of_what_they_are_made_of(name, named):
    assert png_name(name) == named
