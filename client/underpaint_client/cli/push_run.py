"""One call of `underpaint push`: what it remembers, where covers come from, and Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from underpaint_client.cli.options import STREAM
from underpaint_client.cli.output import source, warn
from underpaint_common.errors import Interrupted

if TYPE_CHECKING:
    from underpaint_client.claims import Claim, Claims
    from underpaint_client.client import Client
    from underpaint_client.covers import Covers
    from underpaint_client.ledger import Ledger
    from underpaint_client.pending import PendingUploads
    from underpaint_client.plans import How, Outcome, Plan, Task
    from underpaint_client.prepare import Prepared

_MOST_NAMES = 12


class PushRun:
    """One call of the command.

    Parameters
    ----------
    new_client : callable
        Returns a client that is not connected yet.
    how : How
        How everything is pushed.
    keep_stego : Path or None
        Where the one stego image is to be kept as well.
    force : bool
        Whether that may replace a file.
    """

    def __init__(
        self, new_client: Callable[[], Client], how: How, keep_stego: Path | None, *, force: bool
    ) -> None:
        from underpaint_client.pending import PendingUploads
        from underpaint_client.places import state_folder

        self._new_client = new_client
        self._how = how
        self._keep_stego = keep_stego
        self._force = force
        self._state = state_folder()
        self._pending = PendingUploads(self._state / "pending", warn)

    def push(self, tasks: list[Task], cover: str | None, *, reuse: bool) -> list[Outcome]:
        """Push all of it; return what became of each task, in their order."""
        from underpaint_client.claims import Claims
        from underpaint_client.plans import look

        ledger = self._ledger(needed=cover is not None and Path(cover).is_dir() and not reuse)
        # Where the one cannot be kept, the other cannot either.
        claims = Claims(None if ledger is None else self._state / "claims")
        memory = _Memory(ledger, self._pending, claims)
        covers = None if cover is None else self._covers(cover, tasks, memory, reuse=reuse)
        plans, outcomes = look(
            tasks, self._how, self._new_client().destination, ledger, self._pending
        )
        outcomes += self._push(plans, covers, ledger, claims, done=len(outcomes))
        by_label = {each.label: each for each in outcomes}
        return [by_label[task.label] for task in tasks]

    def _push(
        self,
        plans: list[Plan],
        covers: Covers | None,
        ledger: Ledger | None,
        claims: Claims,
        *,
        done: int,
    ) -> list[Outcome]:
        from underpaint_client.batch import Batch
        from underpaint_client.cli.progress import Bars
        from underpaint_client.cli.running import run
        from underpaint_client.progress import Stage

        with Bars(len(plans)) as bars:
            batch = Batch(
                self._new_client,
                covers,
                self._pending,
                ledger,
                claims,
                self._how,
                progress=bars,
                tell=warn,
            )
            try:
                run(batch.run(plans, on_prepared=self._keep))
            except KeyboardInterrupt:
                if len(batch.outcomes) < len(plans):
                    raise _interrupted(
                        batch.outcomes,
                        len(plans) + done,
                        self._new_client().address.host,
                        all_is_there=bars.has_begun(Stage.STORE),
                    ) from None
        return batch.outcomes

    def _ledger(self, *, needed: bool) -> Ledger | None:
        """Open the ledger; where it only serves warnings, it may be missing."""
        from underpaint_client.ledger import Ledger
        from underpaint_common.errors import LocalFileError

        try:
            return Ledger.open(self._state / "ledger.sqlite3")
        except LocalFileError as error:
            if needed:
                raise
            warn(f"{error.message}: this push will not be remembered")
            return None

    def _covers(self, named: str, tasks: list[Task], memory: _Memory, *, reuse: bool) -> Covers:
        from underpaint_client.cover_folder import CoverFolder, Placing
        from underpaint_client.covers import NamedCover
        from underpaint_client.recipe import file_sha256
        from underpaint_client.sources import mode_of
        from underpaint_client.survey import images_in

        how = self._how
        if named == STREAM or not Path(named).is_dir():
            given = source(named, max_bytes=how.limits.max_file_bytes)
            self._how = replace(how, cover=file_sha256(given))
            return NamedCover(
                given,
                how.limits,
                keep_metadata=how.keep_metadata,
                used_at=memory.used_at,
                claim=memory.claim,
                tell=warn,
            )
        secrets = {os.path.realpath(task.source) for task in tasks if isinstance(task.source, Path)}
        return CoverFolder(
            named,
            tuple(path for path in images_in(Path(named)) if os.path.realpath(path) not in secrets),
            Placing(mode_of(how.mode), how.planes),
            how.limits,
            keep_metadata=how.keep_metadata,
            memory=memory,
            reuse=reuse,
            tell=warn,
        )

    def _keep(self, prepared: Prepared) -> None:
        if self._keep_stego is not None:
            from underpaint_common.files import write_atomically

            write_atomically(self._keep_stego, [prepared.stego], overwrite=self._force)


class _Memory:
    """What ledger, unfinished uploads and claims know of covers; a `CoverMemory`."""

    def __init__(self, ledger: Ledger | None, pending: PendingUploads, claims: Claims) -> None:
        self._ledger = ledger
        self._pending = pending
        self._claims = claims
        self._unfinished = pending.covers()

    def used_at(self, digest: bytes) -> str | None:
        return None if self._ledger is None else self._ledger.used_at(digest)

    def is_used(self, digest: bytes) -> bool:
        return digest in self._unfinished or self.used_at(digest) is not None

    def claim(self, digest: bytes) -> Claim | None:
        claim = self._claims.cover(digest)
        # Before the ledger is asked: an upload leaves here when its receipt is noted there.
        self._unfinished = self._pending.covers()
        return claim

    def digest_of(self, file: Path) -> bytes | None:
        return None if self._ledger is None else self._ledger.digest_of(file)

    def note_file(self, file: Path, cover_sha256: bytes) -> None:
        if self._ledger is not None:
            self._ledger.note_file(file, cover_sha256)


def _interrupted(
    outcomes: list[Outcome], total: int, host: str, *, all_is_there: bool
) -> Interrupted:
    """Say what Ctrl-C left; on this side it is the uploads, kept until their receipts come."""
    if total > 1:
        stored = [each.label for each in outcomes if each.receipt is not None]
        named = ", ".join(stored[:_MOST_NAMES]) + (", ..." if stored[_MOST_NAMES:] else "")
        return Interrupted(
            f"interrupted: {len(stored)} of {total} were stored by then"
            + (f": {named}" if named else ""),
            hint="the same command pushes what is missing and goes on where it was",
        )
    if all_is_there:
        return Interrupted(
            f"interrupted before the receipt came: {host} may have stored it",
            hint="the same command asks for the receipt; nothing is stored twice",
        )
    return Interrupted(
        f"interrupted: nothing is stored at {host}", hint="the same command goes on with it"
    )
