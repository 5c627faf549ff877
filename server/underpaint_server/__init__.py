"""The daemon that receives stego images, finds what is hidden in them, and keeps it."""
