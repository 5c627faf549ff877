"""Keys and ciphers: sealing, key derivation, identities and the Noise handshake.

Nothing here knows a socket or an image. Errors of the cryptographic library are turned
into our own at this room's door.
"""
