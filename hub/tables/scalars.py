"""Single values as text that gives them back exactly, whatever the database.

One letter tells the type. A database column of a number type would round:
SQLite has no decimals, JSON no bytes, and doubles cannot hold every int64.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from hub.tables.description import Scalar

_DECODE: dict[str, Callable[[str], Scalar]] = {
    "t": lambda text: text == "1",
    "i": int,
    "f": float.fromhex,
    "m": Decimal,
    "s": json.loads,
    "b": bytes.fromhex,
    "d": date.fromisoformat,
    "z": datetime.fromisoformat,
}


def encode_scalar(value: Scalar | None) -> str | None:
    """Return a value as text with a type letter in front; null stays null.

    Raises
    ------
    TypeError
        The value has another type than those of `Scalar`, such as one of NumPy.
    """
    # bool is a subclass of int, and datetime one of date: the special type comes first.
    match value:
        case None:
            return None
        case bool():
            return f"t{int(value)}"
        case int():
            return f"i{value}"
        case float():
            return f"f{value.hex()}"
        case Decimal():
            return f"m{value}"
        case str():
            return f"s{json.dumps(value)}"
        case bytes():
            return f"b{value.hex()}"
        case datetime():
            return f"z{value.isoformat()}"
        case date():
            return f"d{value.isoformat()}"
        case _:
            raise TypeError(f"A {type(value).__name__} cannot be kept as a statistic.")


def decode_scalar(text: str | None) -> Scalar | None:
    """Return the value that `encode_scalar` made the text of."""
    return None if text is None else _DECODE[text[0]](text[1:])
