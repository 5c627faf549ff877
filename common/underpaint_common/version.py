"""The version of the distribution, in the one place that packaging and commands read."""

__version__ = "0.1.0"
