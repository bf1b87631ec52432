"""Text in Latin letters without accents, as addresses and slugs want it. Engine 1, frozen.

What Unicode cannot take apart stands in the pools named ``romanised``: the words of a locale that has another script,
the umlauts of German, letters such as ``ß`` and ``ø``. What stands nowhere is left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from fixturekit.values.pools import pairs

_FIRST_OF_OTHER_SCRIPTS = "\u2e80"  # from here on words are not separated by blanks
_NO_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def romanised(text: str, locale: str) -> str:
    """Return a text in ASCII: ``romanised("Zoë Müller", "de_DE")`` is ``"Zoe Mueller"``."""
    if text.isascii():
        return text
    spellings, found = _spellings(locale)
    spelled = found.sub(lambda match: spellings[match.group()], unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


@lru_cache(maxsize=4096)
def words(text: str, locale: str, joined_by: str = "-") -> str:
    """Return the lower-case words of a text in ASCII: ``"Anna & Zoë"`` is ``"anna-zoe"``. Empty if there are none."""
    return _NO_WORD.sub(joined_by, romanised(text, locale).lower()).strip(joined_by)


@cache
def _spellings(locale: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """How what Unicode cannot take apart is spelled, and the pattern that finds it, the longest first."""
    known = pairs(locale, "letters") | pairs(locale, "romanised")
    known = {text: _apart(text, spelled) for text, spelled in known.items()}
    return known, re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))


def _apart(text: str, spelled: str) -> str:
    return f" {spelled} " if text[0] >= _FIRST_OF_OTHER_SCRIPTS else spelled
