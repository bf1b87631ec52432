"""Plans as data: batches, chains of tables, labels, options, renames, routing."""

from __future__ import annotations

import pytest
from django.db import models

from fixturekit.exceptions import PlanError
from fixturekit.planning.plan import Unique
from fixturekit.values.sources import At, Const, Drawn, Each, Enumerated, Fold, Following, Link, Listed, Mixed, Pinned
from tests.planning.support import batches, planned, problem, problems, step

# -- batches


def test_batch():
    """A batch says which table, how many rows, which key, and where the recipe asks for it."""
    text = step("testapp.Relic", "name: x", count=4)
    plan = planned("seed: 7\nnow: 2026-11-20T09:00:00Z\n" + text).plan
    (batch,) = plan.batches
    assert (plan.recipe, plan.seed, plan.now, plan.rows) == ("testapp.x", "7", "2026-11-20T09:00:00+00:00", 4)
    assert (batch.id, batch.step, batch.stream, batch.path) == ("a", "a", "a", "")
    assert (batch.model, batch.table, batch.count) == ("testapp.Relic", "testapp_relic", 4)
    assert (batch.key, batch.counted, batch.needs) == ("id", True, frozenset())
    assert [(column.field, column.column) for column in batch.columns] == [
        ("name", "select"),
        ("group", "Group Name"),
        ("keeper", "from"),
    ]
    assert batch.unique == (Unique(("group",), "group"),)
    assert str(batch.mark) == "x.yaml:4:5"


def test_seed_and_clock_of_a_bare_recipe():
    """Without a seed the recipe's name is one, and the clock stands still."""
    plan = planned(step("testapp.Note")).plan
    assert (plan.seed, plan.now) == ("testapp.x", "2026-01-01T00:00:00+00:00")


def test_plans_are_equal():
    """The same text gives an equal plan."""
    assert planned(step("testapp.Draft")) == planned(step("testapp.Draft"))


def test_unknown_batch():
    """Asking a plan for a batch that it has not is a KeyError."""
    with pytest.raises(KeyError, match="b"):
        planned(step("testapp.Note")).plan.batch("b")


def test_order_and_kept_columns():
    """Parents come before children; what others read is kept."""
    plan = planned(step("testapp.Book", "title: !copy author.name")).plan
    ids = [batch.id for batch in plan.batches]
    assert all(ids.index(need) < ids.index(batch.id) for batch in plan.batches for need in batch.needs)
    assert plan.batch("a/imprint").kept == ("code",)
    assert plan.batch("a/author").kept == ("name",)
    assert plan.batch("a").kept == ()


# -- multi-table models


def test_streamed_chain():
    """A multi-table row is a chain of batches of one count; each table links to the one above."""
    found = planned(step("testapp.SportsCar")).plan.batches
    assert [(batch.id, batch.model, batch.key, batch.counted, batch.part) for batch in found] == [
        ("a^vehicle", "testapp.Vehicle", "id", True, True),
        ("a^car", "testapp.Car", "vehicle_ptr", False, True),
        ("a", "testapp.SportsCar", "car_ptr", False, False),
    ]
    assert [[column.field for column in batch.columns] for batch in found] == [
        ["plate", "wheels"],
        ["vehicle_ptr", "doors"],
        ["car_ptr", "top_speed"],
    ]
    assert found[2].columns[0].source == Link("a^car", Each())
    assert planned(step("testapp.SportsCar")).plan.rows == 3


def test_named_parent_link_and_uuid_key():
    """A parent link has its own name; a chain may share a UUID."""
    assert batches(step("testapp.Boat"))["a"]["hull"] == Link("a^vehicle", Each())
    assert planned(step("testapp.Machine")).plan.batch("a^asset").counted is False
    assert batches(step("testapp.Machine"))["a^asset"]["id"] == Drawn("uuids", "id")


