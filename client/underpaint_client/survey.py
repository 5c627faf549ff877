"""Many covers looked at one after another, and put in order for a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from underpaint_client.room import Need, Room, room_in
from underpaint_client.sources import PictureSource, picture_of
from underpaint_common.errors import UnderpaintError, UnusableImage
from underpaint_common.files import files_in
from underpaint_common.payload import Mode, Ranked, cautions, choose_mode, rank, reported_error
from underpaint_common.payload.capacity import members_of
from underpaint_common.pictures import Limits, Picture
from underpaint_common.pictures.sniff import SNIFF_BYTES, sniff
from underpaint_common.stego.reserved import HEADER_BYTES

Failed = Callable[[str, UnderpaintError], object]


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """What is said of one cover.

    Attributes
    ----------
    name : str
        As the user named it, or its path in the folder that the user named.
    width, height, channels, bit_depth : int
        Of the picture.
    rooms : tuple of Room
        What it holds, by mode and planes.
    expected_error : float or None
        Detection error to expect with the secret, as `HideReport` has it; None without one, or
        where it does not fit.
    notices, warnings : tuple of str
        What reading it changed; what makes it a poor choice.
    """

    name: str
    width: int
    height: int
    channels: int
    bit_depth: int
    rooms: tuple[Room, ...]
    expected_error: float | None
    notices: tuple[str, ...]
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, name: str, cover: Picture, need: Need | None) -> CoverFacts:
        """Look at one cover."""
        warnings, rooms = cautions(cover), room_in(cover, need)
        error = None
        if need is not None and any(room.fits for room in rooms if room.mode == Mode.PLANES):
            embedded = HEADER_BYTES + need.body_bytes
            mode = choose_mode(members_of(cover), need.body_bytes).mode
            error = reported_error(cover, mode, embedded, warnings)
        return cls(
            name=name,
            width=cover.width,
            height=cover.height,
            channels=cover.channels,
            bit_depth=cover.bit_depth,
            rooms=rooms,
            expected_error=error,
            notices=cover.notices,
            warnings=warnings,
        )


def images_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder, not of those below, that begin as images do; by name.

    Raises
    ------
    UnusableImage
        There is none.
    LocalFileError
        The folder cannot be read.
    """
    images = tuple(path for path in files_in(folder) if _begins_as_image(path))
    if not images:
        raise UnusableImage(f"there is no image in {folder}")
    return images


def survey(
    sources: Iterable[tuple[str, PictureSource]],
    need: Need | None,
    failed: Failed,
    *,
    limits: Limits | None = None,
) -> tuple[Ranked[CoverFacts], ...]:
    """Look at covers one by one; with a secret's need, return the best first.

    Parameters
    ----------
    sources : iterable of (str, cover)
        Each is read when its turn comes, and let go before the next.
    need : Need, optional
        What the secret takes; without one the order stays, and scores mean nothing.
    failed : callable
        Is told of each cover that cannot be used, which is then left out.
    limits : Limits, optional
        How much each file may ask for.
    """
    read = _read(sources, need, failed, limits)
    if need is None:
        return tuple(Ranked(facts, 0.0) for facts, _ in read)
    return rank(read, need.body_bytes)


def _read(
    sources: Iterable[tuple[str, PictureSource]],
    need: Need | None,
    failed: Failed,
    limits: Limits | None,
) -> Iterator[tuple[CoverFacts, Picture]]:
    for name, cover in sources:
        try:
            picture = picture_of(cover, limits=limits)
        except UnderpaintError as error:
            failed(name, error)
            continue
        yield CoverFacts.of(name, picture, need), picture


def _begins_as_image(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            kind = sniff(file.read(SNIFF_BYTES))
    except OSError:
        return False
    return kind is not None and kind.readable
