"""What `underpaint push` says when it is done: of one push in lines, of several in a table."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from underpaint_client.cli.output import (
    decibels,
    detection,
    detection_fields,
    finite,
    print_json,
    say,
    size,
    warn,
)
from underpaint_client.cli.tables import print_table
from underpaint_common.errors import ExitCode, SomeFailed, UnderpaintError

if TYPE_CHECKING:
    from underpaint_client.plans import Outcome


def report_one(outcome: Outcome, host: str, *, as_json: bool) -> ExitCode:
    """Say how a push ended; raise its error if it failed."""
    if outcome.error is not None:
        raise outcome.error
    _warn(outcome, "")
    if as_json:
        print_json(_pushed(outcome))
        return ExitCode.DONE
    receipt = outcome.receipt
    if receipt is None:
        raise RuntimeError("a push without error has a receipt")
    if outcome.resumed:
        say("went on with an upload that was interrupted")
    say(f"stored at {host} as {receipt.name} ({size(receipt.bytes)}), receipt {receipt.id}")
    stages = ", ".join(f"{stage} {value:.2f}" for stage, value in _seconds(outcome).items())
    report = receipt.report
    how = ""
    if report is not None:
        how = f", mode {report.mode}, PSNR {decibels(report.psnr_db)}, "
        how += detection(report.expected_error)
    say(f"sent {size(receipt.stego_bytes)}{how}; seconds: {stages}")
    return ExitCode.DONE


def report_many(outcomes: list[Outcome], host: str, *, as_json: bool) -> ExitCode:
    """Say how several ended; raise where some failed, or the reason why none was tried."""
    from underpaint_client.plans import Status
    from underpaint_common.errors import ConnectionFailed

    count = {status: sum(each.status is status for each in outcomes) for status in Status}
    failed = count[Status.FAILED] + count[Status.UNTRIED]
    errors = [each.error for each in outcomes if each.error is not None]
    if failed == len(outcomes) and all(isinstance(each, ConnectionFailed) for each in errors):
        raise errors[0]
    for outcome in outcomes:
        _warn(outcome, f"{outcome.label}: ")
    if as_json:
        print_json(
            {
                "stored": count[Status.STORED],
                "already": count[Status.ALREADY],
                "failed": failed,
                "pushes": [_entry(each) for each in outcomes],
            }
        )
        return ExitCode.SOME_FAILED if failed else ExitCode.DONE
    print_table([_HEAD, *map(_row, outcomes)], left=frozenset({0, 1, 2, 4}))
    for hint in dict.fromkeys(each.hint for each in errors if each.hint):
        say(f"hint: {hint}")
    say(
        f"{count[Status.STORED]} stored at {host}, {count[Status.ALREADY]} stored before, "
        f"{failed} failed"
    )
    if failed:
        raise SomeFailed(
            f"{failed} of {len(outcomes)} were not pushed",
            hint="run it again: it pushes what is missing",
        )
    return ExitCode.DONE


_HEAD = ("secret", "what became of it", "cover", "PSNR", "receipt")


def _row(outcome: Outcome) -> tuple[str, ...]:
    receipt = outcome.receipt
    report = None if receipt is None else receipt.report
    earlier = outcome.earlier
    ids = (receipt and receipt.id) or (earlier and earlier.id) or ""
    words: str = outcome.status
    if outcome.error is not None:
        words = f"{outcome.status}: {outcome.error.message}"
    elif earlier is not None:
        words = f"stored on {earlier.received_at[:10]}"
    elif receipt is None:
        words = "the same as another"
    elif outcome.resumed:
        words = "stored, resumed"
    psnr = "" if report is None else decibels(report.psnr_db)
    return outcome.label, words, str(outcome.cover or ""), psnr, ids


def _entry(outcome: Outcome) -> dict[str, Any]:
    receipt, earlier = outcome.receipt, outcome.earlier
    return {
        "secret": outcome.label,
        "outcome": outcome.status.value,
        "id": receipt.id if receipt else earlier.id if earlier else None,
        "received_at": receipt.received_at if receipt else earlier.received_at if earlier else None,
        "cover": None if outcome.cover is None else str(outcome.cover),
        "resumed": outcome.resumed,
        "push": None if receipt is None else _pushed(outcome),
        "error": None if outcome.error is None else _error(outcome.error),
    }


def _error(error: UnderpaintError) -> dict[str, Any]:
    return {
        "error": error.exit_code.name.lower(),
        "exit_code": int(error.exit_code),
        "message": error.message,
        "hint": error.hint,
    }


def _pushed(outcome: Outcome) -> dict[str, Any]:
    receipt, prepared = outcome.receipt, outcome.prepared
    if receipt is None or prepared is None:
        raise RuntimeError("nothing was pushed")
    report = receipt.report
    return {
        "id": receipt.id,
        "name": receipt.name,
        "media_type": receipt.media_type,
        "bytes": receipt.bytes,
        "sha256": receipt.sha256,
        "received_at": receipt.received_at,
        "stego_bytes": receipt.stego_bytes,
        "mode": report and report.mode,
        "form": report and report.form,
        "planes": report and report.planes,
        "payload_bytes": report and report.payload_bytes,
        "bits_per_sample": report and report.bits_per_sample,
        "psnr_db": report and finite(report.psnr_db),
        "change_rate": report and report.change_rate,
        **detection_fields(report.expected_error if report else None),
        "seconds": _seconds(outcome),
        "notices": prepared.notices,
        "warnings": report.warnings if report else (),
    }


def _seconds(outcome: Outcome) -> dict[str, float]:
    if outcome.receipt is None:
        return {}
    stages = dataclasses.asdict(outcome.receipt.seconds)
    return {stage: round(value, 4) for stage, value in stages.items()}


def _warn(outcome: Outcome, prefix: str) -> None:
    prepared = outcome.prepared
    if prepared is None:
        return
    warnings = prepared.report.warnings if prepared.report else ()
    for notice in (*prepared.notices, *warnings):
        warn(f"{prefix}{notice}")
