"""The numpy core: sample arrays in, sample arrays out; no files, no Pillow, no keys.

Randomness is handed in as a `ByteStream`; what it is derived from is the caller's matter.
"""
