"""What every writer does, on whichever database the settings name."""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    DataError,
    IntegrityError,
    connection,
    connections,
    models,
    reset_queries,
    transaction,
)
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixturekit.writers.base import Writer
from tests.writers.conftest import prepared, put
from tests.writers.tables import ODD, ODD_COLUMNS, Child, Everything, Line, Parent, Small, Tagged

UTC = datetime.timezone.utc
TABLE = Parent._meta.db_table


class Flavour(str, enum.Enum):
    """A text that prints as something else."""

    SWEET = "sweet"


VALUES: dict[str, list[Any]] = {
    "big": [0, -(2**63), 2**63 - 1],
    "binary": [b"", b"\x00\xff\\x41'\"", bytes(range(256))],
    "boolean": [True, False],
    "char": ["", "plain", "tab\tnew\nline\rback\\slash \\N \\.", "quote ' \" ` %s ? {}", "Zoë 漢字 😀", Flavour.SWEET],
    "date": [datetime.date(1, 1, 1), datetime.date(2026, 11, 20), datetime.date(9999, 12, 31)],
    "datetime": [
        datetime.datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        datetime.datetime(2026, 3, 8, 7, 30, 0, 1, tzinfo=UTC),
        datetime.datetime(1970, 1, 1, 0, 0, 0, 999999, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
    ],
    "decimal": [Decimal("0"), Decimal("5"), Decimal("-9999999999.99"), Decimal("12.30")],
    "duration": [
        datetime.timedelta(0),
        datetime.timedelta(days=3, seconds=1, microseconds=1),
        datetime.timedelta(microseconds=-1),
        datetime.timedelta(days=-400, hours=5),
        datetime.timedelta(days=100_000, seconds=86399, microseconds=999_999),
    ],
    "email": ["a@example.com"],
    "file": ["folder/file name.txt"],
    "file_path": ["/srv/x"],
    "floating": [0.0, 0.1, -1e-300, 1.7976931348623157e308, 3.0],
    "integer": [-(2**31), 2**31 - 1],
    "ip": ["192.0.2.1", "2001:db8::1", "2001:0DB8:0:0::1", "::ffff:192.0.2.1"],
    "json": [
        {},
        {"b": [1, 2.5, None, True], "a": {"z": "ë\n\\"}},
        [1.0, 10**20, "text\t"],
        "word",
        0,
        False,
    ],
    "positive": [0, 2**31 - 1],
    "slug": ["a-slug"],
    "small": [-(2**15), 2**15 - 1],
    "text": ["\\", "\n", "long " * 20_000],
    "time": [datetime.time(0), datetime.time(23, 59, 59, 999_999), datetime.time(9, 30)],
    "url": ["https://example.com/?a=1&b=%20"],
    "uuid": [uuid.UUID(int=0), uuid.UUID("12345678-1234-5678-9abc-123456789abc")],
}

_SPELLED = {
    "mysql": "CAST({0} AS BINARY)",
    "postgresql": "{0}::text",
    "sqlite": "typeof({0}) || quote({0})",
}


@pytest.fixture
def parents(tables: None, db: None) -> list[int]:
    """Keys of three rows that are there."""
    return [Parent._base_manager.create(code=f"there {number}", number=number).pk for number in range(3)]


@pytest.fixture(params=[None, "America/New_York", "Etc/UTC"])
def zone(request: pytest.FixtureRequest, db: None) -> Iterator[str | None]:
    """The zone in which the connection keeps time."""

    wrapper = connections[DEFAULT_DB_ALIAS]  # the proxy has no cache to clear

    def keep(name: str | None) -> None:
        wrapper.settings_dict["TIME_ZONE"] = name
        for cached in ("timezone", "timezone_name"):
            wrapper.__dict__.pop(cached, None)
        wrapper.ensure_timezone()

    before = wrapper.settings_dict["TIME_ZONE"]
    keep(request.param)
    yield request.param
    keep(before)


def stored(model: type[models.Model], keys: list[int]) -> list[list[Any]]:
    """What the tables hold, spelled by the database itself, without the keys."""
    fields: list[Any] = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    pk: Any = model._meta.pk
    spelled = ", ".join(_SPELLED[connection.vendor].format(connection.ops.quote_name(f.column)) for f in fields)
    key = connection.ops.quote_name(pk.column)
    with connection.cursor() as cursor:
        rows = []
        for value in keys:
            cursor.execute(f"SELECT {spelled} FROM {model._meta.db_table} WHERE {key} = %s", [value])
            rows.append(list(cursor.fetchone()))
    return rows


def written_and_saved(writer: Writer, rows: list[dict[str, Any]]) -> tuple[list[int], list[int]]:
    """Write rows as columns and save the same rows as instances."""
    saved = [Everything._base_manager.create(**row).pk for row in rows]
    first = max(saved) + 1
    put(writer, Everything, [{"id": first + number, **dict.fromkeys(VALUES), **row} for number, row in enumerate(rows)])
    return list(range(first, first + len(rows))), saved


# -- columns ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VALUES)
def test_a_written_value_is_the_one_that_save_stores(writer: Writer, name: str, zone: str | None) -> None:
    """For each class of field the database itself sees no difference between a written and a saved row."""
    rows = [{name: value} for value in [*VALUES[name], None]]

    written, saved = written_and_saved(writer, rows)

    assert stored(Everything, written) == stored(Everything, saved)
    loaded = [Everything._base_manager.values_list(name, flat=True).get(pk=key) for key in (*written, *saved)]
    assert loaded[: len(rows)] == loaded[len(rows) :]


def test_all_columns_of_a_row_at_once(writer: Writer) -> None:
    """Whole rows, with all kinds of columns side by side, are stored as saved ones are."""
    longest = max(map(len, VALUES.values()))
    rows = [{name: values[number % len(values)] for name, values in VALUES.items()} for number in range(longest)]

    written, saved = written_and_saved(writer, [*rows, {}])

    assert stored(Everything, written) == stored(Everything, saved)


@override_settings(USE_TZ=False)
def test_naive_instants_stay_as_they_are(writer: Writer) -> None:
    """Without time zones an instant is stored as it is written."""
    rows = [{"datetime": datetime.datetime.fromisoformat(f"2026-07-01 12:30:00.00000{micro}")} for micro in (0, 5)]

    written, saved = written_and_saved(writer, rows)

    assert stored(Everything, written) == stored(Everything, saved)
    assert Everything._base_manager.get(pk=written[0]).datetime == rows[0]["datetime"]


def test_links_are_stored_as_the_keys_they_point_to(writer: Writer, parents: list[int]) -> None:
    """A foreign key's column is prepared as the key's own: counted ones and UUIDs."""
    key = uuid.UUID(int=77)
    put(writer, Tagged, [{"id": key}])

    written, saved = written_and_saved(writer, [{"parent_id": parents[1], "tagged_id": key}])

    assert stored(Everything, written) == stored(Everything, saved)
    assert Everything._base_manager.filter(tagged__id=key, parent__code="there 1").count() == 2


def test_prepared_keys_serve_links(writer: Writer) -> None:
    """The prepared form of a key is the prepared form of a link to it: it is not converted again."""
    (keys,) = prepared(writer, Tagged, ["id"], [{"id": uuid.UUID(int=n)} for n in range(3)])
    writer.write(Tagged._meta.db_table, ["id"], [keys])

    writer.write(Everything._meta.db_table, ["tagged_id"], [keys[::-1]])

    assert Everything._base_manager.filter(tagged__isnull=False).count() == 3


def test_an_exact_lookup_finds_written_json(writer: Writer) -> None:
    """JSON is spelled as save() spells it: databases that keep the text compare the text."""
    value = {"b": 1, "a": [1.0, "ë"]}
    put(writer, Everything, [{"json": value}])

    assert Everything._base_manager.filter(json=value).exists()


def test_nothing_is_converted_in_vain(own: Writer) -> None:
    """Columns whose canonical form the driver takes are handed on, the very same list."""
    column = ["2026-11-20"]

    for name in ("big", "boolean", "char", "date", "datetime", "decimal", "floating", "integer", "time", "uuid"):
        preparation = own.column(Everything._meta.get_field(name))  # type: ignore[arg-type]
        assert preparation.reads == "canonical"
        assert preparation.convert(column) is column


def test_decimals_of_any_precision_go_the_long_way(own: Writer) -> None:
    """A decimal without a fixed number of places has no canonical text that keeps it."""
    field = models.DecimalField(max_digits=None, decimal_places=None)

    assert own.column(field).reads == "python"


# -- rows ---------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
            st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)),
            st.one_of(st.none(), st.booleans()),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_any_text_comes_back(writer: Writer, rows: list[tuple[Any, ...]]) -> None:
    """Whatever characters a text holds, a block written is the block read."""
    with transaction.atomic():
        names = ["text", "integer", "boolean"]
        put(writer, Everything, [dict(zip(names, row, strict=True)) for row in rows])
        read = list(Everything._base_manager.order_by("pk").values_list(*names))
        transaction.set_rollback(True)

    assert read == rows


