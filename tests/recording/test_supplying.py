"""What FIELD_GENERATORS and BLUEPRINTS supply while a recipe is recorded stands in the recipe."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from fixturekit import G, N, teach
from fixturekit.exceptions import CallInvalid, PlanError
from fixturekit.planning.planner import Planner
from fixturekit.recipes.reading import read
from tests.recording.running import NOW, files, given, make, shown
from tests.testapp.models import Author, Grade, Place, Poster, Spot

pytestmark = pytest.mark.django_db

POINT = {"tests.testapp.fields.PointField": "tests.testapp.values.point"}
COLOUR = {"tests.testapp.fields.ColourField": "tests.testapp.values.colour"}
TEXT = {"django.db.models.CharField": "tests.testapp.values.alone"}


def setting(**words):
    """Settings beside those of the test's recipes."""
    return override_settings(FIXTUREKIT={**getattr(settings, "FIXTUREKIT", {}), **words})


def generators(paths):
    """The setting for classes of fields."""
    return setting(FIELD_GENERATORS=paths)


class TestRecipes:
    """The recorder writes ``!call``; a replay asks no setting."""

    def test_a_field_that_nothing_fills(self, recipes):
        """It is written into the step, and the recipe is applied where the setting is not there."""
        with pytest.raises(CommandError, match="FIELD_GENERATORS"):
            make(NOW, "testapp.places", "--model", "testapp.Place", "--count", "3")
        with generators(POINT):
            run = make(NOW, "testapp.places", "--model", "testapp.Place", "--count", "3")
        (path,) = files(recipes)
        assert "point: !call tests.testapp.values.point" in (recipes.root / path).read_text()
        call_command("applyfixtures", verbosity=0)
        points = [place.point for place in Place.objects.order_by("pk")]
        assert [y for _, y in points] == [1, 2, 3]
        call_command("applyfixtures", verify=True, verbosity=0)
        assert run.err == ""

    def test_another_setting_changes_nothing(self, recipes):
        """A recipe goes by itself alone."""
        make(NOW, "testapp.authors", "--model", "testapp.Author", "--count", "3")
        with generators(TEXT):
            call_command("applyfixtures", verbosity=0)
        assert not Author.objects.filter(name="name!").exists()

    def test_what_goes_first(self, recipes):
        """A value, a default, and NULL of a field that may be empty go before it, as the order has it."""
        with generators(POINT):
            assert given(shown("--model", "testapp.Place", "--point", "1;2")) == ["point: 1;2"]
            assert "!call" not in shown("--model", "testapp.Spot").out

    def test_rows_on_the_way(self, recipes):
        """The path of a row that is made on the way leads to the field."""
        with generators({"django.db.models.EmailField": "tests.testapp.values.point_mail"}):
            run = shown("--model", "testapp.Book", "--count", "4")
        assert "author__email: !call tests.testapp.values.point_mail" in run.out

    def test_rows_of_lists(self, recipes):
        """No path leads to the rows of a list: the default shelf of their model has the function."""
        with generators({"django.db.models.CharField": "tests.testapp.values.point_mail"}):
            run = shown("--model", "testapp.Author", "--name", "Ann", "--email", "a@b.example", "--libraries", "2")
        assert [shelf.model for shelf in run.recipe.shelves] == ["otherapp.Library"]
        assert "name: !call tests.testapp.values.point_mail" in run.out

    def test_further_steps(self, recipes):
        """Steps that were there before stay as they are."""
        make(NOW, "testapp.places", "--model", "testapp.Author")
        with generators({**TEXT, **POINT}):
            run = make("--dry-run", "--append", "testapp.places", "--model", "testapp.Place")
        old, new = run.recipe.steps
        assert "!call" not in repr(old)
        assert [entry.key for entry in new.set] == ["name", "point"]

    def test_no_such_function(self, recipes):
        """A path that leads nowhere is an error that names the setting."""
        with (
            generators({"tests.testapp.fields.PointField": "tests.testapp.values.pont"}),
            pytest.raises(
                CommandError, match=r"FIELD_GENERATORS names tests\.testapp\.values\.pont, and .* no function"
            ),
        ):
            shown("--model", "testapp.Place")

    def test_documents(self):
        """A planner that nobody tells of the setting does not ask it."""
        recipe = read("steps:\n  - {id: place, make: testapp.Place}\n", "r")
        with generators(POINT), pytest.raises(PlanError):
            Planner(lambda name: None).plan("testapp.r", recipe)


