from __future__ import annotations

from datetime import datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixturekit.values import registry
from fixturekit.values.conditions import Column, Compared, Constant
from fixturekit.values.meanings.flags import LABELS, SETTINGS
from fixturekit.values.registry import (
    Context,
    Drawing,
    Space,
    all_values,
    capacity,
    compile_source,
    entry_values,
    enumeration,
    generator,
)
from fixturekit.values.sources import (
    FAKE,
    Const,
    Counted,
    Drawn,
    Earlier,
    Enumerated,
    Fold,
    Selected,
    Sequence,
)

NOW = datetime(2026, 11, 20, 9, 30, 15, 999, tzinfo=timezone.utc)
CONTEXT = Context("shop.sale", "products", NOW)


def drawn(name, **args):
    return Drawn(name, "lane", tuple(args.items()))


def enumerated(name, counting=False, **args):
    return Enumerated(name, "shop.Product.key", 10, tuple(args.items()), counting)


FRACTION = {"low": -500, "high": 99_999, "grain": 2}
PATTERN = {"pattern": r"^[A-Z]{2}-\d{4}(x|yy)?$", "flags": 32, "shortest": 1, "longest": 12}
AT_LEAST = Compared("gte", Column("number"), (Constant(500),))

# One source for each way through a generator or an enumeration, and the digest of its rows 0 to 499.
FROZEN = {
    "addresses": (drawn("addresses", version=4), "a4786c212086dac5"),
    "addresses 6": (drawn("addresses", version=6), "2fc74f04a5703c2d"),
    "addresses.count": (drawn("addresses.count", version=4), "c4f09a7e480ddd9d"),
    "addresses.count 6": (drawn("addresses.count", version=6), "f2c80af105dc3920"),
    "booleans": (drawn("booleans"), "5828721b042c8ef0"),
    "booleans.often": (drawn("booleans.often", percent=85), "94f214544749ead1"),
    "bytes": (drawn("bytes", size=7), "5a470e32a54112f0"),
    "bytes.count": (drawn("bytes.count", longest=3, shortest=2), "a3c204ab48edb129"),
    "choices": (drawn("choices", values=("new", "paid", "sent", "lost", "back")), "e4e1cab65895d131"),
    "dates": (drawn("dates", least=0, most=365), "666e6b674a6193b7"),
    "dates above": (drawn("dates", least=0, most=365, low=740_000), "4cdae18ec9634695"),
    "dates below": (drawn("dates", least=0, most=365, high=700_000), "d380181fb57a9c7f"),
    "dates.count": (drawn("dates.count"), "c834a71464c66a7e"),
    "dates.count between": (drawn("dates.count", low=739_000, high=739_099), "bb421f556c4f6d87"),
    "durations": (drawn("durations", low=300, high=28_800, step=300), "d8aadb2aa210212f"),
    "durations.count": (drawn("durations.count", low=1, high=300), "be1b4b59b5412c67"),
    "fractions": (drawn("fractions", places=2, **FRACTION), "32b58c3bad57410a"),
    "fractions float": (drawn("fractions", places=None, **FRACTION), "0e9e51805b33537d"),
    "fractions fine": (drawn("fractions", low=-90_000_000, high=90_000_000, grain=6, places=8), "b2224268834c64ec"),
    "fractions whole": (drawn("fractions", low=1, high=99, grain=0, places=3), "567da96dbcb49ba3"),
    "fractions stepped": (drawn("fractions", places=4, step=25, **FRACTION), "1ed8fbf944c275c1"),
    "fractions.count": (drawn("fractions.count", low=100, high=9999, grain=2, places=2, stride=100), "1f757a817ffc7853"),
    "instants": (drawn("instants", least=1, most=63_072_000, aware=True), "42fd9129013af38f"),
    "instants naive": (drawn("instants", least=1, most=63_072_000, aware=False, low=0, high=10**9), "856e62b11ba9377e"),
    "instants.count": (drawn("instants.count", aware=True), "ef847048bbf76a08"),
    "integers": (drawn("integers", low=-10, high=10), "deb88b0cd8005cd9"),
    "integers stepped": (drawn("integers", low=5, high=500, step=5), "78443e478f008ea6"),
    "integers wide": (drawn("integers", low=-(2**63), high=2**63 - 1), "d8d2ed82cea2994a"),
    "integers.count": (drawn("integers.count", low=1, high=99, step=2), "bd2d5f3542481c3b"),
    "json": (drawn("json", locale="en_US"), "505c0c1c87f33ccd"),
    "json.shaped": (drawn("json.shaped", shape=SETTINGS, locale="fr_FR"), "97ed66121944041f"),
    "json.shaped list": (drawn("json.shaped", shape=LABELS, locale="ja_JP"), "b792706b96e1c936"),
    "json.count": (drawn("json.count"), "c52e1d6ad48e0c48"),
    "mask": (drawn("mask", mask="!#-_ ##/#########-------!!"), "a3b23455db715c01"),
    "mask of nothing": (drawn("mask", mask="a!#"), "f9dda8dd981766a9"),
    "numerals": (drawn("numerals", longest=2), "438d50d23781f1a2"),
    "numerals padded": (drawn("numerals", longest=9, shortest=4, head="a", tail="@example.com"), "9be8319eb2a44e1d"),
    "prices": (drawn("prices", low=1, high=249, places=2), "a904bd2bdb6e52df"),
    "prices float": (drawn("prices", low=1, high=249, places=None), "3ba865b61e791743"),
    "text": (drawn("text", template="{adjectives:title} {nouns:capital} {token:5}", locale="en_US"), "86de6f259461eb6f"),
    "text shortened": (drawn("text", template="{categories}", locale="en_US", room=8), "cd3f2a0aaf068ed0"),
    "text parts": (
        drawn("text", template="({letters:1}{letters:2}{letters:3}-{hex:4}-{digits:6}-{token:7}-{number:9})", locale="en_US"),
        "7db73c9afb7ef35b",
    ),
    "times": (drawn("times", low=0, high=86_399, step=300), "519df805e4872c40"),
    "times.count": (drawn("times.count", low=1, high=86_399), "ecabe2a6ba879a88"),
    "uuids": (drawn("uuids"), "e63a37dc916b9362"),
    "words": (drawn("words"), "ca4a4c15d17a0d6a"),
    "all addresses": (enumerated("addresses", version=4), "e2fb4410b6498d85"),
    "all addresses 6": (enumerated("addresses", version=6), "c6e68965456f7e28"),
    "all bytes": (enumerated("bytes", size=5), "d08762690cba2829"),
    "all bytes counted": (enumerated("bytes.count", counting=True, longest=2, shortest=1), "7e853e6ad99f4ac7"),
    "all choices": (enumerated("choices", values=("new", "paid", "sent")), "06d5f02151550a9d"),
    "all dates": (enumerated("dates", low=719_163, high=755_687), "664149c7b7b6df2f"),
    "all durations": (enumerated("durations", low=1, high=10**9), "7ba16a3ab0ec72ed"),
    "all fractions": (enumerated("fractions", low=100, high=999_999, grain=2, places=2, stride=100), "a699c269cbbe03c3"),
    "all fractions counted": (
        enumerated("fractions", counting=True, low=100, high=999, grain=2, places=2, stride=100, step=1),
        "de7222fc7b9281bf",
    ),
    "all instants": (enumerated("instants", low=0, high=3_155_759_999, aware=True), "52d95043ac6dbb9e"),
    "all integers": (enumerated("integers", low=1, high=2**31 - 1), "63dbe31e54c7e3ef"),
    "all integers counted": (enumerated("integers", counting=True, low=1, high=400, step=3), "fdc7791a855b1c3c"),
    "all json": (enumerated("json"), "edc7b6431a9a0c32"),
    "all masks": (enumerated("mask", mask="-_# ########"), "1fe226a036494898"),
    "all numerals": (enumerated("numerals", longest=3), "861d251fa16d757e"),
    "all numerals counted": (enumerated("numerals", counting=True, longest=2, shortest=2, head="a", tail="b"), "3d2832ae8811f439"),
    "all text": (
        enumerated("text", template="{first_names:ascii}.{last_names:ascii}.{token:4}@example.com", locale="en_US"),
        "fc41f432d6042d31",
    ),
    "all text in turn": (enumerated("text", template="{states}[ {digits:3}]", locale="de_DE"), "9ed56e8bef5cb802"),
    "all tokens": (enumerated("text", template="{token:6}", locale="en_US"), "af1f7debab46bb32"),
    "pattern": (drawn("pattern", **PATTERN), "d4182f29c9899912"),
    "pattern.count": (drawn("pattern.count", **PATTERN), "97d18cb536581fe4"),
    "all of a pattern": (enumerated("pattern", **PATTERN), "d6150030475eefe6"),
    "parts": (enumerated("parted", of="integers", args=(("low", 1), ("high", 9999)), parts=8, part=3), "221c7f6460247de8"),
    "stored apart": (enumerated("stored apart", of="integers", args=(("low", 1), ("high", 99999)), field="testapp.Badge.number"), "e5ef1f7155f97293"),
    "tested": (enumerated("tested", of="integers", args=(("low", -99), ("high", 9999)), field="testapp.Badge.number", rules=(AT_LEAST,)), "6e2596827b0276b3"),
    "tested in parts": (enumerated("tested", of="integers", args=(("low", -99), ("high", 99999)), field="testapp.Badge.number", rules=(AT_LEAST,)), "aa3a718da6b9bfa3"),
    "parts, scattered": (enumerated("parted", of="integers", args=(("low", 1), ("high", 9999)), parts=8, part=3, scattered=True), "47645a619b7ba547"),
    "tested, scattered": (enumerated("tested", of="integers", args=(("low", -99), ("high", 99999)), field="testapp.Badge.number", rules=(AT_LEAST,), scattered=True), "76c90e12701c5721"),
    "all times": (enumerated("times", low=0, high=86_399), "56fc54e3cbb9e3b0"),
}  # fmt: skip


