"""Pushing many: a few hide while a few send, each receipt is noted, one failure stops no other.

What is in memory is bounded by the number of workers and hiders, not by the number of secrets:
each worker has one stego image in hand, and no more than `HIDERS` pictures are being worked on.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from underpaint_client import pushing
from underpaint_client.claims import Claims
from underpaint_client.client import Client
from underpaint_client.covers import Covers
from underpaint_client.elsewhere import Elsewhere
from underpaint_client.ledger import Ledger
from underpaint_client.making import Made, Maker
from underpaint_client.pending import PendingUploads
from underpaint_client.plans import How, Outcome, Plan, Status
from underpaint_client.prepare import Prepared
from underpaint_client.progress import Progress, ProgressEvent
from underpaint_client.receipts import PushReceipt
from underpaint_client.recipe import Recipe
from underpaint_client.turnstile import Turn, Turnstile
from underpaint_common.errors import ConnectionFailed, LocalFileError, Refused, UnderpaintError

WORKERS = 4
HIDERS = 2


class Batch:
    """Several pushes to one server.

    Parameters
    ----------
    new_client : callable
        Returns a client that is not connected yet.
    covers : Covers or None
        Where covers come from; None where nothing is to be hidden.
    pending : PendingUploads
        Where uploads are kept until their receipts.
    ledger : Ledger or None
        Where receipts are noted.
    claims : Claims
        What this process has in hand, and others have.
    how : How
        How everything is pushed.
    progress : Progress
        Hears of each step, with the task's label.
    tell : callable
        Hears of what went wrong and stops nothing.

    Attributes
    ----------
    outcomes : list of Outcome
        What became of the tasks so far; complete when `run` returns, and true whenever it is
        cancelled.
    """

    def __init__(
        self,
        new_client: Callable[[], Client],
        covers: Covers | None,
        pending: PendingUploads,
        ledger: Ledger | None,
        claims: Claims,
        how: How,
        *,
        progress: Progress,
        tell: Callable[[str], object],
    ) -> None:
        self.outcomes: list[Outcome] = []
        self._new_client = new_client
        self._pending = pending
        self._ledger = ledger
        self._elsewhere = Elsewhere(claims, ledger, pending, again=how.again, tell=tell)
        self._maker = Maker(covers, pending, how)
        self._progress = progress
        self._tell = tell
        self._queue: deque[Plan] = deque()
        self._to_wait_for: deque[Plan] = deque()
        self._begun: set[Recipe] = set()
        self._working = 0
        self._lost: ConnectionFailed | None = None
        self._hiders = asyncio.Semaphore(HIDERS)
        self._turnstile = Turnstile()

    async def run(
        self, plans: Sequence[Plan], *, on_prepared: Callable[[Prepared], object] | None = None
    ) -> None:
        """Push what is planned, in this order.

        Parameters
        ----------
        plans : sequence of Plan
            All of it.
        on_prepared : callable, optional
            Is handed each stego image before it is sent; what it raises is that push's failure.
        """
        self._queue.extend(plans)
        self._on_prepared = on_prepared or (lambda _: None)
        workers = [asyncio.create_task(self._work()) for _ in range(min(WORKERS, len(self._queue)))]
        try:
            await asyncio.gather(*workers)
        except BaseException:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            raise
        for plan in (*self._queue, *self._to_wait_for):
            self._note(plan, Status.UNTRIED, error=self._lost)

    async def _work(self) -> None:
        """Push one after another over a connection of its own, while there is one."""
        self._working += 1
        try:
            async with self._new_client() as client:
                while self._queue or self._to_wait_for:
                    if not await self._push_next(client):
                        return
        except ConnectionFailed as error:
            self._lost = self._lost or error
        finally:
            self._working -= 1

    async def _push_next(self, client: Client) -> bool:
        """Push one; tell whether this worker shall go on.

        Whoever waits for another process has no turn, and so keeps no other from coming.
        """
        is_new = bool(self._queue)
        plan = self._queue.popleft() if is_new else self._to_wait_for.popleft()
        try:
            claim = self._elsewhere.claim(plan) if is_new else None
            if claim is None and is_new:
                self._to_wait_for.append(plan)
                return True
            claim = claim or await self._elsewhere.claim_when_free(plan)
        except LocalFileError as error:
            self._note(plan, Status.FAILED, error=error)
            return True
        try:
            with self._turnstile.turn() as turn:
                return await self._push(client, plan, turn)
        finally:
            claim.let_go()

    async def _push(self, client: Client, plan: Plan, turn: Turn) -> bool:
        """Push one that is in hand; tell whether this worker shall go on."""
        made = None
        try:
            earlier = await asyncio.to_thread(self._elsewhere.stored_since, plan)
            if earlier is not None:
                self.outcomes.append(Outcome(plan.task.label, Status.ALREADY, earlier=earlier))
                return True
            made = await self._made(client, plan, turn)
            self._on_prepared(made.prepared)
            turn.over()
            receipt = await self._delivered(client, plan, made)
        except ConnectionFailed as error:
            self._lost = self._lost or error
            self._note(plan, Status.FAILED, error=error)
            return False
        except UnderpaintError as error:
            if isinstance(error, Refused) and error.code == "busy" and self._working > 1:
                # So many at once are too many for this server; the others go on with it.
                self._queue.append(plan)
                return False
            self._note(plan, Status.FAILED, error=error)
        else:
            light = replace(made.prepared, stego=b"")
            done = Outcome(
                plan.task.label,
                Status.STORED,
                prepared=light,
                receipt=receipt,
                cover=made.cover,
                resumed=made.resumed,
            )
            self.outcomes.append(done)
        finally:
            if made is not None and made.claim is not None:
                made.claim.let_go()
        return True

    async def _delivered(self, client: Client, plan: Plan, made: Made) -> PushReceipt:
        return await pushing.deliver(
            client,
            self._pending,
            plan.recipe,
            made.prepared,
            progress=self._labelled(plan),
            on_receipt=lambda receipt: self._record(plan, made, receipt),
        )

    async def _made(self, client: Client, plan: Plan, turn: Turn) -> Made:
        """Return the upload of an earlier run, else a new one, kept for the next run."""
        found = await asyncio.to_thread(self._pending.find, plan.recipe)
        if found is not None:
            return Made(found, resumed=plan.recipe not in self._begun)
        self._begun.add(plan.recipe)
        await client.introduce()
        over = partial(asyncio.get_running_loop().call_soon_threadsafe, turn.over)
        # The plans' order is the order of choice, whichever worker is ready first.
        await turn.come()
        async with self._hiders:
            return await asyncio.to_thread(
                self._maker.make, client.destination, plan, over, self._labelled(plan)
            )

    def _record(self, plan: Plan, made: Made, receipt: PushReceipt) -> None:
        """Note a receipt; runs in a thread."""
        if self._ledger is None:
            return
        try:
            self._ledger.record(plan.mark, made.prepared.cover_sha256, receipt)
        except LocalFileError as error:
            self._tell(f"the receipt of {plan.task.label} was not noted: {error.message}")

    def _labelled(self, plan: Plan) -> Progress:
        """Return the listener that is told which of the secrets an event is about."""
        label = plan.task.label

        def tell(event: ProgressEvent) -> None:
            self._progress(replace(event, secret=label))

        return tell

    def _note(self, plan: Plan, status: Status, *, error: UnderpaintError | None) -> None:
        self.outcomes.append(Outcome(plan.task.label, status, error=error))