def test_blocks_of_many_rows(writer: Writer) -> None:
    """A block may be larger than what one statement takes."""
    count = 5000
    codes = [f"row {number} " for number in range(count)]

    written = put(writer, Parent, [{"code": code, "number": number} for number, code in enumerate(codes)])

    assert written == count
    assert set(Parent._base_manager.values_list("code", "number")) == set(zip(codes, range(count), strict=True))


def test_rows_of_a_megabyte(writer: Writer) -> None:
    """Statements are cut by their size, too."""
    text = "x" * 400_000

    assert put(writer, Everything, [{"text": text}] * 12) == 12
    assert Everything._base_manager.filter(text=text).count() == 12


def test_names_are_quoted(writer: Writer) -> None:
    """Blanks, percent signs, question marks and reserved words in names are part of the names."""
    table, columns = ODD, list(ODD_COLUMNS)

    assert writer.write(table, columns, [[5, 6], [50, 60], ["a", None], ["%s", "?"]]) == 2
    assert writer.put_back(table, ["the key"], [[6]], ["100%s", "order"], [[7], ["put"]]) == 1
    assert writer.locate(table, columns, [[7, 5], [1, 1], [None, None], [None, None]])[0] == 1  # type: ignore[index]
    assert writer.delete(table, "the key", [5]) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        assert cursor.fetchall() in ([(6, 7, "put", "?")], ((6, 7, "put", "?"),))


