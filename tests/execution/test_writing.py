"""A plan is written: all of it or nothing, with counters that go on, and errors that say where."""

from __future__ import annotations

import pytest
from django.db import connection

from fixturekit.exceptions import ApplyError, WriteFailed
from fixturekit.execution.reporting import Reporter
from fixturekit.ledger import Ledger
from tests.testapp.models import (
    Album,
    Article,
    Author,
    Badge,
    Book,
    Coin,
    Folder,
    Genre,
    Locker,
    Note,
    SportsCar,
    Vehicle,
)

pytestmark = pytest.mark.django_db

FAILING = """
steps:
  - {{id: genres, make: testapp.Genre, count: 5}}
  - id: badges
    make: testapp.Badge
    count: 3000
    set:
      number: !seq "N{{n}}"
    save: {way}
"""


class TestFailing:
    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_nothing_stays(self, recipes, way):
        """A refused row in the last step: no row, no ledger entry; recipe, file, line, step, row and field are named."""
        Badge.objects.create(number="N2500", code="own", stamp="own")
        recipes.write("testapp.first", "steps: [{id: a, make: testapp.Author, count: 3}]\n")
        recipes.write("testapp.second", FAILING.format(way=way))
        with pytest.raises(WriteFailed) as caught:
            recipes.apply()
        assert str(caught.value).startswith(
            "testapp/0002_second.yaml:7:7: testapp.second, step 'badges', row 2499, testapp.Badge.number: "
        )
        assert (caught.value.step, caught.value.row, caught.value.field) == ("badges", 2499, "number")
        assert str(caught.value.mark) == "testapp/0002_second.yaml:7:7"
        assert Badge.objects.count() == 1
        assert not Genre.objects.exists()
        assert list(Ledger(connection).applied()) == ["testapp.first"]
        assert Author.objects.count() == 3

    def test_running_again_goes_on(self, recipes):
        """Recipes before the failure stay applied; once the cause is gone, the next run does the rest."""
        own = Badge.objects.create(number="N2", code="own", stamp="own")
        recipes.write("testapp.first", "steps: [{id: a, make: testapp.Author, count: 3}]\n")
        recipes.write("testapp.second", "steps: [{id: b, make: testapp.Badge, count: 3, set: {number: !seq 'N{n}'}}]\n")
        recipes.write("testapp.third", "steps: [{id: g, make: testapp.Genre, count: 2}]\n")
        with pytest.raises(WriteFailed):
            recipes.apply()
        assert not Genre.objects.exists()
        own.delete()
        assert [(outcome.name, outcome.rows) for outcome in recipes.apply()] == [
            ("testapp.second", 3),
            ("testapp.third", 2),
        ]
        assert (Author.objects.count(), Badge.objects.count(), Genre.objects.count()) == (3, 3, 2)

    def test_labelled_row(self, recipes):
        """A labelled row is named by its label too; which of two comes first is the database's to say."""
        recipes.write(
            "testapp.b",
            """
            steps:
              - id: b
                make: testapp.Badge
                named:
                  anna: {code: AAA}
                  bert: {code: BBB}
                  carl: {code: AAA}
            """,
        )
        with pytest.raises(WriteFailed, match=r"step 'b', row (2 \(carl\)|0 \(anna\)), testapp\.Badge\.code: "):
            recipes.apply()

    def test_rows_of_a_parent(self, recipes):
        """Rows that the step's rows need are named by their path."""
        Author.objects.create(name="x", email="taken@example.com")
        recipes.write("testapp.b", "steps: [{id: b, make: testapp.Book, set: {author__email: taken@example.com}}]\n")
        with pytest.raises(
            WriteFailed, match=r"0001_b\.yaml:1:\d+: .*step 'b', rows of b/author, row 0, testapp\.Author\.email: "
        ):
            recipes.apply()
        assert not Book.objects.exists()

    def test_values_are_not_shown(self, recipes):
        """The message holds no value of the row."""
        Badge.objects.create(number="secret", code="own", stamp="own")
        recipes.write("testapp.b", "steps: [{id: b, make: testapp.Badge, set: {number: secret}}]\n")
        with pytest.raises(WriteFailed) as caught:
            recipes.apply()
        assert "secret" not in str(caught.value)

    def test_a_value_that_cannot_be_made(self, recipes):
        """A copy that does not fit is an error with its row and field, not a traceback."""
        recipes.write(
            "testapp.n",
            """
            steps:
              - id: n
                make: testapp.Note
                count: 12
                set: {title: !seq "{n}", code: !copy nickname, nickname: !seq "{n}{n}"}
            """,
        )
        with pytest.raises(
            WriteFailed, match=r"0001_n\.yaml:5:\d+: .*step 'n', row (9|11), testapp\.Note\.code: ValueError: "
        ):
            recipes.apply()
        assert not Note.objects.exists()

    def test_a_default_that_fails(self, recipes, monkeypatch):
        """So is a default that raises."""
        recipes.write("testapp.d", "steps: [{id: d, make: testapp.Draft, count: 4}]\n")

        def broken():
            raise LookupError("no words left")

        from tests.testapp.models import Draft

        # the cached property first: it is made from the other when it is looked up
        monkeypatch.setattr(Draft._meta.get_field("title"), "_get_default", broken)
        monkeypatch.setattr(Draft._meta.get_field("title"), "default", broken)
        with pytest.raises(
            WriteFailed,
            match=r"step 'd', row [03], testapp\.Draft\.title: LookupError: no words left \(tests/.*:\d+ in broken\)$",
        ):
            recipes.apply()

    def test_foreign_keys_fail_here(self, recipes):
        """A link to a row that is gone fails with the recipe's name and place, not at somebody's commit."""
        from django.db.models.signals import post_save

        def delete(sender, instance, **_):
            Author._base_manager.all()._raw_delete("default")

        recipes.write("testapp.b", "steps:\n- id: b\n  make: testapp.Book\n  count: 2\n  save: each\n")
        post_save.connect(delete, sender=Book)
        try:
            with pytest.raises(ApplyError) as caught:
                recipes.apply()
        finally:
            post_save.disconnect(delete, sender=Book)
        assert str(caught.value).startswith("testapp/0001_b.yaml:2:3: testapp.b, step 'b', ")
        assert not Ledger(connection).applied()
        assert not Book.objects.exists()


