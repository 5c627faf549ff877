"""Of a folder, each secret gets the cover that hides it best, and no cover serves twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from underpaint_client.claims import Claim, Claims
from underpaint_client.cover_folder import CoverFolder, Placing
from underpaint_client.prepare import samples_sha256
from underpaint_common.errors import DoesNotFit
from underpaint_common.payload import Mode
from underpaint_common.payload.ranking import rank
from underpaint_common.pictures import Limits, read_picture

SIDES = {"large": 120, "middle": 80, "small": 40}


class Memory:
    """A `CoverMemory` that says what was used, and counts on what is noted in it."""

    def __init__(self, used: frozenset[bytes] = frozenset(), claims: Claims | None = None) -> None:
        self.used = used
        self.used_meanwhile = frozenset[bytes]()
        self.noted: dict[Path, bytes] = {}
        self._claims = claims or Claims(None)

    def is_used(self, digest: bytes) -> bool:
        return digest in self.used

    def claim(self, digest: bytes) -> Claim | None:
        self.used |= self.used_meanwhile
        return self._claims.cover(digest)

    def digest_of(self, file: Path) -> bytes | None:
        return self.noted.get(file)

    def note_file(self, file: Path, cover_sha256: bytes) -> None:
        self.noted[file] = cover_sha256


def noise(side: int, seed: int = 0) -> Image.Image:
    samples = np.random.default_rng(seed).integers(20, 230, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(samples)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, (name, side) in enumerate(SIDES.items()):
        noise(side, seed).save(tmp_path / f"{name}.png")
    return tmp_path


def covers(
    folder: Path,
    *,
    used: frozenset[bytes] = frozenset(),
    reuse: bool = False,
    placing: Placing = Placing(Mode.AUTO, None),  # noqa: B008 - it cannot be changed
    memory: Memory | None = None,
    told: list[str] | None = None,
) -> CoverFolder:
    return CoverFolder(
        "the folder",
        tuple(sorted(folder.iterdir())),
        placing,
        Limits(),
        keep_metadata=False,
        memory=Memory(used) if memory is None else memory,
        reuse=reuse,
        tell=[].append if told is None else told.append,
    )


def names(folder: CoverFolder, *bodies: int) -> list[str]:
    found = []
    for body in bodies:
        path = folder.take(body).path
        assert path is not None
        found.append(path.stem)
    return found


def test_the_best_is_the_one_that_ranking_says(folder: Path) -> None:
    pictures = [(path.stem, read_picture(path)) for path in sorted(folder.iterdir())]
    for body in (64, 1000, 10_000):
        best = rank(pictures, body)[0].label
        assert names(covers(folder), body) == [best] == ["large"]


def test_each_is_taken_once_and_what_is_left_must_fit(folder: Path) -> None:
    here = covers(folder)
    assert names(here, 15_000, 100, 100) == ["large", "middle", "small"]
    with pytest.raises(DoesNotFit, match=r"no cover is left.*3 of 3 images are used"):
        here.take(100)
    with pytest.raises(DoesNotFit, match="no image in the folder is large enough"):
        covers(folder).take(10**6)


def test_only_those_that_may_be_the_best_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        noise(120, number + 10).save(folder / f"other{number}.png")
    read: list[object] = []
    from underpaint_client import cover_folder

    reading = cover_folder.picture_of
    monkeypatch.setattr(
        cover_folder, "picture_of", lambda path, **kw: (read.append(path), reading(path, **kw))[1]
    )
    memory = Memory()
    here = covers(folder, memory=memory)
    used = {here.take(1000).sha256 for _ in range(2)}
    assert len(read) == 2
    read.clear()
    memory.used = frozenset(used)
    names(covers(folder, memory=memory), 1000)
    assert len(read) == 1, "those that are known as used are not read again"


def test_covers_that_were_used_are_left_out_whatever_file_they_lie_in(folder: Path) -> None:
    large = read_picture(folder / "large.png")
    used = frozenset({samples_sha256(large)})
    (folder / "large.png").rename(folder / "holiday.png")
    with Image.open(folder / "holiday.png") as image:
        image.save(folder / "copy.tiff")
    assert names(covers(folder, used=used), 100) == ["middle"]
    assert names(covers(folder, used=used, reuse=True), 100) == ["copy"]
    assert names(covers(folder), 100, 100) == ["copy", "middle"], "two files, one picture"


def test_with_reuse_nothing_runs_out(folder: Path) -> None:
    here = covers(folder, reuse=True)
    assert names(here, 100, 100, 100, 100) == ["large", "middle", "small", "large"]


def test_what_is_given_back_can_be_taken(folder: Path) -> None:
    here = covers(folder)
    here.give_back(here.take(100))
    assert names(here, 100) == ["large"]


def test_what_another_process_has_in_hand_is_left_to_it(folder: Path, tmp_path: Path) -> None:
    here, there = (
        covers(folder, memory=Memory(claims=Claims(tmp_path / "claims"))) for _ in range(2)
    )
    in_hand = here.take(100)
    assert in_hand.path == folder / "large.png"
    assert names(there, 100) == ["middle"]
    with pytest.raises(DoesNotFit, match="1 in the hands of another underpaint push") as refusal:
        there.take(15_000)
    assert refusal.value.hint is not None
    here.give_back(in_hand)
    assert names(there, 15_000) == ["large"]
    assert names(here, 100) == ["small"]


def test_with_reuse_what_another_process_has_in_hand_is_taken(folder: Path, tmp_path: Path) -> None:
    here, there = (
        covers(folder, memory=Memory(claims=Claims(tmp_path / "claims")), reuse=True)
        for _ in range(2)
    )
    assert names(here, 100) == names(there, 100) == ["large"]


def test_what_was_used_after_this_run_began_is_not_taken(folder: Path, tmp_path: Path) -> None:
    memory = Memory(claims=Claims(tmp_path / "claims"))
    here = covers(folder, memory=memory)
    large = samples_sha256(read_picture(folder / "large.png"))
    memory.used_meanwhile = frozenset({large})
    assert names(here, 100) == ["middle"]
    assert Claims(tmp_path / "claims").cover(large) is not None, "nobody has it in hand"


def test_telltale_covers_come_last_and_broken_ones_are_told(folder: Path) -> None:
    with Image.open(folder / "large.png") as image:
        even = (np.asarray(image) & np.uint8(0xFE)).copy()
    Image.fromarray(even).save(folder / "large.png")
    (folder / "broken.png").write_bytes((folder / "small.png").read_bytes()[:20])
    (folder / "torn.png").write_bytes((folder / "large.png").read_bytes()[:20_000])
    told: list[str] = []
    assert names(covers(folder, told=told), 100) == ["middle"]
    assert [Path(each.partition(":")[0]).name for each in told] == ["broken.png", "torn.png"]


def test_mode_and_planes_count(folder: Path) -> None:
    body = 120 * 120 * 3 * 6 // 8 - 1000
    with pytest.raises(DoesNotFit):
        covers(folder).take(body)
    assert names(covers(folder, placing=Placing(Mode.PLANES, 6)), body) == ["large"]
    assert names(covers(folder, placing=Placing(Mode.CLASSIC, None)), 100) == ["large"]
