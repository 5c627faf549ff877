"""Classical detectors of replacement in the lowest bit plane: what a steganalyst tries first.

Each reads one channel, an array of shape (height, width):

==================================  ==================================================
``chi_square.chi_square``           probability that all of it bears payload
``chi_square.chi_square_prefixes``  the same for growing beginnings
``rs.rs``                           share of samples that bear payload, good to 75 %
``sample_pairs.sample_pairs``       the same, good to 100 %
``weighted_stego.weighted_stego``   the same, good to 100 %
``readings.read_channels``          all of them, for every channel of a picture
``verdict.judge``                   what those readings amount to
==================================  ==================================================

They see replacement because it only ever swaps 2k with 2k + 1; matching, which moves either
way, looks to them like an untouched picture. The three estimators return a share, 0 to 1, or
with ``bounded=False`` the estimate as it falls. Nothing read by a classical detector proves that
a picture is clean: trained ones see more.
"""
