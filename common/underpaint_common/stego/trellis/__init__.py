"""Syndrome-trellis codes: message bits as the syndrome of cover bits, at the least cost.

After Filler, Judas and Fridrich, Minimizing additive distortion in steganography using
syndrome-trellis codes (2011). Many independent lanes are coded side by side, which is what makes
plain numpy fast; extraction is a few exclusive-ors, on integers alone.
"""