def test_saved_chain():
    """Where instances are saved, a multi-table row is one batch."""
    (batch,) = planned(step("testapp.SportsCar") + "    save: each\n").plan.batches
    assert (batch.id, batch.model, batch.counted) == ("a", "testapp.SportsCar", True)
    assert [column.field for column in batch.columns] == ["plate", "wheels", "doors", "top_speed"]


def test_proxy():
    """A proxy's rows are in its concrete model's table."""
    batch = planned(step("testapp.FeaturedArticle")).plan.batch("a")
    assert batch.table == "testapp_article"


# -- labelled rows


def test_labels():
    """Each label's own value stands in its row; other rows get what the step says."""
    text = """
        - id: a
          make: testapp.Note
          set: {title: all}
          named: {x: {title: one}, y: {}, z: {code: c}}
    """
    plan = planned(text).plan
    assert plan.batch("a").labels == ("x", "y", "z")
    found = batches(text)["a"]
    assert found["title"] == Mixed((Const("all"), Const("one")), (1, 0, 0))
    assert isinstance(found["code"], Mixed)
    assert found["code"].choose == (0, 0, 1)


def test_labels_with_relations():
    """A label may have a parent of its own; parents of the others are made for them only."""
    text = """
        - id: a
          make: testapp.Book
          named: {x: {author: {name: Ann}}, y: {}, z: {}}
    """
    plan = planned(text).plan
    author = plan.batch("a").column("author")
    assert author is not None
    assert author.source == Mixed((Link("a/author", Listed((0, 0, 1))), Link("a[x]/author", At(0))), (1, 0, 0))
    assert (plan.batch("a/author").count, plan.batch("a/author").labels) == (2, ("y", "z"))
    assert plan.batch("a[x]/author").count == 1


def test_labels_of_relations_with_several_rows():
    """Many-to-many rows are set for all rows."""
    text = "- {id: a, make: testapp.Album, named: {x: {genres: !make 2}}}"
    assert problem(text).endswith(
        "steps[0].named.x.genres: testapp.Album.genres has several rows: set it for all rows of the step "
        "(fixturekit.E058)."
    )


def test_labels_with_keys():
    """Keys are given to all labels or to none."""
    found = batches("- {id: a, make: testapp.Author, named: {x: {id: 7}, y: {id: 8}}}")
    assert found["a"]["id"] == Mixed((Const(7), Const(8)), (0, 1))
    assert problem("- {id: a, make: testapp.Author, named: {x: {id: 7}, y: {}}}").endswith(
        "testapp.Author.id: is counted by the database for the other rows: give it to all rows, or to none "
        "(fixturekit.E058)."
    )


def test_place_of_a_labels_value():
    """A label's bad value is reported where it stands."""
    assert problem("- {id: a, make: testapp.Event, named: {x: {day: nope}}}").startswith(
        "x.yaml:2:46 steps[0].named.x.day: testapp.Event.day: "
    )


LABELS = """
    - id: a
      make: testapp.Book
      set: {author__name: all}
      named: {x: {author__email: x@example.com}, y: {author__name: Yes}, z: {}}
"""


def test_paths_of_labelled_parents():
    """Parents made for one label have a path of their own in digests, and the lanes of all."""
    plan = planned(LABELS).plan
    paths = {batch.id: batch.path for batch in plan.batches}
    assert (paths["a/author"], paths["a[x]/author"], paths["a[y]/author"]) == ("author.", "[x]author.", "[y]author.")
    assert len(set(paths.values())) == len(plan.batches) - len([batch for batch in plan.batches if batch.part])
    found = batches(LABELS)
    assert found["a[y]/author"]["email"].own.key == found["a/author"]["email"].own.key  # type: ignore[attr-defined]


def test_paths_of_labels_merge():
    """What a label says below a relation stands beside what the step says there; the label's word counts."""
    found = batches(LABELS)
    assert (found["a[x]/author"]["name"], found["a[x]/author"]["email"]) == (Const("all"), Const("x@example.com"))
    assert found["a[y]/author"]["name"] == Const("Yes")
    assert found["a/author"]["name"] == Const("all")