def test_a_table_of_keys_alone(writer: Writer) -> None:
    """One column is enough, and a text column alone is no other case."""
    assert writer.write(Small._meta.db_table, ["id"], [[3, 4]]) == 2
    assert writer.write(Parent._meta.db_table, ["code", "number"], [["\\.", ""], [0, 0]]) == 2
    assert set(Parent._base_manager.values_list("code", flat=True)) == {"\\.", ""}


@pytest.mark.parametrize(
    ("columns", "data"), [([], []), (["id"], []), (["id"], [[1], [2]]), (["id", "place"], [[1, 2], [1]])]
)
def test_what_is_no_block_is_refused(writer: Writer, columns: list[str], data: list[list[Any]]) -> None:
    """A row has at least one column, and all columns have the same rows."""
    with pytest.raises(ValueError, match="not a block"):
        writer.write(TABLE, columns, data)
    with pytest.raises(ValueError, match="not a block"):
        writer.put_back(TABLE, ["id"], [[1]], columns, data)


def test_a_block_without_rows_is_nothing(writer: Writer) -> None:
    """No rows, no statement."""
    assert writer.write(TABLE, ["id"], [[]]) == 0
    assert writer.put_back(TABLE, ["id"], [[]], ["code"], [[]]) == 0
    assert writer.delete(TABLE, "id", []) == 0


@override_settings(DEBUG=True)
def test_no_statement_is_kept(own: Writer) -> None:
    """Django keeps every statement while DEBUG is on; blocks of rows are not among them."""
    reset_queries()

    put(own, Parent, [{"code": "a", "number": 1}])
    own.put_back(TABLE, ["code"], [["a"]], ["number"], [[2]])
    own.delete(TABLE, "code", ["a"])

    assert not connection.queries


def test_a_broken_transaction_is_respected(writer: Writer) -> None:
    """As any statement, a block is refused in a transaction that is bound to be rolled back."""
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            put(writer, Parent, [{"code": "a", "number": 1}])


# -- changing and deleting ----------------------------------------------------------------------------------------------


