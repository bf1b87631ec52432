"""Where other tools drop a mistake without a word, a call does what was meant or says what is wrong; never half."""

from __future__ import annotations

import threading
import warnings
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models
from django.db.models import F as DjangoF
from django.db.models.functions import Lower
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from fixturekit import F, G, N, teach
from fixturekit.exceptions import CallError, CallInvalid, FixtureKitError, RowNotMade, ValuesExhausted
from tests.planning.tables import tables
from tests.testapp.models import (
    Author,
    Badge,
    Book,
    Coupon,
    Enrolment,
    Grade,
    Hen,
    Initial,
    Measure,
    Note,
    Permit,
    Quote,
    Score,
    Sensor,
    Shift,
    Token,
)

pytestmark = pytest.mark.django_db


class TestNames:
    """Names that a model does not have."""

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"titel": "x"}, r"testapp\.Book has no field 'titel'. Did you mean 'title'\?"),
            ({"author__nam": "x"}, r"testapp\.Author has no field 'nam'. Did you mean 'name'\?"),
            ({"author": F(nam="x")}, r"testapp\.Author has no field 'nam'. Did you mean 'name'\?"),
            ({"autor__name": "x"}, r"testapp\.Book has no field 'autor'. Did you mean 'author'\?"),
            ({"author__passport": [F(numbr=1)]}, r"testapp\.Passport has no field 'numbr'"),
            ({"author": F(books=[F(titel=1)])}, "has no field 'titel'"),
            ({"title__": 1}, r"testapp\.Book: nothing follows 'title__'\. Write title, or a name of its own"),
            (
                {"author__books__title": 1},
                r"is a reverse relation.* Write books=\[F\(title=\.\.\.\)\], an F for each row",
            ),
            ({"author__passport__number": 1}, r"reverse relation to one row.* Write passport=F\(number=\.\.\.\)"),
            ({"title__x": 1}, r"testapp\.Book\.title is a field, so nothing can be set below it"),
            ({"author": F(validate_models=True)}, "'validate_models' is an option of the call, not of a row"),
        ],
    )
    def test_at_any_depth(self, given, message):
        """An unknown name is an error wherever it stands, with the one that was meant."""
        with pytest.raises(CallInvalid, match=message):
            G(Book, **given)
        assert not Author.objects.exists()

    def test_only_a_warning(self):
        """Without ``validate_args`` it is a warning at the caller's line, and is left out."""
        with pytest.warns(RuntimeWarning, match="has no field 'titel'.*'titel' is left out") as caught:
            assert G(Note, titel="x", validate_args=False).title == "1"
        assert caught[0].filename == __file__
        with override_settings(FIXTUREKIT={"VALIDATE_ARGS": False}), pytest.warns(RuntimeWarning, match="titel"):
            G(Note, titel="x")
        with override_settings(FIXTUREKIT={"VALIDATE_ARGS": False}), pytest.raises(CallInvalid):
            G(Note, titel="x", validate_args=True)

    def test_computed_columns(self):
        """A column that the database computes takes no value."""
        with pytest.raises(CallInvalid, match="area is computed by the database"):
            G("testapp.Box", area=3)

    @pytest.mark.parametrize(
        ("model", "message"),
        [
            ("testapp.Bok", r"no model testapp\.Bok. Did you mean 'testapp\.B"),
            ("Book", r"'Book' is not a model: write app\.Model"),
            ("nowhere.Book", r"no model nowhere\.Book"),
            (3, r"G\(3\): expected a model"),
            (str, "expected a model"),
        ],
    )
    def test_models(self, model, message):
        """So is a model that there is not."""
        with pytest.raises(CallInvalid, match=message):
            G(model)

    def test_abstract_models(self):
        """An abstract model has no rows."""
        from tests.testapp.models import Dated

        with pytest.raises(CallInvalid, match="is abstract"):
            G(Dated)  # type: ignore[type-abstract]


