"""The tasks without which the daemon must not go on, such as the one that obeys revocations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from underpaint_common.errors import ExitCode, UnderpaintError
from underpaint_server import log


class Chores:
    """Tasks that run until they are cancelled, and are not to fail.

    Parameters
    ----------
    stop : callable
        Ends the daemon in order; called when one has failed.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._tasks: list[asyncio.Task[None]] = []
        self._failed: list[tuple[str, BaseException]] = []

    @property
    def exit_code(self) -> ExitCode:
        """What the process ends with as far as they are concerned."""
        return ExitCode.FAULT if self._failed else ExitCode.DONE

    def start(self, **chores: Coroutine[None, None, None]) -> None:
        """Begin them, by the names that the log calls them."""
        for name, chore in chores.items():
            task = asyncio.create_task(chore, name=name)
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    def cancel(self) -> None:
        """End them."""
        for task in self._tasks:
            task.cancel()

    def raise_failure(self) -> None:
        """Tell of the first that failed, if one did.

        Raises
        ------
        UnderpaintError
            One did.
        """
        if not self._failed:
            return
        name, error = self._failed[0]
        raise UnderpaintError(
            f"the daemon cannot go on without its chore {name}, which failed: "
            f"{type(error).__name__}",
            hint="the log has the place, as chore_failed; please report it",
        ) from error

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        log.fault("chore_failed", error, chore=task.get_name())
        self._failed.append((task.get_name(), error))
        self._stop()
