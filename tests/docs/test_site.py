"""The pages build as a site, strictly, with every page in it and nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*command, "--site-dir", str(folder)], cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_there_and_can_be_found(site: Path) -> None:
    index = (site / "index.html").read_text()
    pages = sorted((PROJECT / "docs").glob("*.md"))
    assert len(pages) > 5
    for page in pages:
        name = page.with_suffix(".html").name
        assert (site / name).exists()
        assert f'href="{name}"' in index or name == "index.html"


def test_pictures_are_drawn_and_nothing_comes_from_elsewhere(site: Path) -> None:
    pictures = 0
    for page in site.glob("*.html"):
        text = page.read_text()
        assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//', text)
        for source in re.findall(r'<img [^>]*src="([^"]+)"', text):
            assert (site / source).exists(), source
            pictures += 1
    assert pictures >= 3
