"""Generic foreign keys: content type and key lead to one row, whichever way the recipe says which."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from fixturekit.values.sources import At, Const, Each, Fold, Link, Mixed, Outside, Picked, Pinned, Runs
from tests.planning.support import batches, planned, problem, problems

TOPICS = "- {id: topics, make: testapp.Topic, count: 3}\n"
PK = "testapp.Topic"


def types(text, **options):
    """The content types of a plan, as they are pinned."""
    return [pin.natural for pin in planned(text, **options).plan.pins if pin.model == "contenttypes.ContentType"]


# -- given


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ('!ref "topics[1]"', At(1)),
        ("!ref topics", Fold(3)),
        ("!pick topics", Picked("target", 3)),
    ],
)
def test_rows_of_a_step(said, way):
    """A ref or a pick gives both columns: the type of the step's model, and the key of its row."""
    text = TOPICS + f"- {{id: a, make: testapp.Remark, count: 5, set: {{target: {said}}}}}"
    found = batches(text)["a"]
    assert (found["content_type"], found["object_id"]) == (Pinned(0), Link("topics", way, key_of=PK))
    assert types(text) == [("testapp", "topic")]


def test_rows_of_another_recipe():
    """The model is known from the other recipe's step."""
    text = "- {id: a, make: testapp.Remark, set: {target: !ref testapp.other/topics}}"
    found = batches("depends_on: [testapp.other]\nsteps:\n  " + text, others={"testapp.other": TOPICS})["a"]
    assert found["object_id"] == Outside("testapp.other", "topics", Fold(3), 3, key_of=PK)


def test_choice_of_models():
    """Options have types of their own; both columns draw the same one, and picks inside draw for themselves."""
    text = TOPICS + (
        "- {id: notes, make: testapp.Note, count: 4}\n"
        "- {id: a, make: testapp.Remark, count: 9, set: {target: !choice [!ref topics, !pick notes]}}"
    )
    found = batches(text)["a"]
    kind, key = found["content_type"], found["object_id"]
    assert kind == Mixed((Pinned(0), Pinned(1)), Picked("target", 2))
    assert key == Mixed(
        (Link("topics", Fold(3), key_of=PK), Link("notes", Picked("target[1]", 4), key_of="testapp.Note")),
        Picked("target", 2),
    )
    assert types(text) == [("testapp", "topic"), ("testapp", "note")]


def test_labels():
    """Each labelled row may lead to another model."""
    found = batches(
        TOPICS
        + "- {id: notes, make: testapp.Note, count: 4}\n"
        + "- id: a\n  make: testapp.Remark\n  set: {target: !pick topics}\n"
        + '  named: {x: {}, y: {target: !ref "notes[2]"}, z: {target: !ref topics}}'
    )["a"]
    assert found["content_type"].choose == found["object_id"].choose == (0, 1, 2)  # type: ignore[attr-defined]
    assert found["object_id"].sources[1] == Link("notes", At(2), key_of="testapp.Note")  # type: ignore[attr-defined]


def test_null():
    """Nothing, where both columns may say so; a text is then empty."""
    found = batches("- {id: a, make: testapp.Sticker, set: {thing: null}}")["a"]
    assert (found["kind"], found["key"]) == (Const(None), Const(""))


def test_from_a_shelf():
    """A shelf may hold it; what a step sets takes the place of both columns."""
    text = """
        shelves:
          - {for: testapp.Remark, set: {target: !pick topics}}
        steps:
          - {id: topics, make: testapp.Topic, count: 3}
          - {id: notes, make: testapp.Note}
          - {id: a, make: testapp.Remark}
          - {id: b, make: testapp.Remark, set: {target: !ref notes}}
          - {id: c, make: testapp.Remark, set: {target: !auto }}
    """
    found = batches(text)
    assert found["a"]["object_id"] == Link("topics", Picked("target", 3), key_of=PK)
    assert found["b"]["object_id"] == Link("notes", At(0), key_of="testapp.Note")
    assert found["c"]["object_id"] == Link("c/target", Each(), key_of=PK)


def test_proxies():
    """A proxy counts as its concrete model, unless the key says otherwise."""
    step = "- {id: hot, make: testapp.HotTopic}\n"
    assert types(step + "- {id: a, make: testapp.Remark, set: {target: !ref hot}}") == [("testapp", "topic")]
    assert types(step + "- {id: a, make: testapp.Sticker, set: {thing: !ref hot}}") == [("testapp", "hottopic")]


