"""Digests: different rows have different ones, equal rows have equal ones, and a difference can be named."""

from __future__ import annotations

import enum

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fixturekit.execution.digests import ColumnDigest, StepDigest, differing, encode

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False).filter(lambda number: str(number) != "-0.0"),
    st.text(st.sampled_from('ab\0\n"\\,[]1é\U0001f600'), max_size=4),
)
COLUMNS = st.lists(PLAIN, min_size=1, max_size=5)
ALIKE = st.sampled_from([st.booleans(), st.integers(-3, 3), st.text(st.sampled_from("a\0b"), max_size=3)])
ALIKE_COLUMNS = ALIKE.flatmap(lambda one: st.lists(one, min_size=1, max_size=5))


class Colour(str, enum.Enum):
    """As a choice of a TextField is."""

    RED = "red"


class Level(enum.IntEnum):
    """As a choice of an IntegerField is."""

    LOW = 1


def spelled(cells):
    """What tells cells apart: their class and value."""
    return [(type(cell), cell) for cell in cells]


class TestEncode:
    @given(st.one_of(COLUMNS, ALIKE_COLUMNS), st.one_of(COLUMNS, ALIKE_COLUMNS))
    def test_different_cells_have_different_bytes(self, one, other):
        """Whatever the cells hold: separators, quotes, equal numbers of another class."""
        assume(spelled(one) != spelled(other))
        assert encode(one) != encode(other)

    @given(st.one_of(COLUMNS, ALIKE_COLUMNS))
    def test_equal_cells_have_equal_bytes(self, cells):
        """Encoding is a function of the values alone."""
        assert encode(cells) == encode(list(cells))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (["a", "b"], ["a\0b"]),
            (["a", ""], ["a\0"]),
            (["", ""], ["\0"]),
            ([""], ["", ""]),
            (["1"], [1]),
            ([1], [True]),
            ([0], [False]),
            ([1], [1.0]),
            ([None], ["None"]),
            ([None], ["null"]),
            ([None], [None, None]),
            ([None], [""]),
            (["[1]"], [1]),
            ([2**63], [2**63 - 1]),
            ([-(2**63)], [2**63]),
            ([12, 3], [1, 23]),
            (["a,b", None], ["a", "b", None]),
            (['"', None], ["\\", None]),
            ([["rows.", 1]], [["rows.", 1.0]]),
            ([["", 1]], [["rows.", 1]]),
            ([True, None], [1, None]),
        ],
    )
    def test_near_misses(self, one, other):
        """What looks alike is told apart."""
        assert encode(one) != encode(other)

    def test_frozen(self):
        """The bytes of engine 1."""
        assert encode(["a", "é"]) == b"sa\0\xc3\xa9"
        assert encode([1, -2]) == b"i\1\0\0\0\0\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff"
        assert encode([2**63]) == b"j[9223372036854775808]"
        assert encode([True, False]) == b"b\1\0"
        assert encode([None, None]) == b"n2"
        assert encode([1.5, 1e22, None, "é"]) == 'j[1.5,1e+22,null,"é"]'.encode()

    def test_members_of_enumerations_are_their_values(self):
        """A default that is a member of choices is stored as its value, and so it is hashed."""
        assert encode([Colour.RED, Colour.RED]) == encode(["red", "red"])
        assert encode([Level.LOW]) == encode([1])
        assert encode([Colour.RED, None]) == encode(["red", None])

    def test_what_no_database_takes_can_be_hashed(self):
        """Half of a surrogate pair is no reason to fail here: the database refuses it with a place."""
        assert encode(["\ud800"]) != encode(["\ud801"])


class TestColumns:
    def test_header_tells_links_apart(self):
        """The same positions of other rows are another column."""
        digests = []
        for header in ("brands.", "shops.", ""):
            column = ColumnDigest(header)
            column.add([0, 1])
            digests.append(column.digest())
        assert len(set(digests)) == 3

    def test_order_of_blocks(self):
        """The blocks count in their order."""
        one, other = ColumnDigest(""), ColumnDigest("")
        for cells in ([1], [2]):
            one.add(cells)
        for cells in ([2], [1]):
            other.add(cells)
        assert one.digest() != other.digest()


class TestSteps:
    def step(self, rows=1, **columns):
        step = StepDigest(rows, "shop.Product")
        for path, cells in columns.items():
            column = ColumnDigest("")
            column.add(cells)
            step.add(path.replace("__", "."), column.digest())
        return step

    def test_order_of_columns_does_not_count(self):
        """Fields may be declared in another order."""
        assert self.step(a=[1], b=[2]).hex() == self.step(b=[2], a=[1]).hex()
        assert self.step(a=[1], b=[2]).hex() != self.step(a=[2], b=[1]).hex()

    def test_columns_left_out(self):
        """Columns that are left out do not count, whatever they hold."""
        assert self.step(a=[1], b=[2]).hex(["b"]) == self.step(a=[1], b=[3]).hex(["b"]) == self.step(a=[1]).hex()

    def test_describes_what_a_file_records(self):
        """Rows, model and digest; it fits again, and no other does."""
        step = self.step(a=[1], b=[2], brand__name=["x"])
        text = step.describe()
        assert text == f"1 shop.Product {step.hex()}"
        assert len(step.hex()) == 16
        assert step.fits(text)
        assert not self.step(a=[1], b=[3], brand__name=["x"]).fits(text)

    def test_describes_what_it_leaves_out(self):
        """Columns that are not the same everywhere are named, and then nobody looks at them."""
        step = self.step(a=[1], b=[2], brand__name=["x"])
        text = step.describe(["brand.name", "b"])
        assert text.endswith(" without b, brand.name")
        assert self.step(a=[1], b=[9], brand__name=["y"]).fits(text)
        assert not self.step(a=[2], b=[2], brand__name=["x"]).fits(text)

    def test_number_and_model_count(self):
        """A step whose rows have only counted keys has no columns; more rows, or others, are not the same."""
        bare = StepDigest(3, "shop.Product")
        others = (StepDigest(4, "shop.Product"), StepDigest(3, "shop.Brand"))
        assert len({bare.hex(), *(other.hex() for other in others)}) == 3
        assert not any(other.fits(bare.describe()) for other in others)
        assert bare.fits(bare.describe())
        assert not bare.fits(bare.describe().replace("3 ", "4 "))
        assert not bare.fits(bare.describe().replace("Product", "Brand"))

    def test_one_column_for_a_path(self):
        """Two columns of one path would hide each other."""
        step = self.step(a=[1])
        with pytest.raises(ValueError, match="two columns of one step have the path 'a'"):
            step.add("a", b"")

    def test_names_what_differs(self):
        """Step and column, those that only one of them has too."""
        first = {"one": self.step(a=[1], b=[2]), "two": self.step(c=[3])}
        second = {"one": self.step(a=[1], b=[9], d=[1])}
        assert list(differing(first, second)) == [("one", "b"), ("one", "d"), ("two", "c")]
        assert list(differing(first, first)) == []