def column(source, start, stop, context=CONTEXT):
    """The canonical column, or the values of a source that leaves the conversion to others."""
    maker = compile_source(source, context)
    found = maker.canonical(start, stop)
    return maker.values(start, stop) if found is None else found


@pytest.mark.parametrize("name", FROZEN)
def test_values_are_frozen(name):
    """Under engine 1 a generator gives these values on every Python, for ever."""
    source, expected = FROZEN[name]
    assert sha256(repr(column(source, 0, 500)).encode()).hexdigest()[:16] == expected


def test_every_generator_is_frozen():
    """A generator or an enumeration that is not in the table above is not protected; Faker's values are its own.

    Those of fields that only PostgreSQL has are in a table beside their tests.
    """
    registry.load_fields()
    sources = [source for source, _ in FROZEN.values()]
    assert {source.generator for source in sources if isinstance(source, Drawn)} == portable(registry._GENERATORS) - {
        FAKE
    }
    assert {source.enumeration for source in sources if isinstance(source, Enumerated)} == portable(
        registry._ENUMERATIONS
    )


def portable(names):
    return {name for name in names if not name.startswith("postgres.")}


@pytest.mark.parametrize("name", FROZEN)
@settings(max_examples=10)
@given(data=st.data())
def test_any_block_is_the_same(name, data):
    """Rows made alone, in blocks or all at once are the same, as values and in canonical form."""
    source = FROZEN[name][0]
    start = data.draw(st.integers(0, 2100))
    stop = data.draw(st.integers(start, 2100))
    middle = data.draw(st.integers(start, stop))
    maker = compile_source(source, CONTEXT)
    assert maker.values(start, stop) == maker.values(start, middle) + maker.values(middle, stop)
    assert column(source, start, stop) == column(source, start, middle) + column(source, middle, stop)