class TestConflicts:
    """What is given twice."""

    def test_twice(self):
        """A field that is given under two names, or twice of the related row."""
        author = G(Author)
        with pytest.raises(CallInvalid, match=r"testapp\.Book\.author is given twice"):
            G(Book, author=author, author_id=author.pk)
        with pytest.raises(CallInvalid, match=r"testapp\.Author\.name is given twice"):
            G(Book, author=F(name="a"), author__name="b")

    def test_a_row_and_its_values(self):
        """A row that exists keeps its values."""
        with pytest.raises(CallInvalid, match="given as a whole and customized as well"):
            G(Book, author=G(Author), author__name="b")

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"author": Book()}, r"author takes rows of testapp\.Author, not of testapp\.Book"),
            ({"author": Author()}, "a row that is not saved. Save it before"),
            ({"author": [1]}, "is a relation to one row, so it takes no list"),
            ({"author_id": F()}, "takes a key, not"),
            ({"author": True}, r"author takes a row, a key or F\(\.\.\.\), not True\. F\(\) is a row of its own"),
            ({"author_id": False}, "not False"),
            ({"title": F()}, "is no relation"),
            ({"title": DjangoF("author")}, r"is given django\.db\.models\.F"),
            ({"author": DjangoF("title")}, r"is given django\.db\.models\.F"),
            ({"title": Author()}, r"takes a value, not a row of testapp\.Author"),
        ],
    )
    def test_values_of_another_kind(self, given, message):
        """A value that the name cannot take."""
        with pytest.raises(CallInvalid, match=message):
            G(Book, **given)

    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ({"fill_nullable_fields": "no"}, "fill_nullable_fields='no': expected True or False"),
            ({"validate_models": 1}, "validate_models=1: expected"),
            ({"number_of_laps": -1}, "number_of_laps=-1: expected a whole number from 0"),
            ({"ignore_fields": "title"}, "expected a list of names of fields"),
            ({"ignore_fields": ["titel"]}, "no model of a step has a field 'titel'|has a field 'titel'"),
            ({"seed": 1.5}, "seed=1.5: expected a number or a text"),
            ({"using": "nope"}, "using='nope': there is no such database"),
            ({"shelve": 3}, "shelve=3: expected True, or the name"),
            ({"named_shelve": True}, "expected the name of a shelf"),
        ],
    )
    def test_options(self, option, message):
        """An option of another kind."""
        with pytest.raises(CallInvalid, match=message):
            G(Note, **option)

    def test_another_f(self):
        """Who means Django's F is told which one this is."""
        with pytest.raises(CallInvalid, match=r"F\('title'\): expected values by name"):
            G(Note, title=F("title"))  # type: ignore[arg-type]

    def test_what_is_wrong_is_wrong_with_one_row(self):
        """Beside a value that a field refuses nothing is said of many rows, for which there may be no room."""
        with pytest.raises(CallInvalid) as caught:
            G(Coupon, worth=None)
        assert "Coupon.worth" in str(caught.value)
        assert "different values" not in str(caught.value)


