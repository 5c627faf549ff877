"""Progress bars on a terminal: one a stage, with rate and time left; elsewhere a word."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Self

from underpaint_client.cli.voice import Voice, current_voice, say
from underpaint_client.progress import ProgressEvent, Stage

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress, TaskID

LONG_SECONDS = 6.0


class Bars:
    """Draws what it is told while its ``with`` block runs; a `progress.Progress`.

    Where standard error is no terminal nothing is drawn, and hiding that lasts is told once;
    where people want quiet, neither. May be told from several threads at once.

    Parameters
    ----------
    secrets : int
        How many there are; what the rest will take is judged by those that have begun.
    """

    def __init__(self, secrets: int = 1) -> None:
        self._secrets = secrets
        self._seen: dict[Stage, dict[str, ProgressEvent]] = {stage: {} for stage in Stage}
        self._tasks: dict[Stage, TaskID] = {}
        self._drawn: Progress | None = None
        self._stack = ExitStack()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if current_voice() is Voice.QUIET:
            return self
        if sys.stderr.isatty():
            self._drawn = self._stack.enter_context(_progress())
            return self
        timer = threading.Timer(LONG_SECONDS, self._say_that_it_lasts)
        timer.daemon = True
        timer.start()
        self._stack.callback(timer.join)
        self._stack.callback(timer.cancel)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        self._drawn = None

    def __call__(self, event: ProgressEvent) -> None:
        """Note an event and draw what follows from it."""
        with self._lock:
            seen = self._seen[event.stage]
            seen[event.secret] = event
            if self._drawn is None:
                return
            if event.stage not in self._tasks:
                self._tasks[event.stage] = self._drawn.add_task(event.stage, total=None)
            done = sum(each.done for each in seen.values())
            self._drawn.update(self._tasks[event.stage], completed=done, total=self._total(seen))

    def has_begun(self, stage: Stage) -> bool:
        """Tell whether a stage has begun for any secret."""
        return bool(self._seen[stage])

    def _say_that_it_lasts(self) -> None:
        with self._lock:
            hidings = list(self._seen[Stage.HIDE].values())
        if any(each.done < each.total for each in hidings):
            numba = "" if find_spec("numba") else ", and with the extra `fast` adaptive is faster"
            say(f"still hiding: mode adaptive takes its time; --mode planes takes little{numba}")

    def _total(self, seen: dict[str, ProgressEvent]) -> float | None:
        """Return the bytes of a stage, or None while nothing can be said but that it goes on.

        One secret is hidden in one step, and stored in one: until then the bar only moves.
        """
        if len(seen) == self._secrets == 1:
            (event,) = seen.values()
            if event.done == 0:
                return None
        total = sum(each.total for each in seen.values())
        return total * self._secrets / len(seen)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.text import Text

    class Known(ProgressColumn):
        """A column that shows another one, or nothing, while all that is known is the time."""

        def __init__(self, column: ProgressColumn, until: ProgressColumn | None = None) -> None:
            super().__init__()
            self._column = column
            self._until = until

        def render(self, task: Task) -> RenderableType:
            column = self._column if task.total is not None else self._until
            return Text("") if column is None else column.render(task)

    return Progress(
        TextColumn("{task.description:>6}"),
        BarColumn(),
        Known(DownloadColumn(binary_units=True)),
        Known(TransferSpeedColumn()),
        Known(TimeRemainingColumn(elapsed_when_finished=True), until=TimeElapsedColumn()),
        console=Console(stderr=True),
        transient=True,
    )