def test_label_that_takes_another_row():
    """A label that names a row as a whole has nothing of the step's."""
    found = batches("- {id: a, make: testapp.Book, set: {author__name: all}, named: {x: {author: !pin 1}}}")
    assert found["a"]["author"] == Mixed((Pinned(0),), (0,))
    assert "a[x]/author" not in found


# -- renames


def test_lanes_and_was():
    """A renamed step or field keeps the address of its values."""
    text = "- {id: b, make: testapp.Note, was: a, lanes: {title: headline}}"
    batch = planned(text).plan.batch("b")
    assert (batch.step, batch.stream) == ("b", "a")
    title = batch.column("title")
    assert title is not None
    assert isinstance(title.source, Drawn)
    assert title.source.lane == "headline"


def test_lanes_below_a_relation():
    """A lane is a path, on both sides."""
    found = batches("- {id: a, make: testapp.Book, lanes: {author__name: writer__name}}")
    assert found["a/author"]["name"].lane == "writer.name"  # type: ignore[attr-defined]


def test_lanes_of_unknown_fields():
    """A lane of a field that is not there would keep nothing."""
    assert problem("- {id: a, make: testapp.Book, lanes: {autor: writer}}").endswith(
        "steps[0].lanes.autor: testapp.Book has no field 'autor' (fixturekit.E013). Did you mean 'author'?"
    )


def test_lanes_of_unique_fields():
    """A renamed unique field keeps its enumeration and its place there, below a renamed relation too."""

    def email(lanes, step="testapp.Author", batch="a", name="email"):
        found = batches(f"- {{id: a, make: {step}, count: 3, lanes: {{{lanes}}}}}")
        return found[batch][name]

    source = email("email: mail")
    assert isinstance(source, Following)
    assert isinstance(source.own, Enumerated)
    assert source.own.key == "testapp.Author.mail"
    assert email("author__email: writer__email", "testapp.Book", "a/author") != email("", "testapp.Book", "a/author")


# -- options


def test_depth():
    """Nullable parents of parents stay empty beyond the depth."""
    text = "steps:\n  - {id: a, make: testapp.Cover, count: 1}"
    assert batches(text)["a/book"]["translator"] == Const(None)
    assert batches("options: {depth: 2}\n" + text)["a/book"]["translator"] == Link("a/book/translator", Each())


def test_fill_nullable():
    """Nullable parents are made as well, of a model that is being made once more."""
    found = batches("options: {fill_nullable: true}\nsteps:\n  - {id: a, make: testapp.Book, count: 1}")
    assert found["a"]["editor"] == Link("a/editor", Each())
    folder = batches("options: {fill_nullable: true}\nsteps:\n  - {id: a, make: testapp.Folder, count: 1}")
    assert folder["a"]["parent"] == Link("a/parent", Each())
    assert folder["a/parent"]["parent"] == Const(None)


def test_style_of_spreading():
    """Lifelike rows share parents, plain ones have one each."""
    text = step("testapp.Book", count=10)
    assert planned(text).plan.batch("a/author").count == 4
    assert planned("options: {style: plain}\n" + text).plan.batch("a/author").count == 10


@pytest.mark.parametrize(("laps", "chain"), [(0, 0), (1, 1), (2, 2), (5, 5)])
def test_laps_of_a_self_reference(laps, chain):
    """With nullable fields filled, a row has a parent that has a parent, and so on, so many times."""
    text = f"options: {{style: plain, fill_nullable: true, laps: {laps}}}\nsteps:\n  - {{id: a, make: testapp.Folder}}"
    found = batches(text)
    assert len(found) == chain + 1
    for above in range(chain):
        id = "a" + "/parent" * above
        assert found[id]["parent"] == Link(f"{id}/parent", Each())
    assert found["a" + "/parent" * chain]["parent"] == Const(None)


