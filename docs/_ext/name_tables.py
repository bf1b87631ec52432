"""Tables of what names of fields mean, read from the package while the manual is built.

    ```{name-table} texts
    ```

In the same way ``whole``, ``fractions``, ``prices``, ``round``, ``dates``, ``durations``, ``times``, ``flags`` and ``mappings``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from reference_tables import Table, _escaped
from sphinx.application import Sphinx

from fixturekit.values.fields.structured import draw_shaped
from fixturekit.values.meanings import dates, flags, numbers, texts
from fixturekit.values.registry import Context, compile_source
from fixturekit.values.sources import Drawn
from fixturekit.values.streams import parse_now

CONTEXT = Context("manual", "names", parse_now("2026-11-01T09:00:00Z"))
LONGEST = 60


def by_meaning(table: Mapping[str, Any]) -> dict[Any, list[str]]:
    """Names that mean the same, together."""
    found: dict[Any, list[str]] = {}
    for name, meaning in table.items():
        found.setdefault(meaning, []).append(name)
    return found


def drawn(generator: str, lane: str, **args: Any) -> str:
    """The first value of a source as text, cut to what a table has room for."""
    source = Drawn(generator, lane, tuple(sorted(args.items())))
    text = " ".join(str(compile_source(source, CONTEXT).values(0, 1)[0]).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def of_texts() -> Iterator[Sequence[str]]:
    """Names of texts, with what they look like in two languages."""
    for kind, names in by_meaning(texts.MEANINGS).items():
        shown = [drawn("text", names[0], template=kind.drawn[0], locale=locale) for locale in ("en_US", "de_DE")]
        yield _names(names), *map(_escaped, shown)


def of_ranges(table: Mapping[str, Any], unit: str = "") -> Iterator[Sequence[str]]:
    """Names with the least and the most that they mean."""
    for (low, high, *_), names in by_meaning(table).items():
        yield _names(names), f"{low:,} to {high:,}{unit}"


def of_dates() -> Iterator[Sequence[str]]:
    """Names with the days around the clock."""
    for (least, most), names in by_meaning(dates.BACK).items():
        if most < 0:
            yield _names(names), f"{-most:,} to {-least:,} days after"
        elif least < 0:
            yield _names(names), f"{most:,} days before to {-least:,} after"
        else:
            yield _names(names), f"{least:,} to {most:,} days before"


def of_times() -> Iterator[Sequence[str]]:
    """Names with the hours of the day."""
    for (low, high), names in by_meaning(dates.CLOCK).items():
        yield _names(names), f"{low // 3600:02}:00 to {high // 3600:02}:00"


def of_mappings() -> Iterator[Sequence[str]]:
    """Names with a value of such a shape."""
    for shape, names in by_meaning(flags.MAPPINGS).items():
        words = CONTEXT.lane(names[0], draw_shaped(shape, "en_US").width)
        value = draw_shaped(shape, "en_US").values(words.words(0, 1), range(1), CONTEXT.now)[0]
        yield _names(names), f"`{value}`"


def of_shares() -> Iterator[Sequence[str]]:
    """Names with how many of a hundred rows have them."""
    for share, names in by_meaning(flags.OFTEN).items():
        yield _names(names), f"{share}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


TABLES: dict[str, tuple[tuple[str, ...], Callable[[], Iterator[Sequence[str]]]]] = {
    "texts": (("names", "in `en_US`", "in `de_DE`"), of_texts),
    "whole": (("names", "from and to"), lambda: of_ranges(numbers.WHOLE)),
    "fractions": (("names", "from and to"), lambda: of_ranges(numbers.FRACTIONS)),
    "prices": (("names", "from and to"), lambda: of_ranges(numbers.MONEY)),
    "round": (("names", "from and to"), lambda: of_ranges(numbers.ROUND)),
    "dates": (("names", "from the clock"), of_dates),
    "durations": (("names", "from and to"), lambda: of_ranges(dates.LASTS, " s")),
    "times": (("names", "between"), of_times),
    "flags": (("names", "in a hundred rows"), of_shares),
    "mappings": (("names", "for example"), of_mappings),
}


class NameTable(Table):
    """One of the tables above."""

    required_arguments = 1

    def run(self) -> list[Any]:
        """Return the table as nodes, under the heading that belongs to it."""
        self.heading = TABLES[self.arguments[0]][0]  # type: ignore[misc]
        return super().run()

    def rows(self) -> Iterator[Sequence[str]]:
        """Yield the cells of each row."""
        yield from TABLES[self.arguments[0]][1]()


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("name-table", NameTable)
    return {"version": "1", "parallel_read_safe": True}
