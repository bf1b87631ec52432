"""``G``: rows that are related to the row, before it and behind it."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models

from fixturekit import F, G, N, fixture
from fixturekit.exceptions import CallInvalid
from tests.testapp.models import (
    Acquaintance,
    Album,
    Article,
    Artist,
    Author,
    Book,
    Car,
    City,
    Country,
    Course,
    Cover,
    Desk,
    Enrolment,
    FeaturedArticle,
    Folder,
    Genre,
    HotTopic,
    Imprint,
    Lesson,
    Member,
    Mirror,
    Passport,
    Person,
    Playlist,
    Remark,
    Song,
    SportsCar,
    Sticker,
    Topic,
    Vehicle,
    Visa,
    Visitor,
    Workflow,
)

pytestmark = pytest.mark.django_db


class TestParents:
    """Foreign keys and one-to-one fields."""

    def test_each_row_has_its_own(self):
        """A relation that nobody gives makes a row for each row; nullable ones too."""
        one, two = G(Book), G(Book)
        assert len({one.author, one.editor, one.translator, two.author, two.editor, two.translator}) == 6

    def test_instances(self):
        """An instance is taken as it is, and no other row is made."""
        author = G(Author)
        book = G(Book, author=author, editor=author, translator=None)
        assert book.author is author
        assert Author.objects.count() == 1
        assert [row.author for row in G(Book, 2, author=author, fill_nullable_fields=False)] == [author, author]

    @pytest.mark.parametrize("name", ["author", "author_id"])
    def test_keys(self, name):
        """So is a key, under the relation's name or the column's."""
        author = G(Author)
        book = G(Book, **{name: author.pk}, fill_nullable_fields=False)  # type: ignore[call-overload]
        assert Book.objects.get(pk=book.pk).author == author
        assert Author.objects.count() == 1

    def test_keys_of_another_column(self):
        """A relation that points at another column takes values of that."""
        G(Imprint, code="abc", name="ABC")
        assert G(Book, imprint="abc").imprint.name == "ABC"

    @pytest.mark.parametrize("key", [4711, "no key", 1 << 80])
    def test_keys_of_no_row(self, key):
        """A key that no row has is an error at once, and names it."""
        with pytest.raises(
            CallInvalid, match=rf"testapp\.Book\.author={key!r}: no row of testapp\.Author has this key"
        ):
            G(Book, author=key)

    def test_values_of_the_related_row(self):
        """F says what the related row has; so do names with two underlines, several of them, and both together."""
        assert fixture is F
        assert G(Book, author=F(name="Ann")).author.name == "Ann"
        author = G(Book, author__name="Ann", author__email="a@b.example").author
        assert (author.name, author.email) == ("Ann", "a@b.example")
        author = G(Book, author=F(name="Ann"), author__email="c@d.example").author
        assert (author.name, author.email) == ("Ann", "c@d.example")
        author = G(Book, author__email="e@f.example", author=F(name="Ann")).author
        assert (author.name, author.email) == ("Ann", "e@f.example")

    def test_nested(self):
        """They lead on to the rows that the related row needs."""
        assert G(Visa, passport=F(author=F(name="Ann"))).passport.author.name == "Ann"
        assert G(Visa, passport__author__name="Ann", passport__number="7").passport.number == "7"
        assert G(Visa, passport=F(author__name="Ann")).passport.author.name == "Ann"

    def test_an_empty_f(self):
        """``F()`` asks for a row where there would be none."""
        assert G(Folder, number_of_laps=0).parent is None
        assert G(Folder, number_of_laps=0, parent=F()).parent.parent is None  # type: ignore[union-attr]
        assert G(Book, fill_nullable_fields=False, editor=F()).editor.pk  # type: ignore[union-attr]

    def test_one_to_one(self):
        """A one-to-one relation makes its row, the other way round too."""
        assert G(Passport).author.passport.number == "1"
        author = G(Author, passport=F(number="77"), desk=1)
        assert Passport.objects.get(author=author).number == "77"
        assert Desk.objects.get(author=author).room

    def test_functions(self):
        """A function may find the row."""
        author = G(Author)
        assert G(Book, author=lambda: author).author is author

    def test_circles(self):
        """A circle that may end ends after a lap; a row that must point at its own table points at itself."""
        assert G(Folder).parent.parent is None  # type: ignore[union-attr]
        assert G(City).country.capital.country.capital is None  # type: ignore[union-attr]
        mirror = G(Mirror)
        assert mirror.opposite == mirror
        assert Mirror.objects.get().opposite_id == mirror.pk

    @pytest.mark.parametrize("laps", range(4))
    def test_laps(self, laps):
        """``number_of_laps`` says how often a circle is followed."""
        folder, count = G(Folder, number_of_laps=laps), 0
        while folder.parent is not None:
            folder, count = folder.parent, count + 1
        assert count == laps
        assert Folder.objects.count() == laps + 1

    def test_inheritance(self):
        """A row of a child model has one row in each of its parents' tables; a proxy gives the proxy."""
        car = G(SportsCar, plate="F-1", doors=2)
        assert Vehicle.objects.get() == car.vehicle_ptr  # type: ignore[attr-defined]
        assert Car.objects.get().doors == 2
        assert type(G(FeaturedArticle)) is FeaturedArticle
        assert Article.objects.count() == 1