@pytest.mark.parametrize(
    ("laps", "chain"),
    [
        (0, ["a"]),
        (1, ["a", "capital", "country"]),
        (2, ["a", "capital", "country", "capital", "country"]),
    ],
)
def test_laps_of_a_circle(laps, chain):
    """So is a circle of several models, as long as it can end after its last required link."""
    text = f"options: {{fill_nullable: true, laps: {laps}}}\nsteps:\n  - {{id: a, make: testapp.Country}}"
    found = batches(text)
    assert sorted(found, key=len) == ["/".join(chain[: number + 1]) for number in range(len(chain))]
    assert found["/".join(chain)]["capital"] == Const(None)


def test_a_circle_that_somebody_asks_for():
    """A city that is asked for has a country of its own: the circle ends there."""
    found = batches("- {id: a, make: testapp.Country, set: {capital: {name: x}}}")
    assert found["a/capital"]["country"] == Link("a/capital/country", Each())
    assert found["a/capital/country"]["capital"] == Const(None)


def test_laps_alone():
    """Links that may be empty stay so where nullable fields are not filled; those that forms require are followed."""
    assert batches("options: {laps: 3}\n" + step("testapp.Folder"))["a"]["parent"] == Const(None)


@pytest.mark.usefixtures("own_models")
def test_laps_of_what_forms_require():
    """A link that may be NULL but not blank is followed where `laps` is written, beyond `depth` as well."""

    class Leaf(models.Model):
        above = models.ForeignKey("self", models.CASCADE, null=True)

        class Meta:
            app_label = "testapp"

    text = "steps:\n  - {id: a, make: testapp.Leaf}"
    assert list(batches(text)) == ["a"]
    assert list(batches("options: {laps: 2}\n" + text)) == ["a/above/above", "a/above", "a"]


@pytest.mark.usefixtures("own_models")
def test_far_too_many_laps():
    """Two self references double the rows with each lap: refused before they are planned for ever."""

    class Couple(models.Model):
        mother = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
        father = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")

        class Meta:
            app_label = "testapp"

    assert len(batches("options: {laps: 3}\nsteps:\n  - {id: a, make: testapp.Couple}")) == 15
    assert problem("options: {laps: 50}\nsteps:\n  - {id: a, make: testapp.Couple}") == (
        "x.yaml:1:1 options: these options follow more than 5000 links that may be empty, or 200 in a row (fixturekit.E091). "
        "Lower 'laps' (0 follows no circle) or 'depth', or leave 'fill_nullable' out."
    )


@pytest.mark.usefixtures("own_models")
def test_far_too_long_a_circle():
    """So is a chain that is only long."""

    class Red(models.Model):
        next = models.ForeignKey("testapp.Green", models.CASCADE, null=True, related_name="+")

        class Meta:
            app_label = "testapp"

    class Green(models.Model):
        next = models.ForeignKey("testapp.Blue", models.CASCADE, null=True, related_name="+")

        class Meta:
            app_label = "testapp"

    class Blue(models.Model):
        next = models.ForeignKey(Red, models.CASCADE, null=True, related_name="+")

        class Meta:
            app_label = "testapp"

    options = "options: {fill_nullable: true, laps: 100}\n"
    assert len(batches(options + "steps:\n  - {id: a, make: testapp.Folder}")) == 101
    assert "(fixturekit.E091)" in problem(options + "steps:\n  - {id: a, make: testapp.Red}")


def test_required_circles_are_refused_whatever_laps_says():
    """A circle in which every link is required has no end."""
    assert "(fixturekit.E053)" in problem("options: {laps: 5}\nsteps:\n  - {id: a, make: testapp.Hen}")


IGNORE = "options: {{ignore: [{}], fill_nullable: true, laps: 2}}\nsteps:\n  - "


