"""The options that say how a secret is hidden."""

from __future__ import annotations

from typing import TypedDict

import click

from underpaint_client import choices
from underpaint_client.cli.option_types import Setting, Whole


class Embedding(TypedDict):
    """How a secret is hidden: what `embedding` hands to a command."""

    mode: str
    planes: int | None
    form: str | None
    cost: str
    effort: int
    keep_metadata: bool


mode = click.option(
    "--mode",
    cls=Setting,
    type=click.Choice(choices.MODES),
    default="auto",
    show_default=True,
    help="How to embed: adaptive changes least, and where it shows least; planes is fast and takes "
    "as few bit planes as fit; classic writes the secret's pixels into the low planes in order.",
)
planes = click.option(
    "--planes",
    cls=Setting,
    type=Whole(1, 8),
    metavar="K",
    help="Bit planes: exactly K in classic, at most K in planes; in adaptive at most K bits per "
    "sample.",
)
cost = click.option(
    "--cost",
    cls=Setting,
    type=click.Choice(choices.COSTS),
    default="texture",
    show_default=True,
    help="What adaptive keeps small: texture, changes in smooth regions; flat, changes anywhere.",
)
effort = click.option(
    "--effort",
    cls=Setting,
    type=click.Choice(choices.EFFORTS),
    default=8,
    show_default=True,
    help="How hard adaptive searches; each step takes four times as long and gains less.",
)
form = click.option(
    "--form",
    cls=Setting,
    type=click.Choice(choices.FORMS),
    help="How the secret travels: file keeps its bytes (the default), compact its pixels in "
    "whatever coding is smallest, pixels their raw values (the default in classic).",
)
keep_metadata = click.option(
    "--keep-metadata",
    cls=Setting,
    is_flag=True,
    help="Keep the cover's EXIF data, which may tell place and time.",
)

ALL = (mode, planes, form, cost, effort, keep_metadata)
