"""A folder of covers: the best for each secret, and none of them twice."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from underpaint_client.covers import Chosen, CoverMemory
from underpaint_client.prepare import samples_sha256
from underpaint_client.sources import picture_of
from underpaint_common.errors import DoesNotFit, UnderpaintError
from underpaint_common.payload import Mode, choose_mode
from underpaint_common.payload.capacity import default_planes
from underpaint_common.payload.ranking import Traits, worth
from underpaint_common.pictures import Limits, Picture, Size, measure_picture


@dataclass(slots=True, eq=False)
class _Candidate:
    """A file of the folder, and what is known of it."""

    path: Path
    size: Size
    traits: Traits | None = None
    """What it is like, once its samples were looked at."""


@dataclass(frozen=True, slots=True)
class Placing:
    """How secrets will be placed: mode, and planes if the user said how many."""

    mode: Mode
    planes: int | None

    def score(self, size: Size, traits: Traits | None, body_bytes: int) -> float:
        """Return the worth of a cover, or of the best one of its size where it is not known."""
        mode = self.mode
        planes = default_planes(mode) if self.planes is None else self.planes
        if mode is Mode.AUTO:
            members = (traits or Traits.best(size.samples)).members
            mode = choose_mode(members, body_bytes, planes=planes).mode
        dtype = np.uint8 if size.bit_depth == 8 else np.uint16
        shape = (size.height, size.width, size.channels)
        blank = Picture(np.broadcast_to(dtype(0), shape))
        return worth(blank, traits or Traits.best(size.samples), mode, planes, body_bytes)


class CoverFolder:
    """The images of a folder, each taken at most once: the best for each secret that asks.

    Their headers are read at once, their samples only of those that may be the best: the largest,
    until one is so rough that rougher ones would hide no better.

    Parameters
    ----------
    name : str
        The folder, for messages.
    paths : iterable of Path
        Its images.
    placing : Placing
        How secrets will be placed.
    limits : Limits
        How much each image may ask for.
    keep_metadata : bool
        Whether EXIF data stay in.
    memory : CoverMemory
        Knows which covers were used before, and files that were read before.
    reuse : bool
        Whether used ones may be taken all the same, and when all are taken, be taken again.
    tell : callable
        Hears of images that cannot be used.
    """

    def __init__(
        self,
        name: str,
        paths: tuple[Path, ...],
        placing: Placing,
        limits: Limits,
        *,
        keep_metadata: bool,
        memory: CoverMemory,
        reuse: bool,
        tell: Callable[[str], object],
    ) -> None:
        self._name = name
        self._placing = placing
        self._limits = limits
        self._keep_metadata = keep_metadata
        self._memory = memory
        self._reuse = reuse
        self._tell = tell
        self._lock = threading.Lock()
        self._taken: dict[bytes, _Candidate] = {}
        self._used = 0
        self._free = [each for each in map(self._measured, paths) if each is not None]
        self._all = tuple(self._free)

    def take(self, body_bytes: int) -> Chosen:
        """Return the best cover that is free."""
        with self._lock:
            candidate, chosen = self._claimed(body_bytes)
            self._free.remove(candidate)
            self._taken[chosen.sha256] = candidate
            return chosen

    def give_back(self, chosen: Chosen) -> None:
        """Let another secret have it."""
        chosen.let_go()
        with self._lock:
            candidate = self._taken.pop(chosen.sha256, None)
            if candidate is not None:
                self._free.append(candidate)

    def _claimed(self, body_bytes: int) -> tuple[_Candidate, Chosen]:
        """Find the best that no other process has in hand, nor has used by now."""
        elsewhere: set[_Candidate] = set()
        while True:
            found = self._best(body_bytes, elsewhere)
            if found is None and self._reuse and self._taken:
                self._free, self._taken = list(self._all), {}
                found = self._best(body_bytes, elsewhere)
            if found is None:
                raise self._nothing_left(len(elsewhere))
            candidate, chosen = found
            chosen = replace(chosen, claim=self._memory.claim(chosen.sha256))
            if self._reuse:
                return candidate, chosen
            if chosen.claim is None:
                elsewhere.add(candidate)
            elif self._is_taken(chosen.sha256):
                chosen.let_go()
                self._drop_used(candidate)
            else:
                return candidate, chosen

    def _best(
        self, body_bytes: int, elsewhere: set[_Candidate]
    ) -> tuple[_Candidate, Chosen] | None:
        """Look at candidates, the most promising first, until none can be better."""
        best, best_score = None, -math.inf
        here = [each for each in self._free if each not in elsewhere]
        promises = [(self._promise(each, body_bytes), each) for each in here]
        for promise, candidate in sorted(promises, key=lambda each: -each[0]):
            if promise <= best_score or promise == -math.inf:
                break
            chosen = self._look(candidate)
            if chosen is None:
                continue
            candidate.traits = candidate.traits or Traits.of(chosen.picture)
            score = self._promise(candidate, body_bytes)
            if score > best_score:
                best, best_score = (candidate, chosen), score
        return best

    def _promise(self, candidate: _Candidate, body_bytes: int) -> float:
        return self._placing.score(candidate.size, candidate.traits, body_bytes)

    def _look(self, candidate: _Candidate) -> Chosen | None:
        """Read a cover; drop it where it cannot be used, or was."""
        known = self._memory.digest_of(candidate.path)
        if known is not None and self._is_taken(known):
            self._drop_used(candidate)
            return None
        try:
            picture = picture_of(
                candidate.path, limits=self._limits, keep_metadata=self._keep_metadata
            )
        except UnderpaintError as error:
            self._tell(error.message)
            self._free.remove(candidate)
            return None
        digest = samples_sha256(picture)
        if digest != known:
            self._memory.note_file(candidate.path, digest)
        if self._is_taken(digest):
            self._drop_used(candidate)
            return None
        return Chosen(candidate.path, digest, picture)

    def _is_taken(self, digest: bytes) -> bool:
        return digest in self._taken or (not self._reuse and self._memory.is_used(digest))

    def _drop_used(self, candidate: _Candidate) -> None:
        self._used += 1
        self._free.remove(candidate)

    def _measured(self, path: Path) -> _Candidate | None:
        try:
            return _Candidate(path, measure_picture(path, limits=self._limits))
        except UnderpaintError as error:
            named = error.message if str(path) in error.message else f"{path}: {error.message}"
            self._tell(named)
            return None

    def _nothing_left(self, elsewhere: int) -> DoesNotFit:
        gone = len(self._taken) + self._used
        if elsewhere:
            return DoesNotFit(
                f"no cover is free in {self._name} that is large enough: {gone} of "
                f"{len(self._all)} images are used, and {elsewhere} in the hands of another "
                "underpaint push",
                hint="push again when that has ended, or add images",
            )
        if gone == 0:
            return DoesNotFit(
                f"no image in {self._name} is large enough", hint="add larger images to it"
            )
        return DoesNotFit(
            f"no cover is left in {self._name} that is large enough: {gone} of {len(self._all)} "
            "images are used",
            hint="add images to it; --reuse-covers takes used ones again, which gives the method "
            "away to whoever sees both stego images",
        )