@pytest.mark.parametrize("pattern", ["parent", "par*", "'*rent'", "'??rent'", "'[p]arent'"])
def test_ignored_link(pattern):
    """By name or pattern; a link that may be empty is."""
    assert batches(IGNORE.format(pattern) + "{id: a, make: testapp.Folder}")["a"]["parent"] == Const(None)


def test_ignored_fields():
    """The field's own default counts, then nothing, then an empty text; `auto_now` is Django's own and stays."""
    found = batches(IGNORE.format("editor, translator") + "{id: a, make: testapp.Book}")["a"]
    assert (found["editor"], found["translator"]) == (Const(None), Const(None))
    assert batches(IGNORE.format("wheels") + "{id: a, make: testapp.Vehicle}")["a"]["wheels"] == Const(4)
    now = "steps:\n  - {id: a, make: testapp.Article}"
    ignored = "options: {ignore: [created_at]}\n"
    assert batches(ignored + now)["a"]["created_at"] == batches(now)["a"]["created_at"]


@pytest.mark.usefixtures("own_models")
def test_ignored_text():
    """A text that may be blank is empty, as in a new instance."""

    class Slip(models.Model):
        text = models.CharField(max_length=10, blank=True)

        class Meta:
            app_label = "testapp"

    assert batches(IGNORE.format("text") + "{id: a, make: testapp.Slip}")["a"]["text"] == Const("")


@pytest.mark.usefixtures("own_models")
def test_ignore_acts_along_self_references():
    """It is passed on to rows of the same model and from there to theirs, however they come to be made."""

    class Limb(models.Model):
        width = models.IntegerField(null=True)
        above = models.ForeignKey("self", models.CASCADE, null=True, blank=True)

        class Meta:
            app_label = "testapp"

    found = batches(IGNORE.format("w*") + "{id: a, make: testapp.Limb, set: {above: {above: {}}}}")
    assert len(found) == 3
    assert all(batch["width"] == Const(None) for batch in found.values())


def test_ignored_beside_another_model():
    """A parent of another model is filled, though it has a field of this name."""
    found = batches(IGNORE.format("name") + "{id: a, make: testapp.City, set: {name: x}}")
    assert "name" in found["a/country"]


def test_given_beats_ignore():
    """What a step or a shelf says is not what `ignore` is about."""
    text = "options: {ignore: [title]}\nshelves:\n  - {for: testapp.Note, name: x, set: {title: shelf}}\nsteps:\n"
    found = batches(
        text + "  - {id: a, make: testapp.Note, use: x}\n  - {id: b, make: testapp.Note, set: {title: step}}"
    )
    assert (found["a"]["title"], found["b"]["title"]) == (Const("shelf"), Const("step"))


@pytest.mark.usefixtures("own_models")
def test_ignored_field_that_save_fills():
    """A field that may not be empty is left out where the model's own `save()` is called, and refused elsewhere."""

    class Bill(models.Model):
        total = models.IntegerField()

        def save(self, **kwargs):
            self.total = 3
            super().save(**kwargs)

        class Meta:
            app_label = "testapp"

    assert "total" in batches("- {id: a, make: testapp.Bill}")["a"]
    assert "total" not in batches(IGNORE.format("total") + "{id: a, make: testapp.Bill}")["a"]
    assert problem(IGNORE.format("code") + "{id: a, make: testapp.Imprint}") == (
        "x.yaml:3:5 steps[0]: testapp.Imprint.code: is in 'ignore', and it may neither be empty nor is there a save() or a "
        "receiver that could fill it (fixturekit.E088). Take it out of 'ignore', or give it a value."
    )


def test_ignored_generic_foreign_key():
    """By its own name, or by those of its parts."""
    for pattern in ("thing", "kind, key"):
        found = batches(IGNORE.format(pattern) + "{id: a, make: testapp.Sticker}")["a"]
        assert (found["kind"], found["key"]) == (Const(None), Const(""))


