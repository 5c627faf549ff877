"""How programs hear of the progress of a push: a callable that is handed each event."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


class Stage(enum.StrEnum):
    """What is being done to a secret, in this order."""

    HIDE = "hide"
    SEND = "send"
    STORE = "stored"


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One step of one secret.

    A stage begins with an event and ends with one in which `done` is `total`; between them
    `done` never falls, unless an upload has to begin anew.

    Attributes
    ----------
    stage : Stage
        Which stage; a push goes through all of them.
    done, total : int
        Bytes: of the secret while it is hidden, of the stego image while it is sent and while
        the server stores it. A resumed upload begins where it was interrupted. `total` is never
        0, and stays the same within a stage.
    secret : str
        Which secret, as its caller named it; empty where there is only one.
    """

    stage: Stage
    done: int
    total: int
    secret: str = ""


Progress: TypeAlias = Callable[[ProgressEvent], object]
"""Is called in the thread or event loop that does the work: it must return quickly."""


def sharing(progress: Progress, stage: Stage, total: int) -> Callable[[float], None]:
    """Return what turns shares of the work, 0 to 1, into events between a stage's first and last.

    Parameters
    ----------
    progress : Progress
        Hears of them.
    stage : Stage
        What is being done.
    total : int
        As in the stage's other events.
    """

    def tell(share: float) -> None:
        if share < 1:
            progress(ProgressEvent(stage, int(share * total), total))

    return tell