class TestCalls:
    """A call asks the setting each time."""

    def test_a_field_that_nothing_fills(self):
        """With it ``G`` makes what it refuses without."""
        with pytest.raises(CallInvalid):
            G(Place)
        with generators(POINT):
            first, second = G(Place, 2)
            assert first.point != second.point
            assert Place.objects.get(pk=first.pk).point == first.point
            assert G(Place, point=(7, 7)).point == (7, 7)
            assert N(Place, persist_dependencies=False).point[1] == 4

    def test_the_same_each_time(self):
        """What it draws goes by the row."""
        with generators(POINT):
            assert [place.point for place in G(Place, 3, seed=1)] != [place.point for place in G(Place, 3, seed=2)]

    def test_classes(self):
        """The nearest class counts; choices and defaults go before."""
        with generators({**TEXT, **COLOUR}):
            palette = G(Poster)
            assert {
                getattr(palette, field.name) for field in palette._meta.fields if "Colour" in type(field).__name__
            } == {"#00ff00"}
            assert G(Spot).origin == (0, 0)
        assert G(Grade).pk

    def test_functions_of_calls_go_first(self):
        """``FIELD_FIXTURES`` is for calls alone, and goes before."""
        both = {"FIELD_FIXTURES": {"tests.testapp.fields.PointField": lambda: (5, 5)}, "FIELD_GENERATORS": POINT}
        with override_settings(FIXTUREKIT=both):
            assert G(Place).point == (5, 5)


class TestBlueprints:
    """What a setting says of a whole model."""

    @pytest.fixture(autouse=True)
    def blueprint(self, recipes):
        """Functions for two fields of a model, one of which has a default."""
        said = {"testapp.Spot": {"origin": "tests.testapp.values.point", "name": "tests.testapp.values.alone"}}
        with setting(BLUEPRINTS=said):
            yield

    def test_recipes(self):
        """The recorder writes them into the step; defaults do not go before, values do."""
        assert given(shown("--model", "testapp.Spot", "--name", "x")) == [
            "name: x",
            "origin: !call tests.testapp.values.point",
        ]

    def test_calls(self):
        """Calls have them too; what is given, taught or ignored goes before."""
        spot = G(Spot)
        assert (spot.name, spot.origin[1]) == ("name!", 1)
        assert G(Spot, name="x").name == "x"
        teach(Spot, name="taught")
        assert G(Spot, use_library=True).name == "taught"
        assert G(Spot, ignore_fields=["origin"]).origin == (0, 0)

    @pytest.mark.parametrize(
        ("said", "message"),
        [
            ({"testapp.Spot": {"orign": "x.y"}}, r"no field 'orign', for which BLUEPRINTS .* Did you mean 'origin'"),
            ({"testapp.Spot": {"origin": "x.y"}}, r"BLUEPRINTS names x\.y, and x\.y does not lie in an installed app"),
            ({"testapp.Book": {"author": "x.y"}}, r"Book\.author: is a relation, for which BLUEPRINTS"),
        ],
    )
    def test_mistakes(self, said, message):
        """What cannot be meant is an error, with the setting's name."""
        model = next(iter(said))
        with setting(BLUEPRINTS=said):
            with pytest.raises(CallInvalid, match=message):
                G(model)
            with pytest.raises(CommandError, match=message):
                shown("--model", model)

    def test_proxies_and_children(self):
        """A model that inherits has what is said of the one that it inherits from."""
        said = {"testapp.Book": {"title": "tests.testapp.values.alone"}}
        with setting(BLUEPRINTS=said):
            assert G("otherapp.Classic").title == "title!"