class TestCounters:
    """The keys that the database counts go on behind the rows that were made."""

    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_next_row(self, recipes, way):
        """save() works afterwards, and gets a key of its own."""
        recipes.write(
            "testapp.g",
            f"steps: [{{id: g, make: testapp.Genre, count: 5000, save: {way if way != 'each' else 'bulk'}}}]\n",
        )
        recipes.apply()
        own = Genre.objects.create(name="own")
        assert own.pk > max(Genre.objects.exclude(pk=own.pk).values_list("pk", flat=True))
        recipes.write("testapp.h", f"steps: [{{id: g, make: testapp.Genre, count: 5, save: {way}}}]\n")
        recipes.apply()
        Genre.objects.create(name="own too")
        assert Genre.objects.count() == 5007

    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_keys_that_the_recipe_gives(self, recipes, way):
        """Keys that a recipe gives to rows whose keys are counted are behind the counter afterwards."""
        before = Genre.objects.create(name="before").pk
        recipes.write(
            "testapp.g",
            f"steps: [{{id: g, make: testapp.Genre, count: 3, set: {{id: !seq '{before}00{{n}}'}}, save: {way}}}]\n",
        )
        recipes.apply()
        first = before * 1000 + 1
        assert list(Ledger(connection).made("testapp.g", "g")) == list(range(first, first + 3))
        keys = [Genre.objects.create(name=f"own {number}").pk for number in range(8)]
        assert keys == list(range(first + 3, first + 11))

    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_keys_of_a_chain_that_the_recipe_gives(self, recipes, way):
        """Also those of a multi-table model, whose key is counted in the topmost table."""
        first = Vehicle.objects.create(plate="x").pk + 100
        recipes.write(
            "testapp.c",
            f"steps: [{{id: c, make: testapp.SportsCar, set: {{id: {first}}}, save: {way}}}]\n",
        )
        recipes.apply()
        assert SportsCar.objects.get().pk == SportsCar.objects.get().id == first
        assert Vehicle.objects.create(plate="y").pk == first + 1

    def test_other_counted_keys(self, recipes):
        """Small counted keys under other names, the topmost table of a chain, links."""
        recipes.write(
            "testapp.x",
            """
            steps:
              - {id: coins, make: testapp.Coin, count: 3}
              - {id: cars, make: testapp.SportsCar, count: 3}
              - {id: albums, make: testapp.Album, count: 3, set: {genres: !make 2}}
            """,
        )
        recipes.apply()
        Coin.objects.create(currency=Coin.objects.all()[0].currency)
        SportsCar.objects.create(plate="own", doors=1, top_speed=1)
        album = Album.objects.create(title="own")
        album.genres.add(Genre.objects.create(name="own"))
        assert (Coin.objects.count(), SportsCar.objects.count(), Album.genres.through.objects.count()) == (4, 4, 7)