def test_parts():
    """The two columns may be given by themselves, an existing row among them."""
    text = "- {id: a, make: testapp.Remark, set: {content_type: !pin {natural: [testapp, note]}, object_id: 3}}"
    assert batches(text)["a"]["object_id"] == Const(3)


# -- not given


def test_rows_that_are_made():
    """A required one leads to rows of a model that has the way back, shared as parents are."""
    text = "- {id: a, make: testapp.Remark, count: 9}"
    found = batches(text)
    assert list(found) == ["a/target", "a"]
    assert found["a"]["object_id"] == Link("a/target", Picked("target", 3), key_of=PK)
    assert planned(text).shares == (("a", "target", 3),)


def test_sharing():
    """`share` says over how many."""
    plan = planned("- {id: a, make: testapp.Remark, count: 9, share: {target: 2}}").plan
    assert plan.batch("a/target").count == 2
    assert "(fixturekit.E063)" in problem("- {id: a, make: testapp.Remark, count: 9, share: {target__of: 2}}")


def test_unique_pairs():
    """Where type and key are unique together, each row has one of its own."""
    plan = planned("- {id: a, make: testapp.Vote, count: 9}")
    assert plan.plan.batch("a/target").count == 9
    assert plan.shares == ()
    assert types("- {id: a, make: testapp.Vote, count: 9}") == [("testapp", "motion")]


def test_optional():
    """One that may lead nowhere does, unless nullable fields are to be filled."""
    step = "steps:\n  - {id: a, make: testapp.Sticker, count: 2}"
    found = batches(step)["a"]
    assert (found["kind"], found["key"]) == (Const(None), Const(""))
    assert batches("options: {fill_nullable: true}\n" + step)["a"]["key"] == Link("a/thing", Each(), key_of=PK)


@pytest.mark.usefixtures("own_models")
@pytest.mark.parametrize(
    ("limit", "made"),
    [
        ({"app_label": "testapp", "model": "note"}, "note"),
        ({"app_label__in": ["testapp"], "model__in": ["ghost", "note"]}, "ghost"),
        (Q(app_label="otherapp", model="note") | Q(app_label="testapp", model__iexact="Badge"), "note"),
        (Q(app_label="testapp") & ~Q(model__in=["note"]) & Q(model__in=["note", "page"]), "page"),
        (lambda: {"model": "badge"}, "badge"),
    ],
)
def test_models_that_are_named(limit, made):
    """Without a way back, `limit_choices_to` may say of which models rows are meant."""

    class Pointer(models.Model):
        content_type = models.ForeignKey(ContentType, models.CASCADE, limit_choices_to=limit, related_name="+")
        object_id = models.PositiveBigIntegerField()
        target = GenericForeignKey()

        class Meta:
            app_label = "testapp"

    text = "- {id: a, make: testapp.Pointer}"
    assert [natural[1] for natural in types(text)] == [made]
    refused = problem("- {id: n, make: testapp.Author}\n- {id: a, make: testapp.Pointer, set: {target: !ref n}}")
    assert "limit_choices_to of content_type does not permit testapp.Author (fixturekit.E090)" in refused


def test_nothing_says_where():
    """A required one of which nobody knows where it could lead leads to users."""
    assert types("- {id: a, make: testapp.Anchor}") == [("auth", "user")]


# -- the way back


def test_generic_relation():
    """Rows are made whose type and key lead back, so many for each row."""
    text = "- {id: a, make: testapp.Topic, count: 2, set: {remarks: !make {count: 3, text: x}}}"
    found = batches(text)["a/remarks"]
    assert found == {"text": Const("x"), "content_type": Pinned(0), "object_id": Link("a", Runs(3), key_of=PK)}
    assert types(text) == [("testapp", "topic")]


def test_generic_relation_of_a_proxy():
    """With the type of the proxy where the relation asks for it."""
    text = "- {{id: a, make: testapp.HotTopic, set: {{{}: [{{}}, !make 2]}}}}"
    assert types(text.format("remarks")) == [("testapp", "topic")]
    assert types(text.format("stickers")) == [("testapp", "hottopic")]


