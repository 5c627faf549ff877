"""Which way a sample's neighbours went: steps that go together are harder to find.

Detectors look at differences between neighbours, in the picture and across its channels, and steps
in the same direction leave them as they were (Denemark and Fridrich, Improving steganographic
security by synchronizing the selection channel, 2015; Li, Wang, Li and Huang, A strategy of
clustering modification directions in spatial image steganography, 2015; across channels Tang, Li,
Luo and Huang, Clustering steganographic modification directions for color components, 2016).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.cores import cores
from underpaint_common.stego.ladder import Steps
from underpaint_common.stego.samples import Samples

_BAND = 64


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Where the samples of a flat array lie in their picture.

    Parameters
    ----------
    shape : tuple of int
        Height, width and channels.
    visible : ndarray of bool, shape (height, width), or None
        Which pixels the flat array has; all where None.
    """

    shape: tuple[int, int, int]
    visible: NDArray[np.bool_] | None = None

    def lean(self, cover: Samples, stego: Samples) -> Steps:
        """Return the direction that most of each sample's neighbours took, -1 or 1, else 0.

        Neighbours are the other channels of its pixel, and the four next to it in its own.

        Parameters
        ----------
        cover, stego : ndarray of uint8 or uint16, flat
            Before and after.
        """
        if self.visible is None:
            found = np.empty(cover.size, np.int8)
            self._fill(cover.reshape(self.shape), stego.reshape(self.shape), found)
            return found
        before, after = np.zeros((2, *self.shape), cover.dtype)
        before[self.visible] = cover.reshape(-1, self.shape[2])
        after[self.visible] = stego.reshape(-1, self.shape[2])
        found = np.empty(before.size, np.int8)
        self._fill(before, after, found)
        leans: Steps = found.reshape(self.shape)[self.visible].reshape(-1)
        return leans

    def _fill(self, before: Samples, after: Samples, found: Steps) -> None:
        whole = found.reshape(self.shape)

        def fill(top: int) -> None:
            start, stop = max(top - 1, 0), top + _BAND + 1
            steps = _steps(before[start:stop], after[start:stop])
            inner = whole[top : top + _BAND]
            inner[:] = _towards(steps)[top - start : top - start + len(inner)]

        with ThreadPoolExecutor(cores()) as pool:
            for _ in pool.map(fill, range(0, self.shape[0], _BAND)):
                pass


def _steps(before: Samples, after: Samples) -> Steps:
    return (after > before).view(np.int8) - (after < before).view(np.int8)


def _towards(steps: Steps) -> Steps:
    """Return the sign of the sum of all neighbours' steps."""
    total = np.zeros_like(steps)
    total[1:] += steps[:-1]
    total[:-1] += steps[1:]
    total[:, 1:] += steps[:, :-1]
    total[:, :-1] += steps[:, 1:]
    for channel in range(steps.shape[2]):
        for other in range(steps.shape[2]):
            if other != channel:
                total[:, :, channel] += steps[:, :, other]
    return np.sign(total, out=total)
