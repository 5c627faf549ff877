"""YAML in which a number is what people take it for.

YAML 1.1 reads 010 as eight, 1:30 as ninety and 1_0 as ten. A configuration means none of them.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml

_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
_SHOWN_CHARACTERS = 20


class NumberError(ValueError):
    """A number is not written in decimal, or is too long to be meant."""


class DecimalLoader(yaml.SafeLoader):
    """A safe loader that refuses other spellings of numbers."""

    def construct_decimal(self, node: yaml.ScalarNode) -> int | float:
        """Return a number.

        Raises
        ------
        NumberError
            It could be taken for another one.
        """
        text = str(node.value)
        if not (_DECIMAL.fullmatch(text) or _NO_NUMBER.fullmatch(text)):
            shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
            raise NumberError(f"{shown} in line {node.start_mark.line + 1} is no plain number")
        integer = node.tag.endswith(":int")
        return int(text) if integer else self.construct_yaml_float(node)

    yaml_constructors: ClassVar[Any] = {
        **yaml.SafeLoader.yaml_constructors,
        "tag:yaml.org,2002:int": construct_decimal,
        "tag:yaml.org,2002:float": construct_decimal,
    }