class TestAllOrNothing:
    """A call that fails leaves nothing."""

    def test_no_orphans(self):
        """The rows that were made before the one that fails are gone."""
        G(Author, email="x@y.example")
        with pytest.raises(RowNotMade):
            G(Book, editor=F(email="x@y.example"))
        assert Author.objects.count() == 1
        with pytest.raises(RowNotMade):
            G(Author, books=[F(), F(id=7), F(id=7)])
        assert (Author.objects.count(), Book.objects.count()) == (1, 0)

    @pytest.mark.django_db(transaction=True)
    def test_outside_of_a_transaction(self):
        """The same where no test case holds a transaction open."""
        with pytest.raises(RowNotMade):
            G(Author, books=[F(id=7), F(id=7)])
        assert not Author.objects.exists()

    def test_the_transaction_goes_on(self):
        """After an error of the database the caller's transaction can be used."""
        note = G(Note)
        with pytest.raises(IntegrityError):
            G(Note, id=note.pk)
        assert G(Note).pk

    def test_what_the_model_refuses(self):
        """Whatever the model's own code raises is told with the call, and is the cause."""
        with pytest.raises(RowNotMade, match="A permit has level 1 to 3, not 9") as caught:
            G(Permit, level=9)
        assert isinstance(caught.value.__cause__, ValueError)
        assert caught.value.model == "testapp.Permit"

    def test_what_the_database_refuses(self):
        """An error of the database names field and value, and is Django's IntegrityError too."""
        G(Author, email="a@b.example")
        with pytest.raises(
            IntegrityError, match=r"G\(testapp\.Author\): testapp\.Author\.email='a@b\.example' was refused"
        ) as caught:
            G(Author, email="a@b.example")
        assert isinstance(caught.value, FixtureKitError)
        assert caught.value.field == "email"  # type: ignore[attr-defined]

    def test_what_must_differ_together(self):
        """Of several fields that must differ together all are named, whatever the database says."""
        seat = G(Enrolment)
        with pytest.raises(RowNotMade, match=r"testapp\.Enrolment \(student=\d+, course=\d+\) was refused") as caught:
            G(Enrolment, student=seat.student, course=seat.course)
        assert caught.value.field == "student"

    @pytest.mark.parametrize("n", [1, 3])
    @pytest.mark.parametrize(
        ("model", "field", "kind"),
        [
            (Coupon, "worth", "DecimalField"),
            (Measure, "whole", "IntegerField"),
            (Shift, "day", "DateField"),
            (Shift, "worker", "IntegerField"),
            (Token, "batch", "UUIDField"),
        ],
    )
    def test_what_a_field_cannot_hold(self, model, field, kind, n):
        """A value that its field cannot convert is told with both, for one row and for many."""
        message = rf"^G\(testapp\.\w+\): testapp\.\w+\.{field}='abc' was refused by its {kind}: .*abc"
        with pytest.raises(RowNotMade, match=message) as caught:
            G(model, n, values={field: "abc"})
        assert caught.value.field == field
        assert not model.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_what_the_database_refuses_in_the_end(self):
        """A link that leads nowhere is found when the transaction ends; the database may know which."""
        teach(Book, author_id=4711)
        where = r"testapp\.Book\.author" if connection.vendor == "postgresql" else ""
        with pytest.raises(IntegrityError, match=rf"^G\(testapp\.Book\): {where}") as caught:
            G(Book, fill_nullable_fields=False, use_library=True)
        assert isinstance(caught.value, RowNotMade)
        assert not Book.objects.exists()

    def test_what_a_field_converts(self):
        """Many rows take what one row takes: a text for a number, a date or a UUID."""
        key = "12345678123456781234567812345678"
        assert {str(row.batch) for row in G(Token, 2, batch=key)} == {key}
        assert Token.objects.filter(batch=UUID(key)).count() == 2
        G(Measure, 2, whole="7")
        assert Measure.objects.filter(whole=7).count() == 2

    def test_secrets_are_not_shown(self, own_models):
        """Neither as the value of the field, nor in what is said of it."""

        class Vault(models.Model):
            pin = models.IntegerField()

            class Meta:
                app_label = "testapp"

        with pytest.raises(RowNotMade) as caught:
            G(Vault, pin="hunter2")
        assert str(caught.value) == (
            "G(testapp.Vault): testapp.Vault.pin was refused by its IntegerField: "
            "ValueError: Field 'pin' expected a number but got '...'."
        )

    def test_passwords_are_not_shown(self):
        """A password is in no message."""
        with pytest.raises(CallError) as caught:
            G("auth.User", username="x" * 200, password="secret", validate_models=True)
        assert "secret" not in str(caught.value)

    def test_circles(self):
        """A circle of required links is refused before anything is written."""
        with pytest.raises(
            CallInvalid, match=r"every link of this circle is required.*Give one of them a row"
        ) as caught:
            G(Hen)
        assert "!" not in str(caught.value)
        assert not Hen.objects.exists()


