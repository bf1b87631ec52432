"""How the pools came about that nobody wrote by hand: names from Faker, countries and the calendar from Babel.

Run once, with Faker 40.63.0, Babel 2.19.0, pypinyin 0.55.0 and pykakasi 2.3.0:
``python -m fixturekit.values.pools._draw``. The files are frozen since; running it again with other versions gives
other files, which would need another engine. What is written by hand stands in its file and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from fixturekit.values.uniqueness import fold

SEED = 20261120

# Fine as names of people, but not to everybody's taste on a screenshot.
UNWANTED = {
    "Adolf",
    "Beaver",
    "Butts",
    "Cocks",
    "Cox",
    "Dick",
    "Dyke",
    "Fanny",
    "Gay",
    "Hardy",
    "Hooker",
    "Isis",
    "Jesus",
}
UNWANTED |= {"Loving", "Moody", "Osama", "Outlaw", "Pratt", "Randy", "Roach", "Savage", "Slaughter", "Weiner"}

NAMES = {"en_US": 480, "ja_JP": 240, "zh_CN": 160}  # of first names; 320 elsewhere
UNSPOKEN = "「」\uff1b\uff1a:'。、"


def distinct(draw: Callable[[], str], number: int, longest: int, accept: Callable[[str], bool]) -> list[str]:
    """Draw so many names that a forgiving collation tells apart, as far as there are so many."""
    found: dict[str, str] = {}
    for _ in range(200 * number):
        entry = draw()
        parts = {entry, *entry.replace(",", " ").replace("-", " ").split()}
        plain = not any(map(str.isdigit, entry))  # digits are what makes texts differ
        if plain and accept(entry) and len(entry) <= longest and not UNWANTED & parts:
            found.setdefault(fold(entry), entry)
        if len(found) == number:
            break
    return sorted(found.values())


def first_names(source: Any, number: int) -> list[str]:
    """Draw as many names of women as of men; each with ``f`` or ``m``, those of both sexes once."""
    women = distinct(source.first_name_female, number // 2, 11, str.isalpha)
    known = {fold(name) for name in women}
    men = [name for name in distinct(source.first_name_male, number // 2, 11, str.isalpha) if fold(name) not in known]
    return sorted([f"{name}\tf" for name in women] + [f"{name}\tm" for name in men])


def last_names(source: Any, locale: str) -> list[str]:
    """Draw single words; Chinese ones of one character, so that a whole name can be read in one way only."""
    return distinct(source.last_name, 480, 1 if locale == "zh_CN" else 11, str.isalpha)


def companies(source: Any, locale: str) -> list[str]:
    """Draw names that show what they are: with a legal form, or of several partners."""
    several = (
        (lambda name: len(name) > 4) if locale in ("ja_JP", "zh_CN") else (lambda name: " " in name or "-" in name)
    )
    return distinct(source.company, 200, 28, several)


def territories(codes: Iterable[str], locale: Any) -> list[str]:
    """Return the names of countries, in the order of their codes."""
    return [locale.territories[code] for code in codes]


def calendar(locale: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of months and of weekdays, from January and from Monday on."""
    yield "months", [locale.months["stand-alone"]["wide"][month] for month in range(1, 13)]
    yield "weekdays", [locale.days["stand-alone"]["wide"][day] for day in range(7)]


def romanised(folder: Path, locale: str) -> list[str]:
    """Return every entry of a locale's pools with how it is written in Latin letters."""
    words = {line.split("\t")[0].strip(UNSPOKEN) for file in folder.glob("*.txt") for line in _lines(file)}
    spell = _chinese if locale == "zh_CN" else _japanese()
    return [f"{word}\t{spell(word)}" for word in sorted(words) if word and not word.isascii()]


def _chinese(word: str) -> str:
    spell: Any = import_module("pypinyin").lazy_pinyin
    return "".join(part for part in spell(word, errors="ignore") if part.isascii())


def _japanese() -> Callable[[str], str]:
    kakasi: Any = import_module("pykakasi").kakasi()
    return lambda word: " ".join(
        plain for part in kakasi.convert(word) if (plain := "".join(filter(str.isalnum, part["hepburn"])))
    )


def _lines(file: Path) -> list[str]:
    if file.stem in ("formats", "romanised"):
        return []
    return [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def write(folder: Path, name: str, origin: str, entries: list[str]) -> None:
    """Write one pool with a line that says where it comes from."""
    (folder / f"{name}.txt").write_text("\n".join([f"# {origin}", *entries, ""]), encoding="utf-8")


def draw_locale(folder: Path, name: str, codes: list[str]) -> None:
    """Write the pools of a locale that are drawn, beside those that are there."""
    import babel  # these two are needed here alone, never by the package
    import faker

    source = faker.Faker(name)
    source.seed_instance(SEED)
    origin = f"drawn from Faker {faker.VERSION}, {name}, seed {SEED}"
    write(folder, "first_names", origin, first_names(source, NAMES.get(name, 320)))
    write(folder, "last_names", origin, last_names(source, name))
    write(folder, "companies", origin, companies(source, name))
    locale = babel.Locale.parse(name)
    origin = f"taken from Babel {babel.__version__}, {name}"
    write(folder, "countries", f"{origin}, in the order of the country codes", territories(codes, locale))
    for pool, entries in calendar(locale):
        write(folder, pool, origin, entries)
    if name in ("ja_JP", "zh_CN"):
        write(folder, "romanised", "all that the other pools hold", romanised(folder, name))


def main(folder: Path) -> None:
    """Write the drawn pools of all locales whose folders are in this one."""
    codes = _lines(folder / "common" / "country_codes.txt")
    for locale in sorted(entry.name for entry in folder.iterdir() if len(entry.name) == 5 and "_" in entry.name):
        draw_locale(folder / locale, locale, codes)


if __name__ == "__main__":
    main(Path(__file__).parent)
