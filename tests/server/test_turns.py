"""A few at a time, in order, in later rounds of the loop."""

from __future__ import annotations

import asyncio
from functools import partial

from underpaint_server.turns import Turns


def test_nobody_is_left_out_and_no_round_is_long() -> None:
    async def scenario() -> list[list[int]]:
        turns, rounds, had = Turns(), [], []
        for number in range(10):
            turns.wait(partial(had.append, number))
        while sum(map(len, rounds)) < 10:
            had.clear()
            await asyncio.sleep(0)
            rounds.append(list(had))
        return rounds

    rounds = asyncio.run(scenario())
    assert [number for each in rounds for number in each] == list(range(10))
    assert max(map(len, rounds)) == 4


def test_who_queues_again_stands_behind_the_others() -> None:
    async def scenario() -> list[str]:
        turns, order = Turns(), []

        def again(name: str, times: int) -> None:
            order.append(name)
            if times > 1:
                turns.wait(partial(again, name, times - 1))

        for name in "abcdef":
            turns.wait(partial(again, name, 2))
        while len(order) < 12:
            await asyncio.sleep(0)
        return order

    assert asyncio.run(scenario()) == list("abcdefabcdef")