@pytest.mark.usefixtures("own_models")
def test_multi_table_child_has_the_relation_of_its_parent():
    """The type is that of the child, whose key is its parent's."""

    class Base(models.Model):
        remarks = GenericRelation("testapp.Remark")

        class Meta:
            app_label = "testapp"

    class Derived(Base):
        class Meta:
            app_label = "testapp"

    text = "- {id: a, make: testapp.Derived, set: {remarks: {text: x}}}"
    assert types(text) == [("testapp", "derived")]
    assert batches(text)["a/remarks"]["object_id"] == Link("a", Each(), key_of="testapp.Derived")


# -- refused


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("target: !pin 3", "E089"),
        ("target: 3", "E089"),
        ("target: {x: 3}", "E089"),
        ("target__x: 3", "E089"),
        ("target: !make 3", "E089"),
        ("target: !choice [!ref topics, !pin 3]", "E089"),
        ("target: !pick a", "E089"),
        ("target: null", "E046"),
        ("target: !ref motion", "E090"),
        ("object_id: 3", "E090"),
        ("content_type: !pin {natural: [testapp, note]}", "E090"),
        ("target: !ref topics, object_id: 3", "E041"),
        ("object_id: 3, target: !ref topics", "E041"),
    ],
)
def test_refused(said, id):
    """What cannot lead to a row, at its place, once."""
    text = TOPICS + f"- {{id: motion, make: testapp.Motion}}\n- {{id: a, make: testapp.Remark, set: {{{said}}}}}"
    found = [line for line in problems(text) if f"(fixturekit.{id})" in line]
    assert len(found) == 1
    assert found[0].startswith("x.yaml:4:")


def test_pin_says_what_to_do():
    """A pin does not know its model, its parts do."""
    assert problem("- {id: a, make: testapp.Remark, set: {target: !pin 3}}") == (
        "x.yaml:2:41 steps[0].set.target: testapp.Remark.target: may lead to rows of any model, and !pin does not say of "
        "which (fixturekit.E089). Set its parts: 'content_type: !pin {natural: [APP, MODEL]}' and 'object_id: KEY'."
    )


@pytest.mark.usefixtures("own_models")
@pytest.mark.parametrize(
    ("field", "model", "reason"),
    [
        (models.CharField(max_length=20), "Motion", "room for 20 characters, a key of testapp.Motion has 36"),
        (models.UUIDField(), "Topic", "object_id (UUIDField) cannot hold the key of testapp.Topic (BigAutoField)"),
        (
            models.IntegerField(),
            "Currency",
            "object_id (IntegerField) cannot hold the key of testapp.Currency (CharField)",
        ),
        (models.CharField(max_length=20), "Shift", "testapp.Shift has a key of several columns"),
        (models.CharField(max_length=36), "Motion", ""),
        (models.TextField(), "Machine", ""),
        (models.CharField(max_length=3), "Currency", ""),
        (models.SmallIntegerField(), "SportsCar", ""),
    ],
)
def test_keys_that_fit(field, model, reason):
    """Texts take any key that they have room for; numbers take numbers, UUIDs take UUIDs."""

    class Holder(models.Model):
        content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
        object_id = field
        target = GenericForeignKey()

        class Meta:
            app_label = "testapp"

    text = f"- {{id: t, make: testapp.{model}}}\n- {{id: a, make: testapp.Holder, set: {{target: !ref t}}}}"
    if reason:
        assert reason in problem(text)
    else:
        assert batches(text)["a"]["object_id"] == Link("t", At(0), key_of=f"testapp.{model}")


# -- one content type for each row


def test_types_of_all_models():
    """Where each row needs another content type, they are those of all models, the model's own first."""
    found = types("steps: [{id: a, make: testapp.Workflow, count: 4}]")
    assert found[0] == ("testapp", "workflow")
    assert found[1:] == sorted(found[1:])
    assert len(set(found)) == 4


def test_types_that_migrate_makes(monkeypatch):
    """An app without a module of models has no content types, whatever models it has."""
    before = types("steps: [{id: a, make: testapp.Workflow, count: 20}]")
    monkeypatch.setattr(apps.get_app_config("admin"), "models_module", None)
    after = types("steps: [{id: a, make: testapp.Workflow, count: 20}]")
    assert ("admin", "logentry") in before
    assert ("admin", "logentry") not in after
