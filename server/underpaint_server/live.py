"""The configuration as it is at this moment: SIGHUP replaces it while everything runs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from underpaint_server.config import Config, load_config
from underpaint_server.limits import Limits
from underpaint_server.open_files import make_room_for

_RELOADABLE = ("limits", "log_level", "log_format", "on_received")


class Live:
    """What everyone asks who obeys a bound.

    Parameters
    ----------
    config : Config
        As the daemon starts with it.
    source : Path, optional
        The file that it was read from, and is read from again.
    """

    def __init__(self, config: Config, source: Path | None = None) -> None:
        self.config = config
        self._source = source
        self._as_read = config if source is None else load_config(source)

    def limits(self) -> Limits:
        """Return the bounds of this moment."""
        return self.config.limits

    def reload(self) -> list[str]:
        """Read the file again; return the names of changed lines that a restart needs.

        Raises
        ------
        LocalFileError, UsageError
            The file is broken; the configuration stays as it was.
        """
        if self._source is None:
            return []
        new = load_config(self._source)
        make_room_for(new.limits)
        before, self._as_read = self._as_read, new
        self.config = msgspec.structs.replace(
            self.config, **{name: getattr(new, name) for name in _RELOADABLE}
        )
        return [
            name
            for name in Config.__struct_fields__
            if name not in _RELOADABLE and getattr(before, name) != getattr(new, name)
        ]
