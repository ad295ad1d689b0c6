"""Write the output manifest: the line as it was, with keys added."""

import json
from collections.abc import Mapping
from typing import Any


def augment(text: str, fields: Mapping[str, Any]) -> str:
    """The line `text` with `fields` added to its object.

    What stands in the line stays byte for byte: the new keys are spliced in before the closing brace. Only
    where a key stands already, in a chained job, is its value replaced and the line written anew.
    """
    present = json.loads(text)
    body = text.rstrip()
    if not present:
        return _compact(fields)
    if any(name in present for name in fields):
        # Numbers keep their digits: 1.10 must not become 1.1 in somebody else's value.
        exact = json.loads(text, parse_float=_Digits, parse_int=_Digits)
        return _compact({**exact, **fields})
    return f"{body[:-1].rstrip()},{_compact(fields)[1:]}"


class _Digits(float):
    """A number that is written as it was read."""

    def __new__(cls, digits: str) -> "_Digits":
        number = super().__new__(cls, digits)
        number.digits = digits
        return number

    digits: str

    def __repr__(self) -> str:
        return self.digits


def _compact(value: Any) -> str:
    if isinstance(value, _Digits):
        return value.digits
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(k), ensure_ascii=False)}:{_compact(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_compact(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
