"""The store of a configuration, opened for a command while a daemon may be running on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_server.catalog import Catalog, CatalogFailed, Entry
from underpaint_server.config import Config
from underpaint_server.file_store import FileStore
from underpaint_server.inbox import Inbox
from underpaint_server.sqlite_catalog import SqliteCatalog
from underpaint_server.state import StateFolder
from underpaint_server.store import Store


@dataclass(frozen=True, slots=True)
class OpenStore:
    """What commands work on."""

    state: StateFolder
    identity: Identity
    store: Store
    catalog: Catalog
    inbox: Inbox

    def entry(self, id_: str) -> Entry:
        """Return the entry of an id.

        Raises
        ------
        UsageError
            There is none.
        """
        entry = self.catalog.get(id_)
        if entry is None:
            raise UsageError(
                f"nothing was received as {id_}", hint="underpaintd list shows the ids"
            )
        return entry


@contextlib.contextmanager
def opened(config: Config) -> Iterator[OpenStore]:
    """Open store and catalog for a command.

    Raises
    ------
    LocalFileError
        There is no state folder, or its catalog cannot be used.
    """
    state = StateFolder(config.state)
    identity = state.load_identity()
    store = FileStore(state.inbox, state.incoming)
    with contextlib.closing(SqliteCatalog.open(state.catalog)) as catalog:
        try:
            yield OpenStore(state, identity, store, catalog, Inbox(store, catalog, config.keep))
        except CatalogFailed as error:
            raise LocalFileError(f"cannot use {state.catalog}: {error}") from error
