"""The same secrets in other processes: waiting for them, and what they have done by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from underpaint_client.claims import Claim, Claims
from underpaint_client.ledger import Ledger, Stored
from underpaint_client.pending import PendingUploads
from underpaint_client.plans import Plan
from underpaint_common.errors import LocalFileError

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


class Elsewhere:
    """What other calls of `underpaint push` do with the secrets that this one is to push.

    Parameters
    ----------
    claims : Claims
        What this process has in hand, and others have.
    ledger : Ledger or None
        Where receipts are noted.
    pending : PendingUploads
        Where uploads are kept until their receipts.
    again : bool
        Whether what is stored is pushed once more. Whether what another push stores at the same
        time is that once is not for us to say: it is refused.
    tell : callable
        Hears what is waited for.
    """

    def __init__(
        self,
        claims: Claims,
        ledger: Ledger | None,
        pending: PendingUploads,
        *,
        again: bool,
        tell: Callable[[str], object],
    ) -> None:
        self._claims = claims
        self._ledger = ledger
        self._pending = pending
        self._again = again
        self._tell = tell

    def claim(self, plan: Plan) -> Claim | None:
        """Claim a secret; return None where it is to be waited for.

        Raises
        ------
        LocalFileError
            Another process has it in hand and it is to be pushed again, or the lock cannot be used.
        """
        claim = self._claims.secret(plan.mark)
        if claim is None:
            busy = f"{plan.task.label} is being pushed by another underpaint push"
            if self._again:
                raise LocalFileError(busy, hint="wait until that has ended")
            self._tell(f"{busy}: it gets time to end")
        return claim

    async def claim_when_free(self, plan: Plan) -> Claim:
        """Claim a secret as soon as no other process has it in hand.

        Raises
        ------
        LocalFileError
            The lock cannot be used.
        """
        pause = _FIRST_PAUSE
        while (claim := self._claims.secret(plan.mark)) is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return claim

    def stored_since(self, plan: Plan) -> Stored | None:
        """Return the receipt that another process has got for a secret since it was planned.

        Raises
        ------
        LocalFileError
            There is one, and the secret is to be pushed again; or the ledger cannot be used.
        """
        found = None if self._ledger is None else self._ledger.stored(plan.mark)
        if found is None or found == plan.earlier:
            return None
        if self._again:
            raise LocalFileError(
                f"{plan.task.label} was stored by another underpaint push in the meantime, "
                f"receipt {found.id}",
                hint="push it again if it is to be there twice",
            )
        self._pending.drop(plan.recipe)
        return found
