"""Random recipes for property tests: every kind of node, with texts that YAML readers like to misread."""

from __future__ import annotations

from hypothesis import strategies as st

from fixturekit.recipes.document import (
    Auto,
    Call,
    Choice,
    Copy,
    Dependency,
    Entry,
    Fake,
    File,
    Image,
    Jinja,
    Listing,
    Literal,
    Make,
    Mapping,
    Mask,
    Now,
    Options,
    Password,
    Pick,
    Pin,
    Range,
    Recipe,
    Recorded,
    Ref,
    Sample,
    Seq,
    Shelf,
    Step,
    Target,
    Value,
)
from fixturekit.recipes.scalars import literal, resolve
from fixturekit.recipes.spelling import spell_literal

NASTY = [
    "", "no", "No", "on", "y", "n", "~", "null", "Null", "true", "TRUE", "1", "-1", "+1", "01", "012", "1e3", "1e", "1.", ".5",
    "0o17", "0x1F", "0b1", "1_000", "1:30", "12:30:45", "2026-01-01", "2026-01-01T00:00:00Z", ".inf", "-.INF", ".nan",
    "=", "<<", "-", "- x", "-x", "--- ", "---", "...", "? x", ":", ": ", "a: b", "a:b", "a:", ":a", "x #y", "x#y", "#", "# x",
    "{{ x }}", "{x", "[x", "]", "}", "a, b", "a,b", "a[1]", "!x", "&x", "*x", "%x", "@x", "`x`", "|", ">", "'", "''", "it's",
    '"', '"x"', "\\", "\\n", "a\\b", " x", "x ", "  ", "x  y", "\n", "x\n", "\nx", "x\n\n", "x\ny", "x\n y\n", " x\ny", "x \ny",
    "x\n  \ny", "x\n  ", "x\n#y\n", "x\n\ty\n", "\tx\n", "x\r\ny", "x\ry", "x\ty", "\t", "x\n---\ny\n", "x\n<<<<<<< y\n",
    "\x07", "\x1b[0m", "\x7f", "\x85", "x\x85y", "\xa0", "x\xa0y", "\u2028", "x\u2029y", "\ufeff", "\ufeffx", "\ufffe", "é", "Zoë",
    "日本語", "🙂", "e\u0301", "²", "x" * 10_000, "x y " * 2_500, "x\n" * 500, "https://example.com/?a=b&c=d#e", "C:\\temp",
]  # fmt: skip


def nasty(number: int) -> str:
    """One of the texts, by a name that Hypothesis can print in a line."""
    return NASTY[number]


@st.composite
def any_text(draw: st.DrawFn) -> str:
    """Text of all kinds; a composite, since Hypothesis prints all parts of other strategies."""
    return draw(
        st.integers(0, len(NASTY) - 1).map(nasty) | st.text(max_size=30).filter(lambda text: "\x00" not in text)
    )


texts = any_text()
some_text = texts.filter(bool)
words = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
paths = st.lists(words.map(lambda word: word.strip("_") or "x"), min_size=1, max_size=3).map("__".join)
recipe_names = st.builds("{}.{}".format, words, words)
models = st.builds("{}.{}".format, words, st.sampled_from(["Brand", "Product", "VATRate"]))
dotted = st.builds("{}.{}".format, words, words)
labels = words | st.sampled_from(["no", "on sale", "Zoë", "a: b", "1e3x", "null", "#1"])

