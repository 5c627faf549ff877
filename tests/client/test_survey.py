"""Many covers: folders, order, failures, and what is said of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from underpaint_client.room import Need
from underpaint_client.sources import secret_of
from underpaint_client.survey import images_in, survey
from underpaint_common.errors import LocalFileError, UnderpaintError, UnusableImage
from underpaint_common.pictures import Limits


def noise(path: Path, width: int, height: int) -> Path:
    values = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(values).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "covers"
    (made / "below").mkdir(parents=True)
    noise(made / "b.png", 60, 40)
    noise(made / "a.webp", 200, 100)
    noise(made / "below" / "unseen.png", 300, 300)
    (made / "words.png").write_text("no image")
    (made / "empty.jpg").touch()
    return made


def test_the_images_of_a_folder_are_found_by_content(folder: Path, tmp_path: Path) -> None:
    (folder / "b.png").rename(folder / "without an ending")
    assert [path.name for path in images_in(folder)] == ["a.webp", "without an ending"]
    (tmp_path / "none").mkdir()
    with pytest.raises(UnusableImage, match="no image in"):
        images_in(tmp_path / "none")
    with pytest.raises(LocalFileError):
        images_in(tmp_path / "missing")


def test_covers_are_ranked_and_failures_told(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.png").write_bytes((folder / "b.png").read_bytes()[:200])
    failures: dict[str, UnderpaintError] = {}
    need = Need.of(secret_of(np.random.default_rng(1).bytes(800), name="s.bin"))
    sources = [(path.name, path) for path in images_in(folder)]
    ranked = survey(sources, need, failures.setdefault)
    assert [each.label.name for each in ranked] == ["a.webp", "b.png"]
    assert set(failures) == {"broken.png"}
    assert isinstance(failures["broken.png"], UnusableImage)
    assert all(each.fits for each in ranked)
    assert ranked[0].score > ranked[1].score
    facts = ranked[0].label
    assert (facts.width, facts.height, facts.channels, facts.bit_depth) == (200, 100, 3, 8)


def test_without_a_secret_the_order_stays(folder: Path) -> None:
    sources = [(path.name, path) for path in reversed(images_in(folder))]
    ranked = survey(sources, None, lambda *_: None)
    assert [each.label.name for each in ranked] == ["b.png", "a.webp"]


def test_limits_hold_for_each_cover(folder: Path) -> None:
    failures: dict[str, UnderpaintError] = {}
    sources = [(path.name, path) for path in images_in(folder)]
    ranked = survey(sources, None, failures.setdefault, limits=Limits(max_pixels=60 * 40))
    assert [each.label.name for each in ranked] == ["b.png"]
    assert set(failures) == {"a.webp"}