def test_ignored_typo():
    """A word that no model of a step knows is refused with the nearest one."""
    text = "options: {ignore: [parnt, 'x*']}\nsteps:\n  - {id: a, make: testapp.Folder}"
    assert problems(text) == [
        "x.yaml:1:1 options.ignore[0]: no model of a step has a field 'parnt' (fixturekit.E013). Did you mean 'parent'?",
        "x.yaml:1:1 options.ignore[1]: no model of a step has a field 'x*' (fixturekit.E013).",
    ]


def test_what_is_not_ignored():
    """What is not ignored has the values that it had."""
    assert batches("options: {ignore: [edit*]}\n" + step("testapp.Book")) == batches(step("testapp.Book"))


def test_locale_without_words():
    """A locale of which nothing is known is refused."""
    assert problem("options: {locale: xx_XX}\n" + step("testapp.Author")) == (
        "x.yaml:1:1 options.locale: there are no names and words for the locale 'xx_XX' (fixturekit.E065). Use de_DE, en_US, "
        "es_ES, fr_FR, ja_JP, pt_BR or zh_CN."
    )


# -- what is refused


def test_unsupported_parts_before_others():
    """What this version cannot apply is reported with its place, before anything else."""
    text = """
        atomic: false
        steps: [{id: a, make: testapp.Note, set: {nope: 1}}]
    """
    assert [line.partition(":")[2].partition(" cannot")[0] for line in problems(text)] == ["1:1 atomic: 'atomic'"]


def test_problems_are_data():
    """The error carries its problems, each with id, place and mark."""
    with pytest.raises(PlanError) as caught:
        planned(step("testapp.Note", "titel: x"))
    (found,) = caught.value.problems
    assert (found.id, found.where, str(found.mark)) == ("fixturekit.E013", "steps[0].set.titel", "x.yaml:6:7")


# -- routing


class NotHere:
    """Keeps authors away."""

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        """Whether the model lives here."""
        return False if model_name == "author" else None


def test_routed_away(settings):
    """A step whose model lives elsewhere is counted, and cannot be referred to."""
    settings.DATABASE_ROUTERS = [NotHere()]
    text = "- {id: authors, make: testapp.Author, count: 4}\n- {id: a, make: testapp.Genre, count: 2}\n"
    plan = planned(text).plan
    assert (plan.skipped, [batch.id for batch in plan.batches]) == ((("authors", 4),), ["a"])
    assert problem(text + "- {id: b, make: testapp.Book, set: {author: !ref authors}}").endswith(
        "step authors is routed away from database 'default' (fixturekit.E050)."
    )


def test_parents_routed_away(settings):
    """A required parent that lives elsewhere is a problem of the field; an optional one is left out and counted."""
    settings.DATABASE_ROUTERS = [NotHere()]
    needed, asked = problems("- {id: b, make: testapp.Book, set: {translator: {name: x}, author__name: x}}"), "a"
    assert needed[0].endswith(
        "steps[0].set.author__name: testapp.Book.author: needs rows of testapp.Author, which the database routers keep "
        "away from 'default' (fixturekit.E050)."
    )
    assert len(needed) == 1
    plan = planned(f"- {{id: {asked}, make: testapp.Desk, count: 2, set: {{author: {{name: x}}}}}}").plan
    assert ([batch.id for batch in plan.batches], plan.skipped) == (["a"], (("a", 2),))
    author = plan.batch("a").column("author")
    assert author is not None
    assert author.source == Const(None)


def test_folded_links_of_a_chain():
    """A link to a column of a parent's table leads to the batch that holds it."""
    text = """
        - {id: cars, make: testapp.Car, count: 2}
        - {id: a, make: testapp.Book, count: 4, set: {delivery: !ref cars, title: !copy delivery.plate}}
    """
    found = batches(text)["a"]
    assert found["delivery"] == Link("cars", Fold(2))
    assert found["title"] == Link("cars^vehicle", Fold(2), "plate")
