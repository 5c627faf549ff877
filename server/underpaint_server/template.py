"""The configuration that `init` writes: every line that there is, with its default.

`config/server.example.yaml` is this text with the defaults of host and address.
"""

TEMPLATE = """\
# Configuration of underpaintd. It is only read; what changes lies in the state folder.
# Sizes take B, kB, MB, GB, KiB, MiB, GiB; times take ms, s, min, h, d; pixels take MP.
# After a change: kill -HUP. What it cannot change in a running daemon is logged.

# Where connections are accepted. 0.0.0.0 is every IPv4 address of this host, [::] every IPv6.
listen: "{listen}"

# The name under which clients reach this host: it stands in the address line.
host: "{host}"

# Identity, allowed clients, catalog and inbox. A relative path starts from this file's folder.
state: state

# What is kept of an upload: secret, stego (the image that carried it), or both.
keep: secret

log_level: info    # debug, info, warning or error
log_format: text   # text for people, json for programs

# Prometheus metrics at /metrics, and /healthz and /readyz, for whoever can reach this address.
# Without this line nothing is shown to anybody.
{metrics}

# A command that is run for each received image: its path is the last argument, what is known
# of it comes as JSON on standard input. Without this line nothing is run.
# on_received: [/usr/local/bin/received]

limits:
  connections: 1024          # of authenticated clients, at the same time
  half_open: 128             # not yet authenticated; the oldest of the busiest address gives way
  failed_handshakes: 60      # a minute from one address or IPv6 /64; beyond, not looked at
  connections_per_client: 64 # of one client, at the same time
  uploads_per_client: 16     # at the same time
  upload_bytes: 256 MiB      # of one stego image
  record_bytes: 256 KiB      # of a record of it, 4 KiB to 256 KiB; clients are told
  secret_bytes: 256 MiB      # of what is hidden in one
  pixels: 128 MP             # of one stego image, checked before it is decoded
  # image_jobs: 1            # images worked on at the same time; default: all processors but one
  file_jobs: 4               # jobs that wait for the disk, at the same time
  hook_jobs: 4               # commands of on_received, at the same time
  receive_buffers: 64 MiB    # of what is received and not yet on disk, all connections together
  spool_bytes: 16 GiB        # of stego images that are not complete, all clients together
  spool_ttl: 24 h            # an interrupted upload can be resumed for so long
  client_bytes: 64 GiB       # kept of one client
  min_free: 256 MiB          # of the disk: nothing is received that would leave less
  handshake_timeout: 5 s     # who is not authenticated by then, or is refused, is closed then
  transfer_timeout: 30 s     # an upload may stand still, and one record take, for so long
  idle_timeout: 5 min        # a connection without an upload may stay for so long
  hook_timeout: 60 s         # a command of on_received may run for so long
  shutdown_timeout: 8 s      # uploads in progress may finish within it
"""