class TestManyToMany:
    """Many-to-many fields."""

    def test_count(self):
        """A number makes so many rows."""
        album = G(Album, genres=3)
        assert album.genres.count() == Genre.objects.count() == 3
        assert G(Album, genres=0).genres.count() == 0

    def test_values(self):
        """A list of F makes one row for each."""
        names = G(Album, genres=[F(name="a"), F(name="b")]).genres.values_list("name", flat=True)
        assert sorted(names) == ["a", "b"]

    def test_the_rows_own_values_stay_its_own(self):
        """What is given to the row is not given to the related rows."""
        album = G(Album, title="x", artists=2)
        assert set(album.artists.values_list("name", flat=True)) == {"1", "2"}

    def test_instances_and_keys(self):
        """Rows that exist, and their keys, are linked."""
        one, two = G(Genre, 2)
        album = G(Album, genres=[one, two.pk])
        assert set(album.genres.all()) == {one, two}
        assert set(G(Album, genres=Genre.objects.all()).genres.all()) == {one, two}

    def test_mixed(self):
        """All of these may stand in one list."""
        one, two = G(Genre, 2)
        album = G(Album, genres=[F(), one, F(name="new"), two.pk])
        assert album.genres.count() == 4
        assert album.genres.filter(name="new").exists()

    def test_several_rows(self):
        """Each row of a call has its own; instances are shared."""
        genre = G(Genre)
        albums = G(Album, 3, genres=[genre, F()], moods=2)
        assert [album.genres.count() for album in albums] == [2, 2, 2]
        assert Genre.objects.count() == 1 + 3 + 6

    def test_own_through_models(self):
        """A through model of the project's own gets a valid row for each link."""
        album = G(Album, artists=[F(name="Ann"), G(Artist)])
        assert sorted(album.credits.values_list("role", "position")) == [("1", 1), ("2", 2)]
        for credit in album.credits.all():
            credit.full_clean()

    def test_the_other_way_round(self):
        """A reverse many-to-many relation is one too."""
        assert G(Genre, albums=2).albums.count() == 2
        assert G(Artist, albums=[F(title="x")]).albums.get().title == "x"

    def test_symmetrical(self):
        """A link of a symmetrical relation leads both ways."""
        person = G(Person, friends=2)
        assert all(friend.friends.get() == person for friend in person.friends.all())
        assert G(Person, follows=2).follows.count() == 2
        member = G(Member, knows=1)
        assert member.knows.get().knows.get() == member
        assert Acquaintance.objects.count() == 2

    def test_receivers_hear_of_it(self):
        """Links are added through the manager, so ``m2m_changed`` is sent."""
        playlist = G(Playlist, songs=3)
        playlist.refresh_from_db()
        assert playlist.length == 3
        assert Song.objects.count() == 3

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (None, "takes a number of rows, or a list"),
            (True, "takes a number of rows"),
            (-1, "cannot have -1 rows"),
            ("ab", "not 'ab'"),
            (F(), r"not F\(\)"),
            ({1}, "not {1}"),
            (lambda: 3, "takes a number of rows"),
            ([None], r"takes rows, keys and F\(...\), not None"),
            ([True], "not True"),
            ([4711], "genres=4711: no row of testapp.Genre has this key"),
            ([Genre(name="unsaved")], "a row that is not saved"),
            ([F(nme=1)], r"no field 'nme'. Did you mean 'name'\?"),
        ],
    )
    def test_mistakes(self, value, message):
        """Anything else is refused, and no row is left."""
        with pytest.raises(CallInvalid, match=message):
            G(Album, genres=value)
        assert not Album.objects.exists()
        assert not Genre.objects.exists()

    def test_rows_of_another_model(self):
        """So are rows of another model, and a row that is given twice."""
        with pytest.raises(CallInvalid, match=r"genres takes rows of testapp\.Genre, not of testapp\.Author"):
            G(Album, genres=[G(Author)])
        genre = G(Genre)
        for again in (genre, genre.pk):
            with pytest.raises(CallInvalid, match="twice, and would have it once"):
                G(Album, genres=[genre, again])

    def test_nothing_below_it(self):
        """Names below a relation to many rows mean nothing."""
        with pytest.raises(CallInvalid, match="is a many-to-many relation, so nothing can be set below it"):
            G(Album, genres__name="x")