def test_putting_back(writer: Writer) -> None:
    """All kinds of columns can be set by key, other rows stay as they are."""
    put(writer, Parent, [{"id": key, "code": f"row {key}", "number": 0} for key in range(10, 15)])
    names = ["code", "share", "since", "live", "mark", "notes", "length", "before"]
    rows = [
        {
            "code": f"new\\ {number}",
            "share": Decimal("1.50"),
            "since": datetime.datetime(2026, 1, 1, tzinfo=UTC),
            "live": True,
            "mark": uuid.UUID(int=5),
            "notes": {"a": [1]},
            "length": datetime.timedelta(days=2, hours=3),
            "before": 10,
        }
        if number
        else {"code": "sweet"}
        for number in range(3)
    ]
    columns = [Parent._meta.get_field(name).column for name in names]  # type: ignore[union-attr]

    count = writer.put_back(TABLE, ["id"], [[12, 11, 13]], columns, prepared(writer, Parent, names, rows))  # type: ignore[arg-type]

    assert count == 3
    found = {row["id"]: row for row in Parent._base_manager.values()}
    assert found[12]["code"] == "sweet"
    assert found[12]["mark"] is None
    assert found[14]["code"] == "row 14"
    for key, row in ((11, rows[1]), (13, rows[2])):
        assert {name: found[key][Parent._meta.get_field(name).attname] for name in names} == row  # type: ignore[union-attr]


def test_putting_back_by_several_keys(own: Writer) -> None:
    """Rows may be told apart by several columns together."""
    put(own, Parent, [{"id": key, "code": f"row {key}", "number": key % 2} for key in range(1, 5)])

    assert own.put_back(TABLE, ["number", "id"], [[1, 0, 1], [1, 2, 4]], ["code"], [["a", "b", "c"]]) == 2
    assert list(Parent._base_manager.order_by("id").values_list("code", flat=True)) == ["a", "b", "row 3", "row 4"]


def test_putting_back_cuts_nothing(own: Writer) -> None:
    """A text that is too long for its column is refused as in an INSERT, where the database minds lengths."""
    put(own, Parent, [{"id": 1, "code": "a", "number": 1}])
    long = "x" * 21

    if connection.vendor == "sqlite":
        own.put_back(TABLE, ["id"], [[1]], ["code"], [[long]])
        assert Parent._base_manager.get(pk=1).code == long
    else:
        with pytest.raises(DataError):
            own.put_back(TABLE, ["id"], [[1]], ["code"], [[long]])


def test_deleting_in_chunks(writer: Writer) -> None:
    """Any number of keys can be deleted; keys that are not there do not count."""
    put(writer, Parent, [{"id": key, "code": f"row {key}", "number": 0} for key in range(1, 12_001)])

    assert writer.delete(TABLE, "id", range(2, 13_000)) == 11_999
    assert list(Parent._base_manager.values_list("pk", flat=True)) == [1]


def test_deleting_rows_that_refer_to_each_other(own: Writer) -> None:
    """Rows that refer to earlier ones of their table go before them."""
    put(
        own,
        Parent,
        [{"id": key, "code": f"row {key}", "number": 0, "before": key - 1 or None} for key in range(1, 6001)],
    )

    assert own.delete(TABLE, "id", range(1, 6001)) == 6000


# -- what is there ------------------------------------------------------------------------------------------------------


def test_taken_values_are_canonical(writer: Writer) -> None:
    """Values in use come in the form in which planned values are compared with them."""
    since = datetime.datetime(2026, 1, 1, 5, 0, tzinfo=UTC)
    Parent._base_manager.create(code="a", share=Decimal("5"), since=since, mark=uuid.UUID(int=9))
    first = Parent._base_manager.create(code="b", live=False, length=datetime.timedelta(seconds=2))
    Parent._base_manager.create(code="c", before=first, notes={"b": 1.0, "a": 2})

    names = ["code", "share", "since", "mark", "live", "length", "notes", "before"]

    assert sorted(writer.taken(Parent, names)) == [
        ("a", "5.00", "2026-01-01 05:00:00", uuid.UUID(int=9).hex, None, None, None, None),
        ("b", None, None, None, False, 2_000_000, None, None),
        ("c", None, None, None, None, None, '{"a":2,"b":1}', first.pk),
    ]


def test_an_empty_table_costs_one_question(writer: Writer, django_assert_num_queries: Any) -> None:
    """Nothing is taken: one EXISTS says so."""
    with django_assert_num_queries(1) as asked:
        assert list(writer.taken(Parent, ["code"])) == []
    assert "SELECT 1" in asked.captured_queries[0]["sql"]