numbers = (
    st.integers(min_value=-(10**30), max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
).map(literal) | st.sampled_from(["1e3", "1E-7", "-0", "-0.0", "25.50", "1.10", "0.1000000000000000000001"]).map(
    resolve
)
plain_literals = st.sampled_from([None, True, False]).map(Literal) | texts.map(Literal) | numbers


def mappings(values: st.SearchStrategy[Value], keys: st.SearchStrategy[str] = paths, min_size: int = 0):
    """Mappings with unique keys."""
    entries = st.builds(Entry, keys, values)
    found = st.lists(entries, unique_by=lambda entry: entry.key, min_size=min_size, max_size=3)
    return found.map(lambda entries: Mapping(tuple(entries)))


rows_targets = st.builds(Target, st.just("many"), st.none() | st.integers(0, 6)) | st.builds(
    Target, st.just("people"), st.none() | st.sampled_from(["anna", "on sale", 1])
)
step_targets = st.sampled_from([Target("many"), Target("people"), Target("brands", None, "shop.catalogue")])
targets = rows_targets | st.builds(Target, words, st.none() | st.integers(0, 10**6) | words, st.just("shop.catalogue"))

refs = st.builds(Ref, targets)
lookups = mappings(plain_literals | refs, min_size=1)
pins = (
    st.builds(Pin, key=st.integers() | some_text)
    | st.builds(
        Pin,
        natural=st.lists(texts | st.integers() | st.sampled_from([None, True, 1.5]), min_size=1, max_size=3).map(tuple),
    )
    | st.builds(Pin, lookup=lookups, or_make=st.none() | mappings(plain_literals))
)


def value_in_order(end: Literal) -> float:
    """The number at the end of a range."""
    assert isinstance(end.value, (int, float))
    return end.value


def key_text(option: Literal) -> str:
    """How an option with a weight is written, which has to be unique."""
    return option.value if isinstance(option.value, str) else spell_literal(option)


def weighted_choice(pairs: list[tuple[Literal, float]]) -> Choice:
    """A choice of options with weights."""
    return Choice(tuple(option for option, _ in pairs), tuple(weight for _, weight in pairs))


range_ends = st.tuples(numbers, numbers).map(lambda ends: sorted(ends, key=value_in_order)) | st.tuples(
    some_text.map(Literal), some_text.map(Literal) | numbers
).map(list)
weighted = st.lists(
    st.tuples(plain_literals, st.floats(min_value=0, exclude_min=True, allow_infinity=False)),
    min_size=1,
    max_size=4,
    unique_by=lambda pair: key_text(pair[0]),
).map(weighted_choice)
image_options = st.fixed_dictionaries(
    {},
    optional={
        "width": st.integers(1, 10_000).map(literal),
        "color": some_text.map(Literal),
        "format": words.map(Literal),
    },
).map(lambda found: Mapping(tuple(Entry(key, value) for key, value in found.items())))
_leaves = st.one_of(
    plain_literals,
    refs,
    pins,
    weighted,
    st.builds(Pick, step_targets),
    st.builds(Sample, step_targets, st.integers(1, 10**6)),
    st.builds(Copy, st.lists(words, min_size=1, max_size=3).map(".".join)),
    st.builds(
        Seq, st.sampled_from(["{n}", "user{n}@example.com", "A-{n:05}", "{n:,} - no", "{{{n:>8}}}", "{n}\n", "1{n:x}"])
    ),
    range_ends.map(lambda ends: Range(*ends)),
    st.builds(Now, st.sampled_from(["", "-3 days", "1 week 2 hours", "+5 minutes", " 1 day"])),
    st.just(Auto()),
    st.builds(Mask, some_text),
    st.builds(Fake, words, mappings(plain_literals, keys=words)),
    st.builds(Jinja, some_text | st.just("{{ fake.user_name() }}{{ n }}@example.com")),
    st.builds(Password, some_text),
    st.builds(File, st.sampled_from(["data/logo.png", "a b.png", "1", "no"])),
    st.builds(Image, image_options),
    st.builds(Call, dotted),
)


@st.composite
def leaf(draw: st.DrawFn) -> Value:
    """A value that holds no other."""
    return draw(_leaves)


_values: st.SearchStrategy[Value] = st.recursive(
    leaf(),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: Listing(tuple(items)))
        | mappings(inner, keys=texts)
        | st.builds(Make, st.integers(1, 99), mappings(inner).filter(lambda m: "count" not in [e.key for e in m]))
        | st.lists(inner, min_size=1, max_size=3).map(lambda options: Choice(tuple(options)))
    ),
    max_leaves=8,
)


@st.composite
def any_value(draw: st.DrawFn) -> Value:
    """Any value."""
    return draw(_values)


values = any_value()

