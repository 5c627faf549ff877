"""The operator's command: what becomes of it is told, also of one that the daemon's end ends."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.server.uploading import until

from underpaint_server.catalog import Entry
from underpaint_server.hook import Hook
from underpaint_server.limits import Limits


def hook_for(command: list[str]) -> Hook:
    live: Any = SimpleNamespace(
        config=SimpleNamespace(on_received=tuple(command)), limits=lambda: Limits(hook_jobs=1)
    )
    store: Any = SimpleNamespace(where=lambda place: place)
    return Hook(live, store)


def entry(id_: str) -> Entry:
    return Entry(id_, "alice", b"k" * 32, b"u" * 16, "n", "m", 1, b"s", "t", "alice/n", 2, b"d")


def test_a_command_is_told_of_names_that_are_no_text(tmp_path: Path) -> None:
    told = tmp_path / "told"

    async def scenario() -> None:
        hook = hook_for(["/bin/sh", "-c", 'cat > "$0.part" && mv "$0.part" "$0"', str(told)])
        hook.received(replace(entry("id"), place=os.fsdecode(b"alice/\xff.png")))
        await until(told.exists)
        await hook.finish(60)

    asyncio.run(scenario())
    assert os.fsencode(json.loads(told.read_bytes())["path"]) == b"alice/\xff.png"


def test_commands_that_do_not_end_with_the_daemon_have_failed(
    tmp_path: Path, events: list[dict[str, Any]]
) -> None:
    started = tmp_path / "started"

    async def scenario() -> None:
        hook = hook_for(["/bin/sh", "-c", 'touch "$0"; exec sleep 600', str(started)])
        for id_ in ("running", "in line"):
            hook.received(entry(id_))
        await until(started.exists)
        await hook.finish(0)

    asyncio.run(scenario())
    assert sorted(events, key=lambda each: each["id"]) == [
        {"event": "hook_failed", "id": id_, "reason": "shutting down"}
        for id_ in ("in line", "running")
    ]


def test_commands_that_end_in_time_have_not(events: list[dict[str, Any]]) -> None:
    async def scenario() -> None:
        hook = hook_for(["/bin/sh", "-c", "cat >/dev/null"])
        for id_ in ("1", "2"):
            hook.received(entry(id_))
        await hook.finish(60)

    asyncio.run(scenario())
    assert events == [{"event": "hook_done", "id": id_} for id_ in ("1", "2")]
