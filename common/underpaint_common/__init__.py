"""What client and server agree on: the protocol, the container and the numpy core."""

from underpaint_common.version import __version__ as __version__
