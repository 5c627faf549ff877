"""Classical detectors of replacement in the lowest bit plane: what a steganalyst tries first.

Each reads one channel and returns the share of samples that it takes to bear payload, 0 to 1.
They see replacement because it only ever swaps 2k with 2k + 1; matching, which moves either
way, looks to them like an untouched picture.
"""
