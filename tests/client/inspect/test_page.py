"""The page: one file, nothing from outside, every name a text, every image told in words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from underpaint_client.inspect.looking import Inspection, inspect
from underpaint_client.inspect.page import report

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>&.png'


class Page(HTMLParser):
    """The elements of a page, and whether they close as they open."""

    VOID = frozenset({"meta", "img", "input", "link", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(found: Inspection) -> tuple[Page, str]:
    text = b"".join(report(found)).decode()
    page = Page(text)
    assert not page.open
    return page, text


def test_it_is_one_file_that_asks_for_nothing(scene, replaced):
    page, text = page_of(inspect(replaced, scene))
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert all((img["src"] or "").startswith("data:image/png;base64,") for img in page.all("img"))
    assert not page.all("link")
    assert not [script for script in page.all("script") if "src" in script]
    assert not re.search(r"https?://|url\(|@import", text)
    policies = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    assert policies == [
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    ]


def test_it_can_be_read_without_eyes(scene, hidden):
    page, _ = page_of(inspect(hidden, scene))
    assert all(img["alt"] for img in page.all("img"))
    assert all(svg["aria-label"] for svg in page.all("svg"))
    assert len(page.all("h1")) == 1
    assert len(page.all("legend")) == len(page.all("fieldset")) == 5
    assert all("scope" in header for header in page.all("th"))


def test_everything_is_there(scene, replaced):
    page, text = page_of(inspect(replaced, scene))
    for heading in ("Side by side", "Bit planes", "classical detectors", "Histograms", "Channel"):
        assert heading in page.text
    for words in ("PSNR", "SSIM", "RS", "Sample pairs", "Weighted stego", "Chi-square", "+1 step"):
        assert words in page.text
    assert "amplified 127 times" in page.text
    assert "Payload seen." in page.text
    planes = {img["data-when"] for img in page.all("img") if "plane-" in (img["data-when"] or "")}
    assert planes == {
        f"{view} channel-{channel} plane-{plane}"
        for view in ("crop", "whole")
        for channel in range(3)
        for plane in range(8)
    }
    assert len(text) < 6e6


def test_names_are_texts(scene):
    page, text = page_of(inspect(scene, scene, name=EVIL, cover_name=EVIL))
    clean, _ = page_of(inspect(scene, scene, name="a.png", cover_name="b.png"))
    assert EVIL in page.text
    assert "<script>alert" not in text
    assert len(page.elements) == len(clean.elements)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(1, 1), (2, 900, 3), (40, 50, 2), (500, 30, 4)])
@pytest.mark.parametrize("with_cover", [False, True])
def test_every_kind_of_picture_has_a_page(kind, shape, with_cover):
    array = np.random.default_rng(1).integers(0, np.iinfo(kind).max, shape).astype(kind)
    page, _ = page_of(inspect(array, array if with_cover else None))
    assert page.all("img")
    assert ("too small" in page.text) == (shape[0] < 3 or (with_cover and shape[0] < 11))


def test_notices_are_shown(scene):
    from dataclasses import replace

    noticed = replace(scene, notices=("the palette became RGB",))
    alpha = replace(scene, alpha=np.full(scene.samples.shape[:2], 9, np.uint8))
    page, _ = page_of(inspect(noticed, alpha, name="n.png"))
    assert "n.png: the palette became RGB" in page.text
    assert "differ in their alpha" in page.text


def test_the_part_lies_where_it_is_asked_for(scene):
    one = b"".join(report(inspect(scene), at=(0, 0)))
    assert one != b"".join(report(inspect(scene), at=(639, 479)))