class TestRows:
    @pytest.mark.parametrize("way", ["stream", "bulk", "each"])
    def test_rows_point_at_earlier_ones(self, recipes, way):
        """A pick from the very step is a tree, across blocks too."""
        count = 30 if way == "each" else 4500
        recipes.write(
            "testapp.f",
            f"steps: [{{id: f, make: testapp.Folder, count: {count}, set: {{parent: !pick f}}, save: {way}}}]\n",
        )
        recipes.apply()
        keys = dict(Folder.objects.values_list("pk", "parent_id"))
        roots = [key for key, parent in keys.items() if parent is None]
        assert roots == [min(keys)]
        assert all(parent < key for key, parent in keys.items() if parent is not None)

    def test_nobody_set_a_value_in_the_database(self, recipes):
        """Columns that only the database can compute are left to it."""
        from tests.testapp.models import Sensor

        recipes.write("testapp.s", "steps: [{id: s, make: testapp.Sensor, count: 2}]\n")
        recipes.apply()
        assert set(Sensor.objects.values_list("kind", flat=True)) == {"PROBE"}

    def test_progress_adds_up(self, recipes):
        """The reporter hears of every row once, tables of one row counted together."""
        heard = []

        class Counting(Reporter):
            def start(self, name, rows):
                heard.append(rows)

            def progress(self, rows):
                heard.append(-rows)

        recipes.write("testapp.c", "steps: [{id: c, make: testapp.SportsCar, count: 5000}]\n")
        recipes.apply(reporter=Counting())
        assert heard[0] == 5000
        assert sum(heard) == 0

    def test_no_rows(self, recipes):
        """A step of no rows makes none, and the recipe is applied."""
        recipes.write("testapp.l", "steps: [{id: l, make: testapp.Locker, count: 0}]\n")
        [outcome] = recipes.apply()
        assert outcome.rows == Locker.objects.count() == 0
        assert list(Ledger(connection).applied()) == ["testapp.l"]
        recipes.applier().remove(["testapp.l"])

    def test_blocks_do_not_show(self, recipes):
        """The rows of a long step are those of a short one, and more."""
        recipes.write("testapp.a", "steps: [{id: a, make: testapp.Article, count: 4100}]\n")
        recipes.apply()
        names = ("headline", "body", "created_at")
        rows = list(Article.objects.order_by("pk").values_list(*names))
        recipes.applier().remove(["testapp.a"])
        recipes.write("testapp.a", "steps: [{id: a, make: testapp.Article, count: 2050}]\n")
        recipes.apply()
        assert list(Article.objects.order_by("pk").values_list(*names)) == rows[:2050]