class TestReverse:
    """Relations that lead to rows of other models, which point here."""

    def test_count_and_values(self):
        """A number, or a list of F, makes rows that point at the row."""
        author = G(Author, books=2)
        assert [book.author for book in author.books.all()] == [author, author]
        author = G(Author, books=[F(title="One"), F(title="Two", cover=1)], translations=1)
        assert sorted(author.books.values_list("title", flat=True)) == ["One", "Two"]
        assert Cover.objects.get().book.title == "Two"

    def test_several_rows(self):
        """Each row of a call has its own."""
        assert [course.lessons.count() for course in G(Course, 3, lessons=2)] == [2, 2, 2]

    @pytest.mark.parametrize("value", [None, "x", F(), [1], True])
    def test_mistakes(self, value):
        """Anything else is refused."""
        with pytest.raises(CallInvalid, match=r"testapp\.Author\.books"):
            G(Author, books=value)

    def test_rows_that_exist(self):
        """A row that exists would have to be changed, so it is refused."""
        book = G(Book)
        with pytest.raises(CallInvalid, match=r"makes new rows.*A row that exists keeps its books"):
            G(Author, books=[book])

    def test_one_row(self):
        """A reverse one-to-one relation takes one row."""
        with pytest.raises(CallInvalid, match="cannot have 2 rows: it is a relation to one"):
            G(Author, passport=2)

    def test_the_way_back(self):
        """Which row they point at follows from where they are made."""
        with pytest.raises(CallInvalid, match=r"Book\.author follows from where these rows are made"):
            G(Author, books=[F(author=F())])


class TestGeneric:
    """Generic relations and generic foreign keys."""

    def test_generic_relations(self):
        """A generic relation makes rows that point at the row."""
        topic = G(Topic, remarks=[F(text="one"), F(text="two")])
        assert sorted(topic.remarks.values_list("text", flat=True)) == ["one", "two"]
        assert G(Topic, 2, remarks=2)[1].remarks.count() == 2
        assert G(HotTopic, stickers=1).stickers.get().kind == ContentType.objects.get_for_model(
            HotTopic, for_concrete_model=False
        )

    def test_generic_foreign_keys(self):
        """A generic foreign key takes a row of any model, and makes one where a model says which."""
        author = G(Author)
        remark = G(Remark, target=author)
        assert Remark.objects.get(pk=remark.pk).target == author
        assert type(G(Remark).target) is Topic
        assert [row.target for row in G(Remark, 2, target=author)] == [author, author]
        assert G(Sticker, thing=None).thing is None

    def test_its_parts(self):
        """Its two columns may be given instead."""
        author = G(Author)
        remark = G(Remark, content_type=ContentType.objects.get_for_model(Author), object_id=author.pk)
        assert remark.target == author

    def test_different_content_types(self):
        """Where each row needs another one, each row gets another one, in whichever call it is made."""
        rows = [G(Workflow), *G(Workflow, 2), G(Workflow, fill_nullable_fields=False)]
        assert len({row.kind for row in rows}) == 4
        assert rows[0].kind == ContentType.objects.get_for_model(Workflow)

    @pytest.mark.parametrize("value", [3, F(), "x"])
    def test_mistakes(self, value):
        """Anything but a row is refused."""
        with pytest.raises(CallInvalid, match="target takes a row of any model, or None"):
            G(Remark, target=value)


class TestUniqueTogether:
    """Sets of columns that are unique together."""

    def test_given_rows(self):
        """Beside a row that is given, what is generated differs."""
        course = G(Course)
        assert {lesson.title for lesson in G(Lesson, 3, course=course)} == {"1", "2", "3"}
        assert len({G(Lesson, course=course).title for _ in range(3)}) == 3
        student = G("testapp.Student")
        assert G(Enrolment, student=student, course=course).pk

    def test_few_combinations(self):
        """As many rows as there are combinations, and then an error with the number."""
        assert len({(row.colour, row.pips) for row in [G("testapp.Domino") for _ in range(12)]}) == 12
        with pytest.raises(Exception, match="12 different values"):
            G("testapp.Domino")


def test_receivers_of_parents():
    """Receivers run for the rows that are made on the way."""
    G("testapp.Visit", visitor=F(name="Ann"))
    assert Visitor.objects.get().visits.count() == 2


def test_country_of_its_own():
    """A model whose circle closes through a nullable link is whole."""
    country = G(Country)
    assert country.capital.country.pk  # type: ignore[union-attr]


def test_keys_that_are_true_or_false(own_models):
    """A row whose key is one is given by it."""

    class Fuse(models.Model):
        on = models.BooleanField(primary_key=True)

        class Meta:
            app_label = "testapp"

    class Torch(models.Model):
        fuse = models.ForeignKey(Fuse, models.CASCADE)

        class Meta:
            app_label = "testapp"

    assert N(Torch, fuse=True, persist_dependencies=False).fuse_id is True  # type: ignore[attr-defined]
