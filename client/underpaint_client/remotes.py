"""Servers by name: the remotes in the configuration file, and what `--to` may say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from underpaint_client.configuration import (
    REMOTE_NAME,
    Configuration,
    edit,
    load_configuration,
    parse_configuration,
)
from underpaint_client.places import configuration_path
from underpaint_client.yaml_edit import with_value, without_value
from underpaint_common.errors import UsageError
from underpaint_common.settings import did_you_mean
from underpaint_common.wire import Address

_KEY_PREFIX = "upub_"


class Remotes:
    """The named servers of one configuration file.

    Parameters
    ----------
    path : Path, optional
        The file; it need not exist. By default `places.configuration_path`.

    Raises
    ------
    UsageError
        From every method: the file says something that is not understood.
    LocalFileError
        From every method: it cannot be read or written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = configuration_path() if path is None else path

    def all(self) -> dict[str, Address]:
        """Return every remote's address by its name, in the order of the file."""
        return self._all_in(self._configuration())

    def default(self) -> str | None:
        """Return what is pushed to where nothing is named: `to`, or the only remote there is."""
        return _default_of(self._configuration())

    def add(
        self,
        name: str,
        address: Address | str,
        *,
        replace: bool = False,
        as_default: bool = False,
    ) -> None:
        """Save a server under a name.

        Parameters
        ----------
        name : str
            Letters, digits, dots, hyphens and underscores, 64 at most.
        address : Address or str
            Its address line.
        replace : bool
            Whether the name may have stood for another address. The same address may always be
            saved again.
        as_default : bool
            Whether it becomes the one that is pushed to where none is named.

        Raises
        ------
        UsageError
            The name or the address is malformed, or the name is taken.
        """
        _check_name(name)
        address = address if isinstance(address, Address) else Address.parse(address)

        def change(text: str) -> str:
            configuration = self._parse(text)
            there = configuration.remotes.get(name)
            if there not in (None, str(address)) and not replace:
                raise UsageError(
                    f"the remote {name} exists already: {there}",
                    hint="choose another name, or replace it with --force",
                )
            if there != str(address):
                text = with_value(text, ("remotes", name), str(address))
            if as_default and configuration.to != name:
                text = with_value(text, ("to",), name)
            return text

        edit(self.path, change)

    def add_by(self, choose: Callable[[dict[str, Address]], str], address: Address) -> str:
        """Save a server under a name that is chosen for it, and return that.

        Parameters
        ----------
        choose : callable
            Returns the name, given the remotes that there are: one that is free, or this
            server's already. It may be asked more than once.
        address : Address
            The server.
        """
        name = ""

        def change(text: str) -> str:
            nonlocal name
            saved = self._all_in(self._parse(text))
            name = choose(saved)
            if saved.get(name) == address:
                return text
            return with_value(text, ("remotes", name), str(address))

        edit(self.path, change)
        return name

    def remove(self, name: str) -> bool:
        """Forget a server; return whether it was the default, which is then forgotten too.

        Raises
        ------
        UsageError
            There is no such remote.
        """

        def change(text: str) -> str:
            configuration = self._parse(text)
            if name not in configuration.remotes:
                raise self._unknown(name, configuration)
            if configuration.to == name:
                text = without_value(text, ("to",))
            return without_value(text, ("remotes", name))

        return _default_of(self._parse(edit(self.path, change))) == name

    def set_default(self, name: str | None) -> None:
        """Make a remote the one that is pushed to where none is named, or none of them."""

        def change(text: str) -> str:
            configuration = self._parse(text)
            if name is not None and name not in configuration.remotes:
                raise self._unknown(name, configuration)
            if configuration.to == name:
                return text
            return without_value(text, ("to",)) if name is None else with_value(text, ("to",), name)

        edit(self.path, change)

    def resolve(self, named: str | None) -> Address:
        """Return the server that is meant: by an address, by a remote's name, or by default.

        Raises
        ------
        UsageError
            There is no such remote, or nothing is named and there is no default.
        """
        named = named or self.default()
        if named is None:
            raise self._nothing_named()
        if "://" in named:
            return Address.parse(named)
        configuration = self._configuration()
        if named not in configuration.remotes:
            raise self._unknown(named, configuration)
        return self._parsed(named, configuration.remotes[named])

    def public_key(self, named: str) -> bytes:
        """Return the key of a server, named as for `resolve`, or in a public key's own text."""
        if named.strip().lower().startswith(_KEY_PREFIX):
            from underpaint_common.crypto import keytext

            return keytext.decode(keytext.KeyKind.PUBLIC, named)
        return self.resolve(named).server_key

    def _configuration(self) -> Configuration:
        return load_configuration(self.path)

    def _parse(self, text: str) -> Configuration:
        return parse_configuration(text, source=str(self.path))

    def _all_in(self, configuration: Configuration) -> dict[str, Address]:
        return {name: self._parsed(name, line) for name, line in configuration.remotes.items()}

    def _parsed(self, name: str, line: str) -> Address:
        try:
            return Address.parse(line)
        except UsageError as error:
            raise UsageError(
                f"{self.path}: remotes.{name}: {error.message}", hint=error.hint
            ) from error

    def _unknown(self, name: str, configuration: Configuration) -> UsageError:
        if configuration.remotes:
            hint = did_you_mean(name, configuration.remotes)
        else:
            hint = (
                "give an address, underpaint://HOST:PORT/#KEY, or save one: underpaint remote add"
            )
        return UsageError(f"there is no remote {name} in {self.path}", hint=hint)

    def _nothing_named(self) -> UsageError:
        names = ", ".join(self._configuration().remotes)
        if names:
            return UsageError(
                f"there are several remotes ({names}) and no default",
                hint="name one with --to, or choose: underpaint config set to NAME",
            )
        return UsageError(
            "no server is named",
            hint="give its address with --to, or save it: underpaint remote add NAME ADDRESS",
        )


def _default_of(configuration: Configuration) -> str | None:
    names = list(configuration.remotes)
    return configuration.to or (names[0] if len(names) == 1 else None)


def _check_name(name: str) -> None:
    if not REMOTE_NAME.fullmatch(name) or name.lower().startswith(_KEY_PREFIX):
        raise UsageError(
            f"{name!r} cannot name a remote",
            hint="use letters, digits, dots, hyphens and underscores, beginning with "
            "a letter or digit",
        )