def test_taken_values_of_many_rows_and_of_parents(writer: Writer) -> None:
    """Every row is read, in more than one portion, and columns of a parent's table come along."""
    put(writer, Parent, [{"id": key, "code": f"row {key}", "number": 0} for key in range(1, 5001)])
    put(writer, Child, [{"parent_ptr": key, "extra": str(key)} for key in range(1, 4501)])

    assert set(writer.taken(Child, ["code", "extra"])) == {(f"row {key}", str(key)) for key in range(1, 4501)}


# -- keys ---------------------------------------------------------------------------------------------------------------


def test_reserved_keys_are_free_and_stay_free(writer: Writer, parents: list[int]) -> None:
    """Reserved keys lie above all that is there; after writing them the database counts on behind them."""
    keys = list(writer.reserve(Parent, 100))

    rows = [{"id": key, "code": f"row {key}", "number": 0} for key in keys]
    put(writer, Parent, rows[::-1] if writer.claims_with_last_row else rows)

    assert len(set(keys)) == 100
    assert min(keys) > max(parents)
    assert Parent._base_manager.create(code="next").pk > max(keys)


def test_reserved_keys_lie_behind_chosen_ones(writer: Writer) -> None:
    """A key that somebody chose far ahead of the counter is not handed out, nor run into."""
    Parent._base_manager.create(code="counted")
    Parent._base_manager.create(pk=10_000, code="chosen")

    keys = list(writer.reserve(Parent, 10))

    assert not set(keys) & {1, 10_000}
    put(writer, Parent, [{"id": key, "code": f"row {key}", "number": 0} for key in reversed(keys)])
    Parent._base_manager.create(code="next")


def test_an_empty_reservation_moves_nothing(writer: Writer) -> None:
    """No keys, no statement."""
    assert list(writer.reserve(Parent, 0)) == []


def test_reserving_again_after_writing(writer: Writer) -> None:
    """Two batches of one table do not share keys."""
    seen: set[int] = set()
    for number in range(3):
        keys = list(writer.reserve(Small, 10))
        put(writer, Small, [{"id": key} for key in reversed(keys)])
        seen |= set(keys)
        assert len(seen) == 10 * (number + 1)


@pytest.mark.parametrize("model", [Tagged, Child])
def test_keys_that_are_not_counted_are_not_reserved(writer: Writer, model: type[models.Model]) -> None:
    """UUIDs are made, and the keys of a child table are its parent's."""
    with pytest.raises(ValueError, match="has no key that the database counts"):
        writer.reserve(model, 1)


# -- errors -------------------------------------------------------------------------------------------------------------


def block(count: int = 1000) -> dict[str, list[Any]]:
    return {"id": list(range(1, count + 1)), "code": [f"row {n}" for n in range(count)], "number": [0] * count}


def located(writer: Writer, rows: dict[str, list[Any]]) -> tuple[int, DatabaseError]:
    """See the block refused with Django's error, then find the row."""
    with pytest.raises(DatabaseError), transaction.atomic():
        writer.write(TABLE, list(rows), list(rows.values()))
    found = writer.locate(TABLE, list(rows), list(rows.values()))
    assert found is not None
    return found


@pytest.mark.parametrize("row", [0, 1, 500, 998, 999])
def test_the_refused_row_is_found(writer: Writer, row: int) -> None:
    """Wherever it stands in the block, the first refused row is the one that is named, and nothing stays."""
    rows = block()
    rows["code"][row] = None

    offset, error = located(writer, rows)

    assert offset == row
    assert isinstance(error, IntegrityError)
    assert not Parent._base_manager.exists()


def test_the_first_of_several_refused_rows_is_found(writer: Writer) -> None:
    """A duplicate inside the block is the later of the two; of several refused rows, the first."""
    rows = block()
    rows["code"][700] = rows["code"][3]
    rows["code"][900] = None

    assert located(writer, rows)[0] == 700


def test_a_block_that_is_taken_has_no_refused_row(writer: Writer) -> None:
    """If all rows can be written, there is none to blame, and none stays."""
    rows = block(10)

    assert writer.locate(TABLE, list(rows), list(rows.values())) is None
    assert not Parent._base_manager.exists()


