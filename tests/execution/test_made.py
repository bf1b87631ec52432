"""Made rows are found by recipe, step, number and label, and are read when they are asked for."""

from __future__ import annotations

import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import fixturekit
from fixturekit.exceptions import MadeRowsMissing, NotMade
from tests.otherapp.models import Classic
from tests.testapp.models import Author, Genre, Parcel, SportsCar

pytestmark = pytest.mark.django_db

CATALOGUE = """
    steps:
      - {id: acme, make: testapp.Author, set: {name: Acme}}
      - {id: genres, make: testapp.Genre, count: 12}
    """
SALE = """
    depends_on: [testapp.catalogue]
    steps:
      - {id: products, make: testapp.Author, count: 7, set: {name: !seq "P{n}"}}
      - {id: staff, make: testapp.Author, named: {anna: {name: Anna}, bob: {}}}
      - {id: boss, make: testapp.Author, named: {carl: {name: Carl}}}
      - {id: on-sale, make: testapp.Genre, count: 2}
      - {id: nobody, make: testapp.Genre, count: 0}
    """


@pytest.fixture
def made(recipes):
    recipes.write("testapp.catalogue", CATALOGUE)
    recipes.write("testapp.sale", SALE)
    return fixturekit.load("testapp.sale")


class TestSteps:
    def test_rows_in_order(self, made):
        """A step of several rows is a sequence of instances in row order, whatever the table's order is."""
        Author._base_manager.filter(name="P3").update(email="zzz@example.com")
        assert [each.name for each in made.products] == [f"P{number}" for number in range(1, 8)]
        assert len(made.products) == 7
        assert made.products[3].name == "P4"
        assert made.products[-1].name == "P7"
        assert [each.name for each in made.products[1:6:2]] == ["P2", "P4", "P6"]
        assert made.products[2] in made.products

    def test_one_row(self, made):
        """A step of one row is that row; as an item it is a sequence still."""
        assert made["testapp.catalogue"].acme.name == "Acme"
        assert [each.name for each in made["testapp.catalogue"]["acme"]] == ["Acme"]
        with pytest.raises(TypeError):
            made["testapp.catalogue"].acme[0]

    def test_labels(self, made):
        """Named rows are found by label and by number; one named row is a sequence too."""
        assert made.staff["anna"].name == "Anna"
        assert made.staff["anna"] == made.staff[0]
        assert made.staff.labels == ("anna", "bob")
        assert made.boss["carl"].name == "Carl"

    def test_any_id(self, made):
        """An id that is no identifier is reached as an item; so is a whole address."""
        assert len(made["on-sale"]) == 2
        assert made["products[3]"].name == "P4"
        assert made["staff[anna]"].name == "Anna"
        assert made["testapp.sale/staff[anna]"].name == "Anna"
        assert made["testapp.catalogue/acme[0]"].name == "Acme"

    def test_no_rows(self, made):
        """A step that makes nothing is an empty sequence."""
        assert (list(made.nobody), len(made.nobody), made.nobody.keys()) == ([], 0, [])

    def test_keys(self, made, django_assert_num_queries):
        """Keys come without reading the rows."""
        keys = made.products.keys()
        assert keys == [each.pk for each in made.products]
        with django_assert_num_queries(0):
            assert made.products.keys() == keys

    def test_several_recipes(self, made):
        """Steps of all named recipes are found; of two with one name, that of the last recipe."""
        both = fixturekit.load("testapp.sale", "testapp.catalogue")
        assert len(both.genres) == 12
        assert len(both.products) == 7

    def test_last_recipe_first(self, made, recipes):
        """Of two steps with one id, that of the recipe named last is found."""
        recipes.write("testapp.more", "steps: [{id: products, make: testapp.Author, count: 2}]\n")
        assert len(fixturekit.load("testapp.sale", "testapp.more").products) == 2
        assert len(fixturekit.load("testapp.more", "testapp.sale").products) == 7


class TestModels:
    def test_proxy(self, recipes):
        """Rows of a step that makes a proxy are instances of the proxy."""
        recipes.write("otherapp.classics", "steps: [{id: c, make: otherapp.Classic, count: 2}]\n")
        assert {type(each) for each in fixturekit.load("otherapp.classics").c} == {Classic}

    def test_multi_table(self, recipes):
        """Rows over several tables have the fields of all of them."""
        recipes.write(
            "testapp.cars", "steps: [{id: c, make: testapp.SportsCar, count: 3, set: {wheels: 4, doors: 2}}]\n"
        )
        cars = list(fixturekit.load("testapp.cars").c)
        assert [(type(car), car.wheels, car.doors) for car in cars] == [(SportsCar, 4, 2)] * 3

    def test_other_keys(self, recipes):
        """Keys that are no integers find their rows, in row order."""
        recipes.write("testapp.parcels", "steps: [{id: p, make: testapp.Parcel, count: 5}]\n")
        made = fixturekit.load("testapp.parcels")
        assert made.p.keys() == [each.pk for each in made.p]
        assert {each.pk for each in made.p} == set(Parcel.objects.values_list("pk", flat=True))

    def test_many_rows(self, recipes):
        """Many rows are read in blocks."""
        recipes.write("testapp.many", "steps: [{id: g, make: testapp.Genre, count: 1200}]\n")
        rows = fixturekit.load("testapp.many").g
        rows.keys()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(list(rows)) == 1200
        assert len(queries) == 3