@pytest.mark.parametrize("name", [name for name in FROZEN if name != "all choices"])
def test_labelled_rows_keep_their_values(name):
    """A label inserted at the top moves nothing."""
    source = FROZEN[name][0]
    few = Context("shop.sale", "products", NOW, ("anna", "bob"))
    more = Context("shop.sale", "products", NOW, ("aaron", "anna", "bob"))
    assert column(source, 0, 2, few) == column(source, 1, 3, more)


@pytest.mark.parametrize("name", [name for name in FROZEN if name.startswith("all ")])
def test_enumerated_values_differ(name):
    """As many different values as rows, up to the capacity."""
    source = FROZEN[name][0]
    rows = min(capacity(source), 5000)
    assert len(set(column(source, 0, rows))) == rows


@pytest.mark.parametrize(
    "name", ["all choices", "all integers counted", "all fractions counted", "all numerals counted"]
)
def test_all_values_of_a_small_space(name):
    """The capacity is the number of different values, neither more nor less."""
    source = FROZEN[name][0]
    values = all_values(source)
    assert len(set(values)) == len(values) == capacity(source)
    assert set(compile_source(source, CONTEXT).values(0, len(values))) == set(values)


def test_an_entry_can_be_asked_for():
    """Row n of a step is entry ``start`` + n; the far end is another value."""
    source = FROZEN["all tokens"][0]
    assert entry_values(source, [10, 11]) == column(source, 0, 2)
    assert entry_values(source, [capacity(source) - 1])[0] not in column(source, 0, 5000)


