"""All targets."""

from __future__ import annotations

from tests.fuzz import container_targets, wire_targets
from tests.fuzz.target import Target


def targets() -> dict[str, Target]:
    """Return all targets by name."""
    made = (*wire_targets.targets(), *container_targets.targets())
    return {target.name: target for target in made}