records = st.integers(1, 3).flatmap(
    lambda width: st.fixed_dictionaries(
        {
            "columns": st.lists(words, min_size=width, max_size=width, unique=True).map(tuple),
            "values": st.lists(
                st.lists(values, min_size=width, max_size=width).map(lambda row: Listing(tuple(row))),
                min_size=1,
                max_size=3,
            ).map(tuple),
        }
    )
)
adopting = st.fixed_dictionaries(
    {}, optional={"match": st.just(("no", "slug")), "get_or_create": st.just(("slug",))}
) | st.just({"match": ("country",), "update": True})
common = st.fixed_dictionaries(
    {},
    optional={
        "set": mappings(values),
        "use": st.sampled_from(["on sale", "shop.defaults/on sale"]),
        "from_": st.integers(1, 10**12),
        "save": st.sampled_from(["stream", "bulk", "each"]),
        "mute_signals": st.booleans(),
        "was": words,
        "lanes": mappings(words.map(Literal)),
        "share": mappings(st.integers(1, 10**6).map(literal)),
    },
)


def merge(*parts: dict[str, object]) -> dict[str, object]:
    """One dictionary of several."""
    return {key: value for part in parts for key, value in part.items()}


made = st.builds(merge, common, adopting, st.builds(lambda m: {"make": m}, models))
steps = (
    st.builds(
        merge, made, st.fixed_dictionaries({}, optional={"count": st.integers(0, 10**6).filter(lambda n: n != 1)})
    )
    | st.builds(merge, made, mappings(mappings(values), keys=labels, min_size=1).map(lambda named: {"named": named}))
    | st.builds(merge, common, st.builds(lambda path: {"factory": path}, dotted))
    | st.builds(
        lambda found, kept: {**kept, **found, "rows": "shop.VatRate"},
        records,
        common.map(lambda found: {key: value for key, value in found.items() if key != "share"}),
    )
)
shelves = st.lists(
    st.builds(Shelf, models, st.just("") | some_text, mappings(values)),
    max_size=2,
    unique_by=lambda s: (s.model, s.name),
).map(lambda found: (*found, Shelf("shop.Product", "on sale")))
pairs = st.lists(st.tuples(texts, some_text), max_size=3, unique_by=lambda pair: pair[0]).map(tuple)
options = st.builds(
    Options,
    style=st.sampled_from(["", "plain", "lifelike"]),
    locale=st.sampled_from(["", "en_US", "no"]),
    fill_nullable=st.none() | st.booleans(),
    laps=st.none() | st.integers(0, 100),
    depth=st.none() | st.integers(0, 100),
    ignore=st.lists(words, unique=True, max_size=2).map(tuple),
)
dependencies = st.lists(recipe_names, unique=True, max_size=2).map(
    lambda names: tuple(Dependency(name) for name in names)
)

FIXED = (
    Step("many", make="shop.Product", count=7),
    Step("people", make="shop.User", named=Mapping(tuple(Entry(k, Mapping()) for k in ("anna", "on sale")))),
)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """A recipe that could be read from a file."""
    found = draw(st.lists(steps, max_size=3))
    return Recipe(
        steps=(*FIXED, *(Step(f"step-{number}", **arguments) for number, arguments in enumerate(found))),
        seed=draw(st.none() | some_text | st.integers() | st.floats(allow_nan=False, allow_infinity=False)),
        now=draw(st.sampled_from(["", "2026-11-20T09:00:00Z", "2026-11-20 09:00+05:45"])),
        depends_on=(
            Dependency("shop.catalogue"),
            *draw(dependencies.filter(lambda d: Dependency("shop.catalogue") not in d)),
        ),
        replaces=draw(dependencies),
        tags=tuple(draw(st.lists(some_text, unique=True, max_size=3))),
        manual=draw(st.booleans()),
        atomic=draw(st.booleans()),
        options=draw(options),
        shelves=draw(shelves),
        shelves_from=draw(dependencies),
        recorded=draw(
            st.none()
            | st.builds(
                Recorded,
                engine=st.integers(1, 3),
                schema=pairs,
                needs=st.lists(some_text, unique=True, max_size=2).map(tuple),
                with_=pairs,
                produces=pairs,
            )
        ),
        comment=draw(
            st.sampled_from(["", "one line", "two\nlines", "./manage.py makefixture shop --x 'y'", "a\n\nb", "# c"])
        ),
    )
