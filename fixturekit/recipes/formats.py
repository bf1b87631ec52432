"""The formats of ``!seq``: text around ``{n}``, with a format specification of whole numbers at most."""

from __future__ import annotations

import re
import string

# Fill and alignment, sign, base prefix, zeros, a width of three digits, grouping, base: whatever is left of
# Python's grammar either is for other types, depends on the machine's locale, or builds huge texts.
_SPECIFICATION = re.compile(r"(?:[^{}]?[<>=^])?[-+ ]?#?0?[0-9]{0,3}[,_]?[bdoxX]?")


def check_sequence(text: str) -> None:
    """Make sure that ``text.format(n=...)`` is harmless, works, and differs from row to row.

    Raises:
        ValueError: The format names something else than ``n``, looks inside it, or does not name it at all.
    """
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"the format {text!r} is not well formed ({error})") from error
    names = [
        (name, specification or "", conversion) for _, name, specification, conversion in parts if name is not None
    ]
    if not names:
        raise ValueError(f"the format {text!r} gives the same text for every row, it has no {{n}}")
    for name, specification, conversion in names:
        if name != "n" or conversion:
            raise ValueError(f"the format {text!r} may hold {{n}} only, not {{{name}{'!' if conversion else ''}}}")
        if not _SPECIFICATION.fullmatch(specification):
            raise ValueError(
                f"the format {text!r} has the specification {specification!r}, which is not for row numbers"
            )
    try:
        text.format(n=1)
    except ValueError as error:
        raise ValueError(f"the format {text!r} cannot be used ({error})") from error
