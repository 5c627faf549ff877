"""A gate keeps its width, its order, and its count, whatever happens in line."""

from __future__ import annotations

import asyncio

from underpaint_server.gate import Gate


async def pass_through(gate: Gate, name: int, order: list[int], may_leave: asyncio.Event) -> None:
    async with gate:
        order.append(name)
        await may_leave.wait()


def test_so_many_pass_in_order_and_the_width_may_change() -> None:
    async def scenario() -> None:
        gate, order, may_leave = Gate(2), list[int](), asyncio.Event()
        tasks = [asyncio.create_task(pass_through(gate, n, order, may_leave)) for n in range(8)]
        await asyncio.sleep(0.01)
        assert (order, gate.inside, gate.waiting) == ([0, 1], 2, 6)
        gate.resize(4)
        await asyncio.sleep(0.01)
        assert (order, gate.waiting) == ([0, 1, 2, 3], 4)
        gate.resize(1)
        may_leave.set()
        await asyncio.gather(*tasks)
        assert order == list(range(8))
        assert (gate.inside, gate.waiting) == (0, 0)

    asyncio.run(scenario())


def test_who_is_cancelled_in_line_or_inside_takes_no_place() -> None:
    async def scenario() -> None:
        gate, order, may_leave = Gate(1), list[int](), asyncio.Event()
        tasks = [asyncio.create_task(pass_through(gate, n, order, may_leave)) for n in range(4)]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
        tasks[0].cancel()
        await asyncio.sleep(0)
        tasks[2].cancel()  # may have been let in by the one before it
        await asyncio.sleep(0.01)
        may_leave.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order[-1] == 3
        assert (gate.inside, gate.waiting) == (0, 0)

    asyncio.run(scenario())
