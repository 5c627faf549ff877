"""Running a coroutine so that Ctrl-C is obeyed at once, even while a thread hides or encodes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Do what `asyncio.run` does, and leave threads that still work to themselves.

    `__main__` then ends the process without them, wherever they are.
    """
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(_Impatient())
        return runner.run(main)


class _Impatient(ThreadPoolExecutor):
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - the signature is the base class's
        super().shutdown(wait=False, cancel_futures=True)
