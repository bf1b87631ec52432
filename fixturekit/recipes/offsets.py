"""The grammar of clocks and offsets: ``2026-11-20T09:00:00Z`` and ``-3 days``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2})(?P<seconds>:\d{2})?(?P<fraction>\.\d{1,6})?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})",
    re.ASCII,
)
_PART = re.compile(r"\s*(?P<sign>[+-]?)\s*(?P<number>\d{1,12})\s*(?P<unit>[a-z]+)\s*", re.ASCII)
_UNITS = ("seconds", "minutes", "hours", "days", "weeks")


def parse_now(text: str) -> datetime:
    """Read a date and time with its zone, such as ``2026-11-20T09:00:00Z`` or ``2026-11-20 09:00+02:00``.

    Python's own ``fromisoformat`` accepts other spellings in each version; a committed file may not depend on that.

    Returns:
        An aware datetime in the zone that is written.

    Raises:
        ValueError: The text is no moment, or one without a zone.
    """
    match = _MOMENT.fullmatch(text)
    if match is None or (match["fraction"] and not match["seconds"]):
        raise ValueError(f"{text!r} is not a date and time with zone such as 2026-11-20T09:00:00Z")
    fraction = match["fraction"] or ""
    zone = "+00:00" if match["zone"] == "Z" else match["zone"]
    digits = f"{fraction:0<7}" if fraction else ""
    written = f"{match['day']}T{match['time']}{match['seconds'] or ':00'}{digits}{zone}"
    try:
        moment = datetime.fromisoformat(written)
        moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not a date and time that exists ({error})") from error
    return moment


def parse_offset(text: str) -> timedelta:
    """Read a distance in time, such as ``-3 days`` or ``1 week 2 hours``; empty text is no distance.

    Units are seconds, minutes, hours, days and weeks. A sign holds for the parts behind it too, as in speech:
    ``-1 day 2 hours`` is 26 hours back.

    Raises:
        ValueError: The text is no distance, or one beyond what a ``timedelta`` holds.
    """
    total = timedelta()
    sign = 1
    position = 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            raise ValueError(f"{text!r} is not a distance in time such as '-3 days' or '1 week 2 hours'")
        if part["sign"]:
            sign = -1 if part["sign"] == "-" else 1
        try:
            total += _length(sign * int(part["number"]), part["unit"], text)
        except OverflowError as error:
            raise ValueError(f"{text!r} is further away than dates go") from error
        position = part.end()
    return total


def _length(number: int, unit: str, text: str) -> timedelta:
    name = unit if unit.endswith("s") else f"{unit}s"
    if name in ("months", "years"):
        raise ValueError(f"{text!r} counts in {name}, which have no fixed length: write days")
    if name not in _UNITS:
        raise ValueError(f"{text!r} has the unknown unit {unit!r}: use {', '.join(_UNITS)}")
    return timedelta(**{name: number})
