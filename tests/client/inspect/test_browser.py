"""The page in a real browser: no error, every image drawn, pickers and themes work."""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from underpaint_client.inspect.looking import inspect
from underpaint_client.inspect.page import report

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]

COLLECT = """<script>
window.problems = [];
addEventListener("error", (event) => problems.push(String(event.message)), true);
addEventListener("securitypolicyviolation", (event) => problems.push(event.violatedDirective));
</script>"""

# Runs after the page's own script, uses it as a person does, and leaves what it saw in the page.
USE = """<script>
const shown = () => [...document.querySelectorAll("img")].filter((img) => img.offsetWidth > 0);
const pick = (value) => document.querySelector(`input[value="${value}"]`).click();
const ground = () => getComputedStyle(document.body).backgroundColor;
const pencil = document.createElement("canvas").getContext("2d", {
  willReadFrequently: true,
});
const draws = (img) => {
  pencil.clearRect(0, 0, 8, 8);
  pencil.drawImage(img, 0, 0, 8, 8);
  return pencil.getImageData(4, 4, 1, 1).data[3] === 255;
};
addEventListener("load", () => {
  const images = [...document.querySelectorAll("img")];
  const seen = {
    images: images.length,
    drawn: images.filter((img) => img.complete && img.naturalWidth > 0 && draws(img)).length,
    first: shown().map((img) => img.alt),
    requests: performance.getEntriesByType("resource").map((entry) => entry.name)
      .filter((name) => !name.startsWith("data:")),
    wide: document.documentElement.scrollWidth > innerWidth,
    grounds: [ground()],
  };
  pick("channel-0"); pick("plane-3");
  for (const input of document.querySelectorAll('input[value="crop"]')) input.click();
  pick("only-2");
  seen.then = shown().map((img) => img.alt);
  document.querySelector("button.theme").click();
  seen.grounds.push(ground());
  seen.problems = problems;
  document.body.setAttribute("data-seen", JSON.stringify(seen));
});
</script>"""


def browse(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Open a page in a headless browser with a profile of its own."""
    command = [
        str(BROWSER),
        "--headless=new",
        "--disable-gpu",
        "--hide-scrollbars",
        "--enable-logging=stderr",
        "--virtual-time-budget=20000",
        f"--user-data-dir={page.parent / 'profile'}",
        *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
        *options,
        page.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def seen_in(page: Path, text: str, width: int) -> dict[str, Any]:
    """Return what the script saw that uses a page; nothing may be said on the console."""
    text = text.replace("<head>", f"<head>{COLLECT}", 1).replace("</body>", f"{USE}</body>")
    page.write_text(text, encoding="utf-8")
    done = browse(page, "--dump-dom", f"--window-size={width},1000")
    assert "CONSOLE" not in done.stderr
    found = re.search(r'data-seen="([^"]*)"', done.stdout)
    assert found, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(html.unescape(found[1]))
    return result


@pytest.mark.parametrize("width", [500, 1500])
def test_the_page_works_in_a_browser(scene, replaced, tmp_path, width):
    text = b"".join(report(inspect(replaced, scene, name="a <b>.png"))).decode()
    seen = seen_in(tmp_path / "page.html", text, width)
    assert seen["problems"] == []
    assert seen["requests"] == []
    assert seen["drawn"] == seen["images"] > 100
    assert seen["first"] == [
        "Cover, whole",
        "Stego image, whole",
        "where samples differ",
        "Cover: plane 0 of green",
        "Stego image: plane 0 of green",
        "Bits that differ: plane 0 of green",
    ]
    assert seen["then"] == [
        "Cover, part at 1 : 1",
        "Stego image, part at 1 : 1",
        "amplified difference, blue",
        "Cover: plane 3 of red",
        "Stego image: plane 3 of red",
        "Bits that differ: plane 3 of red",
    ]
    assert not seen["wide"]
    assert seen["grounds"][0] != seen["grounds"][1]


@pytest.mark.parametrize("array", [np.zeros((1, 1), np.uint8), np.zeros((30, 40, 4), np.uint16)])
def test_the_smallest_pages_work_too(array, tmp_path):
    text = b"".join(report(inspect(array))).decode()
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    done = browse(tmp_path / "page.html", "--dump-dom")
    assert "CONSOLE" not in done.stderr
    assert "chosen" in done.stdout


def test_it_is_light_and_dark_as_the_reader_likes(scene, hidden, tmp_path):
    page = tmp_path / "page.html"
    page.write_bytes(b"".join(report(inspect(hidden, scene))))
    levels = []
    for preference in ("1", "0"):
        picture = tmp_path / f"{preference}.png"
        scheme = f"--blink-settings=preferredColorScheme={preference}"
        browse(page, scheme, f"--screenshot={picture}", "--window-size=1000,900")
        with Image.open(io.BytesIO(picture.read_bytes())) as image:
            pixels = np.asarray(image.convert("RGB"))
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 5000
        levels.append(np.median(pixels))
    light, dark = levels
    assert light > 200
    assert dark < 60