class TestUnique:
    """Unique values step over what is there, and end with an error that names the numbers."""

    def test_rows_that_are_there(self):
        """Values of existing rows are stepped over, whoever made them and when."""
        Author.objects.create(name="x", email="a1@example.com")
        assert G(Author).email == "a2@example.com"
        Author.objects.create(name="x", email="a3@example.com")
        assert G(Author).email == "a4@example.com"
        assert [author.email for author in G(Author, 2)] == ["a5@example.com", "a6@example.com"]
        G(Author, email="a8@example.com")
        assert [G(Author).email for _ in range(2)] == ["a9@example.com", "a10@example.com"]

    def test_many_rows_that_are_there(self):
        """So are those of a large table, with one look for many rows."""
        Badge.objects.bulk_create(
            Badge(number=str(n), code=f"x{n}", nickname=f"n{n}", stamp=f"s{n}") for n in range(1, 1001)
        )
        assert [G(Badge).number for _ in range(3)] == ["1001", "1002", "1003"]

    def test_one_query(self):
        """They cost one query for each unique set, and none afterwards."""
        Author.objects.create(name="x", email="x@example.com")
        for looks in (1, 0, 0):
            with CaptureQueriesContext(connection) as queries:
                G(Author)
            assert len(queries) == looks + 3  # the savepoint, the row, the savepoint's end

    def test_few_values(self):
        """When all values are taken the error says how many there are."""
        assert [G(Grade).mark for _ in range(5)] == list("ABCDE")
        with pytest.raises(ValuesExhausted, match=r"testapp\.Grade\.mark has 5 different values"):
            G(Grade)
        Grade.objects.get(mark="C").delete()
        with pytest.raises(ValuesExhausted, match="5 different values"):
            G(Grade, 6)
        assert Grade.objects.count() == 4

    def test_a_free_value_is_found(self):
        """A value that became free is found."""
        G(Grade, 5)
        Grade.objects.get(mark="C").delete()
        assert G(Grade).mark == "C"

    def test_too_many_at_once(self):
        """More rows than values are refused before a row is made."""
        with pytest.raises(FixtureKitError):
            G(Initial, 1000)
        assert not Initial.objects.exists()


def test_validation():
    """``validate_models`` has each row validated before it is saved, and says what is wrong."""
    assert G(Score, percent=101, validate_models=False).percent == 101
    with pytest.raises(RowNotMade, match="percent=101 was refused: percent: Ensure this value is less than") as caught:
        G(Score, percent=101, validate_models=True)
    assert isinstance(caught.value.__cause__, ValidationError)
    with override_settings(FIXTUREKIT={"VALIDATE_MODELS": True}), pytest.raises(RowNotMade):
        G(Score, percent=101)
    with override_settings(FIXTUREKIT={"VALIDATE_MODELS": True}), pytest.raises(RowNotMade):
        G(Score, 2, percent=101)


def test_no_warnings():
    """A call that is right warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        G(Book)
        G(Sensor, 3)


def test_own_saving():
    """What the model's own ``save()`` sets is on the instance."""
    assert G(Quote, quantity=3, unit_price=2).total == 6


def test_threads():
    """Calls of several threads at once give each row a number of its own."""
    found: list[str] = []

    def work() -> None:
        for _ in range(50):
            found.append(N(Note, persist_dependencies=False).title)  # noqa: PERF401

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=int) == [str(n) for n in range(1, 401)]


class _Elsewhere:
    """A router that keeps notes in another database."""

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        return False if model_name == "note" and db == "default" else None


def test_routers():
    """A model whose rows the routers keep away from the database is refused."""
    with override_settings(DATABASE_ROUTERS=[_Elsewhere()]), pytest.raises(CallInvalid, match="keep rows of testapp"):
        G(Note, seed="routed")


