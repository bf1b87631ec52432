"""Rows that lead to rows of any model: they get there in the database, whatever the key is and however they are written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models.signals import post_save

from fixturekit.execution.verifying import verify
from fixturekit.ledger import Ledger
from tests.testapp.models import Acquaintance, HotTopic, Machine, Member, Motion, Note, Remark, Sticker, Topic, Vote

pytestmark = pytest.mark.django_db

STEPS = """
steps:
  - {id: topics, make: testapp.Topic, count: 5}
  - {id: motions, make: testapp.Motion, count: 5}
  - {id: notes, make: testapp.Note, count: 3}
  - {id: refs, make: testapp.Remark, count: 7, set: {target: !ref topics}}
  - {id: mixed, make: testapp.Remark, count: 40, set: {target: !choice [!pick topics, !ref notes]}}
  - {id: votes, make: testapp.Vote, count: 5, set: {target: !ref motions}}
  - {id: stickers, make: testapp.Sticker, count: 4, set: {thing: !pick motions}}
  - {id: own, make: testapp.Remark, count: 9}
  - {id: named, make: testapp.Remark, named: {x: {target: !ref "notes[2]"}, y: {}}, set: {target: !ref "topics[1]"}}
"""


def ordered(model, step, recipe="testapp.generics"):
    """The rows of a step in their order."""
    batch = next(batch for batch in Ledger(connection).batches(recipe) if batch.batch == step)
    form = Ledger(connection).form(batch.model)
    found = model.objects.in_bulk([form.python(key) for key in batch.keys])
    return [found[form.python(key)] for key in batch.keys]


def test_every_row_leads_somewhere(recipes):
    """Django finds the row that was meant, and nothing wrong with those that lead to it."""
    recipes.write("testapp.generics", STEPS)
    recipes.apply()
    topics, notes = ordered(Topic, "topics"), ordered(Note, "notes")
    assert [row.target for row in ordered(Remark, "refs")] == [topics[number % 5] for number in range(7)]
    mixed = ordered(Remark, "mixed")
    assert {type(row.target) for row in mixed} == {Topic, Note}
    assert all(row.target in notes or row.target in topics for row in mixed)
    assert [row.target for row in mixed if isinstance(row.target, Note)] == [
        notes[number % 3] for number, row in enumerate(mixed) if isinstance(row.target, Note)
    ]
    assert [row.target for row in ordered(Vote, "votes")] == ordered(Motion, "motions")
    assert all(isinstance(row.thing, Motion) for row in ordered(Sticker, "stickers"))
    assert all(isinstance(row.target, Topic) and row.target not in topics for row in ordered(Remark, "own"))
    assert [row.target for row in ordered(Remark, "named")] == [notes[2], topics[1]]
    for row in (*Remark.objects.all(), *Vote.objects.all(), *Sticker.objects.all()):
        row.full_clean()


def test_the_way_back(recipes):
    """Rows that a generic relation makes are found by it, also from a proxy."""
    recipes.write(
        "testapp.back",
        """
        steps:
          - {id: topics, make: testapp.Topic, count: 3, set: {remarks: !make {count: 2, text: x}}}
          - {id: hot, make: testapp.HotTopic, count: 2, set: {remarks: [{}, {}], stickers: {colour: red}}}
          - {id: motions, make: testapp.Motion, count: 2, set: {votes: !make {value: 3}}}
        """,
    )
    recipes.apply()
    assert all(topic.remarks.filter(text="x").count() == 2 for topic in ordered(Topic, "topics", "testapp.back"))
    for topic in ordered(HotTopic, "hot", "testapp.back"):
        assert topic.remarks.count() == 2
        assert topic.stickers.get().thing == topic
        assert type(topic.stickers.get().thing) is HotTopic
    assert [motion.votes.get().value for motion in Motion.objects.all()] == [3, 3]


def test_ways_of_writing_agree(recipes):
    """The same digests, be the rows a stream, in bulk or saved one by one."""
    found = []
    for way in ("stream", "bulk", "each"):
        recipes.write("testapp.generics", STEPS.replace("}\n", f", save: {way}}}\n"))
        recipes.apply()
        found.append(Ledger(connection).digests("testapp.generics"))
        assert all(row.target is not None for row in Remark.objects.all())
        recipes.applier().remove(["testapp.generics"])
    assert found[0] == found[1] == found[2]


def test_made_elsewhere(recipes):
    """Rows of an applied recipe, their keys from the ledger; UUIDs as Django writes them into a text."""
    recipes.write("testapp.first", "steps:\n  - {id: machines, make: testapp.Machine, count: 3}")
    recipes.write(
        "testapp.second",
        """
        depends_on: [testapp.first]
        steps:
          - {id: a, make: testapp.Sticker, count: 3, set: {thing: !ref testapp.first/machines}}
          - {id: b, make: testapp.Vote, count: 3, set: {target: !pick testapp.first/machines}}
        """,
    )
    recipes.apply()
    machines = ordered(Machine, "machines", "testapp.first")
    assert [row.thing for row in ordered(Sticker, "a", "testapp.second")] == machines
    assert {row.target for row in Vote.objects.all()} == set(machines)
    assert {row.key for row in Sticker.objects.all()} == {str(machine.pk) for machine in machines}


def test_receivers_see_where_rows_lead(recipes):
    """A receiver finds the row already there."""
    seen = []

    def note(instance, **kwargs):
        seen.append(instance.target)

    post_save.connect(note, sender=Remark)
    try:
        recipes.write("testapp.seen", "steps:\n  - {id: a, make: testapp.Remark, count: 3}")
        recipes.apply()
    finally:
        post_save.disconnect(note, sender=Remark)
    assert len(seen) == 3
    assert all(isinstance(target, Topic) for target in seen)


def test_verified(recipes):
    """What was written is what was planned; a row that leads elsewhere since is found."""
    recipes.write("testapp.generics", STEPS)
    recipes.apply()
    assert list(verify(recipes.applier(), "testapp.generics")) == []
    row = ordered(Remark, "refs")[0]
    row.target = Note.objects.first()
    row.save()
    assert any("content_type" in line for line in verify(recipes.applier(), "testapp.generics"))


def test_symmetrical_links_of_an_own_model(recipes):
    """Both directions are there, with the same values of their own, unique ones aside."""
    recipes.write(
        "testapp.known",
        """
        steps:
          - {id: made, make: testapp.Member, count: 3, set: {knows: !make 2}}
          - {id: some, make: testapp.Member, count: 7, set: {knows: !sample {of: some, count: 2}}}
        """,
    )
    recipes.apply()
    assert Acquaintance.objects.count() == 2 * (3 * 2 + 7 * 2)
    for link in Acquaintance.objects.all():
        back = Acquaintance.objects.get(one=link.other, other=link.one)
        assert (back.since, back.closeness) == (link.since, link.closeness)
        assert back.code != link.code
        link.full_clean()
    assert all(member.knows.count() == 4 for member in ordered(Member, "some", "testapp.known"))
