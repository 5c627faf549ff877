"""Rich-model features: of one channel, and of a colour picture.

A cut of the spatial rich model (Fridrich and Kodovsky, 2012) at its smallest step, and for colour
the idea of its extension to colour (Goljan, Cogranne and Fridrich, Rich model for steganalysis of
color images, 2014): residuals of the three channels counted together, where embedding that
treats channels one by one breaks what binds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.detect.cooccurrences import (
    LEVELS,
    Features,
    fours,
    mirrored,
    mirrored_and_negated,
    negated,
    quantise,
    threes,
)
from tests.benchmarks.detect.residuals import Residual, Residuals, residuals

_RIGHT, _LEFT, _UP, _DOWN = range(4)
_FIRST, _SECOND, _THIRD, _THREE, _FIVE = 1, 2, 3, 4, 12
"""Quantiser steps: a residual's largest weight, so that its levels mean the same for all."""


def features(samples: NDArray[np.uint8]) -> Features:
    """Return the features of a picture.

    Parameters
    ----------
    samples : ndarray of uint8, shape (height, width, 1 or 3)
        Grey gives 5252 numbers; of RGB the mean of three channels' numbers, and 2520 more.
    """
    channels = [residuals(samples[:, :, channel]) for channel in range(samples.shape[2])]
    own = [_of_channel(each) for each in channels]
    if len(channels) == 1:
        return own[0]
    return np.concatenate([np.mean(own, axis=0), *_across(channels)]).astype(np.float32)


def _of_channel(found: Residuals) -> Features:
    return np.concatenate([*_spams(found), *_extremes(found)])


def _spams(found: Residuals) -> Iterator[Features]:
    """Yield what single residuals give, along the filter and across it."""
    straight = (
        (found.first[_RIGHT], found.first[_UP], _FIRST),
        (found.second[0], found.second[1], _SECOND),
        (found.third[_RIGHT], found.third[_UP], _THIRD),
    )
    for across, down, step in straight:
        one, other = quantise(across, step), quantise(down, step)
        yield mirrored_and_negated((fours(one, down=False), fours(other, down=True)))
        yield mirrored_and_negated((fours(one, down=True), fours(other, down=False)))
    for square, step in ((found.square3, _THREE), (found.square5, _FIVE)):
        levels = quantise(square, step)
        yield mirrored_and_negated((fours(levels, down=False), fours(levels, down=True)))


def _extremes(found: Residuals) -> Iterator[Features]:
    """Yield what the least and the greatest of several residuals give."""
    for group, step in ((found.first, _FIRST), (found.third, _THIRD)):
        yield _extreme(group[:4], step)
        yield _extreme((group[_RIGHT], group[_UP]), step)
        yield _extreme((group[_LEFT], group[_UP], group[_RIGHT]), step)
    yield _extreme(found.second[:2], _SECOND)
    yield _extreme(found.second, _SECOND)
    for group, step in ((found.edge3, _THREE), (found.edge5, _FIVE)):
        yield _extreme(group, step)
        yield _extreme(group[:2], step)


def _extreme(group: Sequence[Residual], step: int) -> Features:
    least = quantise(_least(group), step)
    # The greatest of residuals is the least of their negatives.
    greatest = np.uint8(LEVELS - 1) - quantise(_greatest(group), step)
    return mirrored(
        fours(levels, down=down) for levels in (least, greatest) for down in (False, True)
    )


def _across(channels: Sequence[Residuals]) -> Iterator[Features]:
    """Yield what the three channels give at the same place."""
    singles = (
        (lambda found: found.first, _FIRST),
        (lambda found: found.second, _SECOND),
        (lambda found: found.third, _THIRD),
        (lambda found: found.edge3, _THREE),
        (lambda found: found.edge5, _FIVE),
    )
    for pick, step in singles:
        groups = [pick(found) for found in channels]
        for same in zip(*groups, strict=True):
            yield _three(same, step)
        yield _three([_least(group) for group in groups], step)
        yield _three([_greatest(group) for group in groups], step)
    yield _three([found.square3 for found in channels], _THREE)
    yield _three([found.square5 for found in channels], _FIVE)


def _three(same: Sequence[Residual], step: int) -> Features:
    red, green, blue = (quantise(residual, step) for residual in same)
    return negated(threes(red, green, blue))


def _least(group: Sequence[Residual]) -> Residual:
    return np.asarray(np.minimum.reduce(group), np.int16)


def _greatest(group: Sequence[Residual]) -> Residual:
    return np.asarray(np.maximum.reduce(group), np.int16)
