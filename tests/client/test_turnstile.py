"""The first to have drawn a turn comes first, however slow it is, and even when it fails."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from underpaint_client.turnstile import Turnstile


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["over", "left", "failed"]))))
def test_the_order_is_that_of_drawing(courses: list[tuple[int, str]]) -> None:
    came: list[int] = []
    turnstile = Turnstile()

    async def course(number: int, steps: int, end: str) -> None:
        with turnstile.turn() as turn:
            for _ in range(steps):
                await asyncio.sleep(0)
            await turn.come()
            came.append(number)
            if end == "failed":
                raise LookupError
            if end == "over":
                turn.over()
                turn.over()
            await asyncio.sleep(0)

    async def all_courses() -> list[BaseException | None]:
        return await asyncio.gather(
            *(course(number, *each) for number, each in enumerate(courses)), return_exceptions=True
        )

    results = asyncio.run(all_courses())
    assert came == list(range(len(courses)))
    assert [bool(result) for result in results] == [end == "failed" for _, end in courses]


def test_a_turn_that_is_cancelled_holds_nobody_up() -> None:
    async def course() -> None:
        turnstile = Turnstile()
        first = turnstile.turn()

        async def waits() -> None:
            with turnstile.turn() as turn:
                await turn.come()

        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0)
        third = turnstile.turn()
        waiting.cancel()
        await asyncio.sleep(0)
        first.over()
        await asyncio.wait_for(third.come(), 60)

    asyncio.run(course())