class TestReading:
    def test_lazily_and_once(self, made, django_assert_num_queries):
        """Nothing is read before it is asked for; then an instance stays the same object."""
        with django_assert_num_queries(0):
            products = made.products
        first = products[3]
        with django_assert_num_queries(0):
            assert made.products[3] is first
            assert made["products"][3] is first

    def test_copies_are_isolated(self, made):
        """A copy reads instances of its own."""
        made.products[0].name = "changed"
        for again in (copy.deepcopy(made), copy.copy(made)):
            assert again.products[0].name == "P1"
        assert made.products[0].name == "changed"

    def test_rows_that_are_gone(self, made):
        """A row that was deleted is an error that names it; the others are there."""
        Author.objects.filter(pk=made.products.keys()[3]).delete()
        assert made.products[2].name == "P3"
        with pytest.raises(MadeRowsMissing, match=r"testapp\.sale/products\[3\] is not in database 'default' any more"):
            made.products[3]
        with pytest.raises(MadeRowsMissing):
            list(made.products)

    def test_faked(self, recipes):
        """A recipe that was only noted as applied has no rows."""
        recipes.write("testapp.genres", "steps: [{id: g, make: testapp.Genre, count: 2}]\n")
        recipes.applier().apply(["testapp.genres"], fake=True)
        made = fixturekit.load("testapp.genres")
        with pytest.raises(MadeRowsMissing, match="--fake"):
            made.g[0]
        assert not Genre.objects.exists()


class TestWrongNames:
    def test_step(self, made):
        """An unknown step is an AttributeError and a LookupError, with what is near and all there are."""
        with pytest.raises(AttributeError) as caught:
            _ = made.product
        assert str(caught.value) == (
            "testapp.sale has no step 'product'. Did you mean 'products'? "
            "Steps are products, staff, boss, on-sale, nobody"
        )
        assert isinstance(caught.value, NotMade)
        with pytest.raises(LookupError, match="has no step"):
            made["product"]
        assert not hasattr(made, "product")
        with pytest.raises(NotMade, match=r"3 is no step\. Rows are numbered in their step: made\['step'\]\[3\]"):
            made[3]

    def test_step_of_a_dependency(self, made):
        """A step of a recipe that came along is pointed out."""
        with pytest.raises(
            NotMade, match=r"testapp\.catalogue, which came along, has one: made\['testapp\.catalogue'\]"
        ):
            _ = made.acme

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("testapp.salle", "there is no recipe 'testapp.salle'. Did you mean 'testapp.sale'?"),
            ("testapp.other", "testapp.other is not loaded here. Loaded are testapp.catalogue, testapp.sale"),
            ("a b c.d/e/", "'a b c.d/e/' is not the address of a step"),
        ],
    )
    def test_recipe(self, made, recipes, name, message):
        """An unknown recipe, one that is not loaded, and what is no name at all."""
        recipes.write("testapp.other", "steps: [{id: g, make: testapp.Genre}]\n")
        made = fixturekit.load("testapp.sale")
        with pytest.raises(NotMade) as caught:
            made[name]
        assert message in str(caught.value)

    def test_row(self, made):
        """A number that no row has is an IndexError; an unknown label names the near one."""
        with pytest.raises(IndexError, match=r"testapp\.sale/products has 7 rows, none at 7"):
            made.products[7]
        with pytest.raises(NotMade, match=r"has no row 'ana'\. Did you mean 'anna'\? Labels are anna, bob"):
            made.staff["ana"]
        with pytest.raises(NotMade, match="Its rows have numbers"):
            made.products["anna"]

    def test_nothing_loaded(self, recipes):
        """Without a recipe there is no step, and the message says why."""
        with pytest.raises(NotMade, match="No recipe was named"):
            _ = fixturekit.load().products

    def test_is_no_sequence(self, made):
        """Made itself is not iterated over."""
        with pytest.raises(TypeError):
            list(made)


class TestShown:
    def test_made(self, made):
        """The recipes, the database, the steps."""
        assert repr(made) == ("<Made testapp.sale in default: products[7], staff[2], boss[1], on-sale[2], nobody[0]>")
        assert {"products", "staff", "using"} <= set(dir(made))
        assert "on-sale" not in dir(made)

    def test_rows(self, made):
        """The address, how many rows of what, and labels; no query is made for it."""
        assert repr(made.products) == "<testapp.sale/products: 7 rows of testapp.Author>"
        assert repr(made.staff) == "<testapp.sale/staff: 2 rows of testapp.Author: anna, bob>"