def refusals() -> dict[str, tuple[dict[str, Any], tuple[str, ...]]]:
    found: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        "not null": ({"code": None}, ("code",)),
        "unique": ({"code": "secret'\" 1\nx"}, ("code",)),
        "check": ({"number": -77}, ("number",)),
        "key": ({"id": 7}, ("id",)),
    }
    if connection.vendor != "sqlite":
        found["too long"] = ({"code": "secret " * 10}, ("code",))
        found["too large"] = ({"share": "7777.77"}, ("share",))
        found["out of range"] = ({"number": 7_777_777_777}, ("number",))
        found["no date"] = ({"since": "secret"}, ("since",))
        found["no number"] = ({"number": "secret 77"}, ("number",))
    return found


@pytest.mark.parametrize("name", refusals())
def test_an_error_names_its_columns_and_no_value(own: Writer, name: str) -> None:
    """The message says which constraint was broken, the columns are named, and what the row held is not said."""
    put(own, Parent, [{"id": 7, "code": "secret'\" 1\nx", "number": 1}])
    values, columns = refusals()[name]
    rows: dict[str, list[Any]] = {"id": [1000], "code": ["a"], "number": [1], "share": ["1.00"], "since": [None]}
    rows |= {column: [value] for column, value in values.items()}

    _, error = located(own, rows)

    assert own.failing_columns(error, TABLE) == columns
    reason = own.reason(error)
    assert reason
    assert "secret" not in reason
    assert "77" not in reason
    assert "\n" not in reason


def test_columns_that_are_unique_together_are_named_together(own: Writer, parents: list[int]) -> None:
    """A constraint of several columns names all of them."""
    data: list[list[Any]] = [[parents[0]] * 2, [5, 5]]

    found = own.locate(Line._meta.db_table, ["parent_id", "place"], data)

    assert found is not None
    assert found[0] == 1
    assert own.failing_columns(found[1], Line._meta.db_table) == ("parent_id", "place")


def test_a_link_to_nothing_is_found_before_the_commit(own: Writer, parents: list[int]) -> None:
    """A foreign key is checked when the recipe ends at the latest; table and column are named, the value is not."""
    table = Line._meta.db_table

    def link_and_check() -> None:
        with transaction.atomic():
            put(own, Line, [{"parent": parents[0], "place": 1}, {"parent": 7_654_321, "place": 2}])
            own.check_constraints([Parent._meta.db_table, table])

    with pytest.raises(IntegrityError) as caught:
        link_and_check()

    assert own.failing_table(caught.value) in (table, None)
    assert own.failing_columns(caught.value, table) == ("parent_id",)
    assert "7654321" not in own.reason(caught.value)


def test_links_that_are_right_pass(writer: Writer, parents: list[int]) -> None:
    """Checking leaves no trace: later rows may wait for their parents again."""
    put(writer, Line, [{"parent": parents[0], "place": 1}])

    writer.check_constraints([Parent._meta.db_table, Line._meta.db_table])
    writer.check_constraints([])

    assert Line._base_manager.count() == 1


@pytest.mark.parametrize(("column", "value"), [("number", 2**70), ("code", "\udc80")])
def test_what_the_driver_refuses_is_an_error_of_the_database(writer: Writer, column: str, value: Any) -> None:
    """A value that no driver can send is a refused row like any other."""
    rows = block(3)
    rows[column][1] = value

    offset, error = located(writer, rows)

    assert offset == 1
    assert writer.reason(error)
    assert writer.failing_columns(error, TABLE) in ((), (column,))


def test_a_missing_table_is_an_error_of_the_database(writer: Writer) -> None:
    """Whatever door the rows go through, Django's errors come out."""
    with pytest.raises(DatabaseError), transaction.atomic():
        writer.write("writers_nowhere", ["id"], [[1]])


# -- the portable writer ------------------------------------------------------------------------------------------------


def test_the_portable_writer_says_little(tables: None, db: None) -> None:
    """Of a database that is not known, messages may hold anything and are not repeated."""
    writer = Writer(connection)
    put(writer, Parent, [{"code": "secret", "number": 1}])

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        put(writer, Parent, [{"code": "secret", "number": 1}])

    assert writer.reason(caught.value) == "IntegrityError"
    assert writer.failing_columns(caught.value, TABLE) == ()
    assert writer.failing_table(caught.value) is None


def test_the_portable_lock_is_a_transaction(tables: None, db: None) -> None:
    """Where nothing is known about locks, the block is a transaction at least."""
    writer = Writer(connection)

    def fail() -> None:
        with writer.lock(TABLE, 1, lambda: None):
            put(writer, Parent, [{"code": "a", "number": 1}])
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert not Parent._base_manager.exists()
