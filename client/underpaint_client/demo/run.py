"""The demo's course: draw, serve, push, compare, and show."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from underpaint_client.demo.daemon import Daemon, daemon, run, run_json
from underpaint_client.demo.landscape import landscape
from underpaint_client.demo.sheet import Panel, contact_sheet, difference, placard, viewable
from underpaint_client.demo.treasure_map import treasure_map
from underpaint_common.errors import Damaged, LocalFileError, UnusableImage, reason_of
from underpaint_common.files import write_atomically
from underpaint_common.pictures import picture_from_array, read_picture, write_picture

CLIENT, SERVER = "underpaint_client", "underpaint_server"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo did.

    Attributes
    ----------
    cover, secret, stego, arrived, sheet : Path
        The files, all but one's own cover and secret in the output folder.
    push : dict
        What ``underpaint push --json`` printed.
    listed : dict
        The entry of ``underpaintd list --json``.
    """

    cover: Path
    secret: Path
    stego: Path
    arrived: Path
    sheet: Path
    push: dict[str, Any]
    listed: dict[str, Any]


def run_demo(
    folder: Path, cover: Path | None, secret: Path | None, tell: Callable[[str], None]
) -> Outcome:
    """Push a secret through a daemon started for it, and check that it arrived exact.

    Parameters
    ----------
    folder : Path
        Where the pictures go; made if missing, earlier ones are replaced.
    cover, secret : Path, optional
        The user's own files; drawn if not given.
    tell : callable
        Is told each step.

    Raises
    ------
    Damaged
        What arrived is not the secret.
    UnderpaintError
        A step failed; the daemon is stopped in any case.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalFileError(f"cannot make the folder {folder}: {reason_of(error)}") from error
    cover = cover or _draw_cover(folder, tell)
    secret = secret or _draw_secret(folder, tell)
    stego = folder / "stego.png"
    with tempfile.TemporaryDirectory(prefix="underpaint-demo-") as temporary:
        base = Path(temporary)
        identity = base / "client.key"
        config = _set_up(base, identity, tell)
        with daemon(config) as served:
            tell(f"underpaint push {secret} --cover {cover} --to {served.address}")
            tell("(hiding with the least harm may take a minute)")
            pushed = _push(served, secret, cover, identity, stego)
            listed = _listed(served, pushed["id"])
            arrived = folder / f"arrived{Path(listed['path']).suffix}"
            shutil.copyfile(listed["path"], arrived)
    tell("the daemon stopped cleanly")
    _compare(secret, arrived)
    tell("drawing the contact sheet")
    sheet = folder / "contact-sheet.png"
    outcome = Outcome(cover, secret, stego, arrived, sheet, pushed, listed)
    _draw_sheet(outcome)
    return outcome


def _draw_cover(folder: Path, tell: Callable[[str], None]) -> Path:
    tell("drawing a cover of 12 megapixels")
    path = folder / "cover.png"
    write_picture(picture_from_array(landscape()), path, overwrite=True)
    return path


def _draw_secret(folder: Path, tell: Callable[[str], None]) -> Path:
    tell("drawing a secret")
    path = folder / "secret.png"
    write_atomically(path, [treasure_map()], overwrite=True)
    return path


def _set_up(base: Path, identity: Path, tell: Callable[[str], None]) -> Path:
    """Make both identities and introduce the client to the server; return the configuration."""
    home = base / "server"
    config = home / "server.yaml"
    tell("underpaintd init, underpaint keygen, underpaintd allow, underpaintd serve")
    run(SERVER, "init", home)
    made = run_json(CLIENT, "keygen", "--identity", identity)
    run(SERVER, "allow", "demo", made["public_key"], "--config", config)
    return config


def _push(served: Daemon, secret: Path, cover: Path, identity: Path, stego: Path) -> dict[str, Any]:
    pushed: dict[str, Any] = run_json(
        CLIENT,
        *("push", secret, "--cover", cover, "--to", served.address, "--identity", identity),
        *("--keep-stego", stego, "--force"),
        state=identity.parent / "state",
    )
    return pushed


def _listed(served: Daemon, receipt_id: str) -> dict[str, Any]:
    entries: list[dict[str, Any]] = run_json(SERVER, "list", "--config", served.config)
    for entry in entries:
        if entry["id"] == receipt_id:
            return entry
    raise Damaged(f"the server gave the receipt {receipt_id} and does not list it")


def _compare(secret: Path, arrived: Path) -> None:
    if secret.read_bytes() != arrived.read_bytes():
        raise Damaged(f"{arrived} is not byte for byte {secret}")


def _shown(path: Path) -> Image.Image:
    """Return the picture in a file, or its name: a secret need not be of a kind we can draw."""
    try:
        return viewable(read_picture(path))
    except UnusableImage:
        return placard(f"{path.name} (cannot be drawn here)")


def _draw_sheet(outcome: Outcome) -> None:
    cover, stego = read_picture(outcome.cover), read_picture(outcome.stego)
    changes = difference(cover, stego)
    part = "the middle pixel by pixel" if changes.is_part else "pixel by pixel"
    psnr = outcome.push["psnr_db"]
    quality = "unchanged" if psnr is None else f"PSNR {psnr:.1f} dB"
    size = f"{cover.width} by {cover.height}, {outcome.cover.stat().st_size / 1e6:.1f} MB"
    stego_size = outcome.stego.stat().st_size / 1e6
    bytes_count = f"{outcome.secret.stat().st_size:,} bytes"
    rate = 100 * outcome.push["change_rate"]
    contact_sheet(
        (
            Panel(viewable(cover), "cover", size),
            Panel(viewable(stego), "stego image", f"{quality}, {stego_size:.1f} MB"),
            Panel(
                changes.image,
                f"difference: {part}",
                f"amplified {changes.amplification:,} times; {rate:.2f} % of all samples moved",
            ),
            Panel(_shown(outcome.secret), "secret", bytes_count),
            Panel(_shown(outcome.arrived), "what arrived", "the same, byte for byte"),
        ),
        outcome.sheet,
        "Underpaint: one image beneath another",
    )
