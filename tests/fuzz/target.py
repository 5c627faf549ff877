"""What is fed with arbitrary bytes.

A target takes bytes and returns, whatever they are; the errors that the contract names it
swallows, and anything else that comes out of it is a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Something to feed.

    Parameters
    ----------
    name : str
        For the command line.
    feed : callable
        Takes any bytes.
    seeds : tuple of bytes
        Inputs that get far; others are made from them.
    """

    name: str
    feed: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
