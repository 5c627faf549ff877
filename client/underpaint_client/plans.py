"""What is to be pushed, looked at before anything is hidden: sizes, and what is done already."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from underpaint_client.destination import Destination
from underpaint_client.ledger import Ledger, Stored, mark_of
from underpaint_client.pending import PendingUploads
from underpaint_client.prepare import Prepared
from underpaint_client.receipts import PushReceipt
from underpaint_client.recipe import Recipe
from underpaint_client.sources import form_of, mode_of, secret_of
from underpaint_common.crypto import aead
from underpaint_common.errors import UnderpaintError, UsageError
from underpaint_common.payload import Form, Mode, SecretFile
from underpaint_common.payload.contents import Contents, encode_contents
from underpaint_common.payload.pixels import pixels_of
from underpaint_common.pictures import Limits


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to push.

    Attributes
    ----------
    label : str
        As the user knows it; unlike that of any other.
    source : Path or bytes
        The secret, or a stego image that was made earlier.
    """

    label: str
    source: Path | bytes


class Status(enum.StrEnum):
    """How a task ended."""

    STORED = "stored"
    ALREADY = "already"
    FAILED = "failed"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task.

    Attributes
    ----------
    label : str
        The task's.
    status : Status
        `ALREADY`: an earlier run has its receipt, or it is the same as another one here.
    prepared, receipt : Prepared, PushReceipt or None
        Of what was stored now; the first without its bytes.
    cover : Path or None
        The file that carries it, where that is known.
    resumed : bool
        Whether an earlier run had begun it.
    earlier : Stored or None
        The earlier receipt.
    error : UnderpaintError or None
        Why it failed or was not tried.
    """

    label: str
    status: Status
    prepared: Prepared | None = None
    receipt: PushReceipt | None = None
    cover: Path | None = None
    resumed: bool = False
    earlier: Stored | None = None
    error: UnderpaintError | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A task that is to be done.

    Attributes
    ----------
    task : Task
        What.
    recipe : Recipe
        What makes it the same push in another run.
    mark : bytes
        By which the ledger knows the secret.
    body_bytes : int
        What the cover has to hold.
    earlier : Stored or None
        The receipt that there was when it was planned.
    """

    task: Task
    recipe: Recipe
    mark: bytes
    body_bytes: int
    earlier: Stored | None = None


@dataclass(frozen=True, slots=True)
class How:
    """How everything is pushed.

    Attributes
    ----------
    mode, planes, form, cost, effort, keep_metadata
        As in `underpaint_client.hide`.
    limits : Limits
        How much each file may ask for.
    cover : bytes
        Digest of the named cover's file; empty where any cover will do.
    prepared : bool
        Whether the sources are stego images that were made earlier.
    again : bool
        Whether what is stored already is pushed once more.
    """

    mode: str
    planes: int | None
    form: str | None
    cost: str
    effort: int
    keep_metadata: bool
    limits: Limits
    cover: bytes = b""
    prepared: bool = False
    again: bool = False

    @property
    def options(self) -> tuple[object, ...]:
        """What makes one push another one, beside secret and cover."""
        if self.prepared:
            return ("prepared",)
        return (self.mode, self.planes, self.form, self.cost, self.effort, self.keep_metadata)


def look(
    tasks: Sequence[Task],
    how: How,
    destination: Destination,
    ledger: Ledger | None,
    pending: PendingUploads,
) -> tuple[list[Plan], list[Outcome]]:
    """Read every secret once, one at a time; return what is to be done, and what is not.

    Plans come with the largest first, which has the least choice of covers.

    Parameters
    ----------
    tasks : sequence of Task
        All of them.
    how : How
        How they are pushed.
    destination : Destination
        Where to.
    ledger : Ledger, optional
        What is stored already.
    pending : PendingUploads
        Where an upload may still lie whose receipt was the last that was noted.
    """
    plans: dict[str, Plan] = {}
    outcomes = []
    for task in tasks:
        try:
            plan = plan_of(task, how, destination)
            earlier = None if ledger is None else ledger.stored(plan.mark)
        except UnderpaintError as error:
            outcomes.append(Outcome(task.label, Status.FAILED, error=error))
            continue
        is_done = earlier is not None and not how.again
        if is_done:
            pending.drop(plan.recipe)
        if plan.recipe.digest in plans:
            outcomes.append(Outcome(task.label, Status.ALREADY))
        elif is_done:
            outcomes.append(Outcome(task.label, Status.ALREADY, earlier=earlier))
        else:
            plans[plan.recipe.digest] = replace(plan, earlier=earlier)
    return sorted(plans.values(), key=lambda plan: -plan.body_bytes), outcomes


def plan_of(task: Task, how: How, destination: Destination) -> Plan:
    """Read what is to be pushed, and say what the push is made of."""
    source = secret_of(task.source, limits=how.limits)
    body = 0 if how.prepared else _body_bytes(source, how)
    recipe = Recipe.of(destination, source, how.cover, how.options)
    return Plan(task, recipe, mark_of(destination, source), body)


def secret_as_planned(plan: Plan, how: How, destination: Destination) -> SecretFile:
    """Read a secret for the second time.

    Raises
    ------
    UsageError
        It is another one by now.
    """
    secret = secret_of(plan.task.source, limits=how.limits)
    if mark_of(destination, secret) != plan.mark:
        raise UsageError(
            f"{plan.task.label} was changed while it was being pushed", hint="push it again"
        )
    return secret


def _body_bytes(secret: SecretFile, how: How) -> int:
    """Return the length of the sealed body; compact forms are at most as long as the file."""
    form = form_of(how.form)
    if form is Form.PIXELS or (form is None and mode_of(how.mode) is Mode.CLASSIC):
        contents = pixels_of(secret.data, secret.name, how.limits)
    else:
        contents = Contents(Form.FILE, secret.name, secret.media_type, secret.data)
    return aead.sealed_length(len(encode_contents(contents)))
