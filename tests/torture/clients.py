"""Clients that push without pause, keep every receipt, and resume what the daemon's death cut."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.end_to_end.daemon.raw_client import RawClient, stego_image

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import UnderpaintError
from underpaint_common.wire import Address, Receipt, Refusal

IMAGES = 6
_PATIENCE = 0.02


@dataclass(slots=True)
class Job:
    """One upload, from its first attempt to its receipt."""

    image: bytes
    upload_id: bytes = field(default_factory=lambda: os.urandom(16))


class TortureClient:
    """A thread that pushes to whatever daemon runs at the moment.

    Parameters
    ----------
    identity : Identity
        Who it is.
    server_key : bytes
        For whom its images are made.
    seed : int
        Of its choices.

    Attributes
    ----------
    receipts : dict
        By upload id; a second receipt that differs is a failure.
    refusals : set of str
        Codes that were heard.
    faults : list of str
        What must never happen.
    """

    def __init__(self, identity: Identity, server_key: bytes, seed: int) -> None:
        self.receipts: dict[bytes, Receipt] = {}
        self.refusals: set[str] = set()
        self.faults: list[str] = []
        self._identity = identity
        self._random = random.Random(seed)  # noqa: S311 - choices of a test
        secrets = [self._random.randbytes(50 * (1 + number)) for number in range(IMAGES)]
        self._images = [
            stego_image(identity, server_key, secret, name=f"{number}.bin", shape=(60, 80))
            for number, secret in enumerate(secrets)
        ]
        self._jobs = self._endless_jobs()
        self._job = next(self._jobs)

    def run(self, address: Address, stop: threading.Event) -> None:
        """Push until told to stop; a daemon that dies meanwhile is waited for."""
        while not stop.is_set():
            try:
                self._push_until_it_breaks(address, stop.is_set)
            except (UnderpaintError, OSError, EOFError):
                stop.wait(_PATIENCE)

    def _push_until_it_breaks(self, address: Address, is_over: Callable[[], bool]) -> None:
        client = RawClient(address, self._identity)
        try:
            client.connect()
            while not is_over():
                self._note(client.push(self._job.image, self._job.upload_id))
        finally:
            client.drop()

    def _note(self, answer: object) -> None:
        if isinstance(answer, Refusal):
            self.refusals.add(answer.code)
            return
        if not isinstance(answer, Receipt):
            self.faults.append(f"the server answered {answer!r}")
            return
        before = self.receipts.setdefault(self._job.upload_id, answer)
        if before != answer:
            self.faults.append(f"two receipts for one upload: {before} and {answer}")
        # Now and then a receipt counts as lost: the same upload is pushed once more.
        if self._random.random() > 0.2:
            self._job = next(self._jobs)

    def _endless_jobs(self) -> Iterator[Job]:
        while True:
            yield Job(self._random.choice(self._images))