def test_seed_step_lane_and_clock_matter():
    """Each part of the address gives other values; dates move with the clock, in UTC."""
    source = drawn("integers", low=0, high=10**9)
    contexts = [CONTEXT, Context("other", "products", NOW), Context("shop.sale", "other", NOW)]
    assert len({tuple(column(source, 0, 5, context)) for context in contexts}) == 3
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    elsewhere = Context("shop.sale", "products", NOW.astimezone(kathmandu))
    later = Context("shop.sale", "products", NOW + timedelta(days=1))
    dates = drawn("dates.count")
    assert column(dates, 0, 2) == column(dates, 0, 2, elsewhere) == ["2026-11-19", "2026-11-18"]
    assert column(dates, 0, 2, later) == ["2026-11-20", "2026-11-19"]


def test_sources_without_chance():
    """Constants, tables, formats of the row number and selected values."""
    assert compile_source(Const("x"), CONTEXT).values(3, 5) == ["x", "x"]
    assert compile_source(Sequence("ACME-{n:05}"), CONTEXT).values(0, 2) == ["ACME-00001", "ACME-00002"]
    assert compile_source(Selected(("a", "b"), Fold(2)), CONTEXT).values(1, 4) == ["b", "a", "b"]
    assert compile_source(Selected(("a", "b"), Earlier("parent")), CONTEXT).values(0, 2) == [None, "a"]
    assert compile_source(Const("x"), CONTEXT).canonical(0, 1) is None


def test_what_is_not_made_of_values_is_refused():
    """Keys, links and pins are bound elsewhere."""
    with pytest.raises(TypeError, match="Counted"):
        compile_source(Counted(), CONTEXT)  # type: ignore[arg-type]


def test_unknown_names_are_refused():
    """The error says which name, and what was looked for."""
    with pytest.raises(LookupError, match="no generator is registered as 'nothing'"):
        compile_source(drawn("nothing"), CONTEXT)
    with pytest.raises(LookupError, match="no enumeration is registered as 'nothing'"):
        capacity(enumerated("nothing"))


def test_a_name_is_given_once():
    """A second generator or enumeration of a name does not replace the first in silence."""
    registry.load_fields()
    with pytest.raises(ValueError, match=r"'integers' is registered already, by fixturekit\.values\.fields\.numbers"):
        generator("integers")(Drawing)
    with pytest.raises(ValueError, match="'text' is registered already"):
        enumeration("text")(lambda: Space(1, list))