class TestWhatAModelsOwnCodeSays:
    """A refusal of ``save()`` or ``clean()`` names what may be meant."""

    def test_links(self):
        """Links that are filled, and that the message speaks of, may be meant to be empty; or the other way round."""
        with pytest.raises(RowNotMade, match=r"try interval=None or member=None$"):
            G("treeapp.Job")
        with pytest.raises(RowNotMade, match=r"try interval=F\(\) or member=F\(\)$"):
            G("treeapp.Job", fill_nullable_fields=False)
        assert G("treeapp.Job", member=None).pk

    def test_what_is_given(self):
        """What the call gives is not advised against."""
        with pytest.raises(RowNotMade, match=r"try member=None$"):
            G("treeapp.Job", interval=G("treeapp.Interval"))

    def test_columns(self):
        """A column that is empty may need a value."""
        with pytest.raises(RowNotMade, match=r"needs an amount\. Nobody gave what this speaks of: try amount=\.\.\.$"):
            G("treeapp.Discount", validate_models=True, fill_nullable_fields=False, kind="fixed")

    def test_rows_on_the_way(self, own_models):
        """What may be meant is named as the call writes it, however far away the row is."""

        class Rung(models.Model):
            above = models.ForeignKey("self", models.CASCADE, null=True, related_name="below")
            colour = models.CharField(max_length=5, null=True)

            class Meta:
                app_label = "testapp"

            def save(self, *args, **kwargs):
                raise ValueError("no colour here")

        for given, path in [
            ({"above__above": None}, "above__colour"),
            ({"above__above__above": None}, "above__above__colour"),
        ]:
            with pytest.raises(RowNotMade, match=rf"try {path}=None$"):
                G(Rung, number_of_laps=3, values=given)

    def test_fields_that_nobody_can_fill(self, own_models):
        """So it is where a value has to be given."""

        class Odd(models.Field):
            pass

        class Casket(models.Model):
            odd = Odd()

            class Meta:
                app_label = "testapp"

        class Shelf(models.Model):
            casket = models.ForeignKey(Casket, models.CASCADE)

            class Meta:
                app_label = "testapp"

        class Room(models.Model):
            shelf = models.ForeignKey(Shelf, models.CASCADE)

            class Meta:
                app_label = "testapp"

        for model, path in ((Room, "shelf__casket__odd"), (Shelf, "casket__odd"), (Casket, "odd")):
            with pytest.raises(CallInvalid, match=rf"Give it a value \({path}=\.\.\.\), teach it"):
                G(model)

    @pytest.mark.parametrize(
        ("word", "instead"), [("ddf_lesson", "named_shelve="), ("fk_min_depth", "number_of_laps="), ("_quantity", "n=")]
    )
    def test_words_of_other_libraries(self, word, instead):
        """An option of another library is no field; the error says what it is called here."""
        given: dict[str, Any] = {word: 1}
        with pytest.raises(CallInvalid, match=rf"no field '{word}'\. Write .*{instead}"):
            G(Note, **given)

    def test_a_row_beside_its_values(self):
        """A row that is given cannot be given values as well."""
        with pytest.raises(CallInvalid, match=r"as a whole and customized as well .* Leave one of the two out\.$"):
            G(Book, author=G(Author), author__name="x")
        with pytest.raises(CallInvalid, match="given twice"):
            G(Book, author=G(Author), author_id=1)


@pytest.mark.skipif(not connection.features.can_rollback_ddl, reason="a table cannot be made in a transaction")
def test_expressions_that_must_differ(own_models):
    """The fields that a unique expression reads are named, also where Django cannot read the table's constraints."""

    class Customer(models.Model):
        email = models.EmailField()
        phone = models.CharField(max_length=20, blank=True)

        class Meta:
            app_label = "testapp"
            constraints = [
                models.UniqueConstraint(Lower("email"), name="one_address"),
                models.CheckConstraint(condition=models.Q(email__contains="@"), name="address"),
                models.CheckConstraint(condition=models.Q(phone="") | models.Q(phone__startswith="+"), name="abroad"),
            ]

    with tables(Customer):
        G(Customer, email="Ann@example.com")
        with pytest.raises(RowNotMade, match=r"one_address.*Give email values that differ"):
            G(Customer, email="ann@Example.com")
