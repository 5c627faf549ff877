"""The demonstration: a whole push on one machine, from drawn images to a contact sheet."""
