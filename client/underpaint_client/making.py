"""Stego images for a push of many: each secret in the best cover there is, and kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from underpaint_client.claims import Claim
from underpaint_client.covers import Covers
from underpaint_client.destination import Destination
from underpaint_client.pending import PendingUploads
from underpaint_client.plans import How, Plan, secret_as_planned
from underpaint_client.prepare import Prepared, made_earlier, prepare
from underpaint_client.progress import Progress
from underpaint_client.sources import name_of
from underpaint_common.errors import about


@dataclass(frozen=True, slots=True)
class Made:
    """A stego image that is kept.

    Attributes
    ----------
    prepared : Prepared
        It.
    cover : Path or None
        The file that carries it, where that is known.
    resumed : bool
        Whether an earlier run made it.
    claim : Claim or None
        That on the cover, to be let go when the delivery has ended.
    """

    prepared: Prepared
    cover: Path | None = None
    resumed: bool = False
    claim: Claim | None = None


class Maker:
    """Makes them, in whatever thread asks.

    Parameters
    ----------
    covers : Covers or None
        Where covers come from; None where nothing is to be hidden.
    pending : PendingUploads
        Where uploads are kept until their receipts.
    how : How
        How everything is pushed.
    """

    def __init__(self, covers: Covers | None, pending: PendingUploads, how: How) -> None:
        self._covers = covers
        self._pending = pending
        self._how = how

    def make(
        self,
        destination: Destination,
        plan: Plan,
        has_chosen: Callable[[], object],
        progress: Progress,
    ) -> Made:
        """Hide a secret in the best cover there is, and keep the result.

        Parameters
        ----------
        destination : Destination
            Who shall find it.
        plan : Plan
            What is to be hidden.
        has_chosen : callable
            Is called when the cover is chosen, and the next one may choose.
        progress : Progress
            Hears of the stage `hide`.

        Raises
        ------
        DoesNotFit, UnusableImage, LocalFileError, UsageError
        """
        how = self._how
        if self._covers is None:
            prepared = made_earlier(plan.task.source, destination.stego_key, limits=how.limits)
            return Made(self._pending.keep(plan.recipe, prepared))
        started = time.perf_counter()
        secret = secret_as_planned(plan, how, destination)
        chosen = self._covers.take(plan.body_bytes)
        has_chosen()
        read = time.perf_counter() - started
        try:
            with about(name_of(plan.task.source), str(chosen.path or "")):
                prepared = prepare(
                    secret,
                    chosen.picture,
                    destination.stego_key,
                    progress=progress,
                    mode=how.mode,
                    planes=how.planes,
                    form=how.form,
                    cost=how.cost,
                    effort=how.effort,
                    limits=how.limits,
                )
        except BaseException:
            self._covers.give_back(chosen)
            raise
        seconds = replace(prepared.seconds, read=prepared.seconds.read + read)
        kept = self._pending.keep(plan.recipe, replace(prepared, seconds=seconds))
        return Made(kept, chosen.path, claim=chosen.claim)
