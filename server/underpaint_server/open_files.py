"""The system's limit of open files, which bounds how many connections there can be."""

from __future__ import annotations

import resource

from underpaint_common.errors import UsageError
from underpaint_server.limits import Limits

_OWN_FILES = 64


def make_room_for(limits: Limits) -> None:
    """Raise the soft limit of open files to the hard one, and compare it with the configuration.

    Raises
    ------
    UsageError
        So many connections cannot be held.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # A connection's socket, and the spool file of its upload; those that come, and that go.
    needed = 2 * (limits.connections + limits.half_open) + _OWN_FILES
    if hard != resource.RLIM_INFINITY and needed > hard:
        raise UsageError(
            f"limits.connections: {limits.connections} connections need {needed} open files, "
            f"and the system allows {hard}",
            hint="configure fewer, or raise the limit (LimitNOFILE= in a systemd unit)",
        )
