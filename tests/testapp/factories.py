"""factory_boy factories of the test project."""

from __future__ import annotations

import itertools
import os
from typing import Any

import factory

from tests.testapp.models import Author, Book, Car, Imprint, Note, Parcel, Person, Record

NUMBERS = itertools.count()


class AuthorFactory(factory.django.DjangoModelFactory):
    """A sequence, a name from Faker, a trait, a parameter."""

    class Meta:
        model = Author

    class Params:
        famous = factory.Trait(name="Ann Famous")
        host = "example.com"

    name = factory.Faker("name")
    email = factory.LazyAttributeSequence(lambda author, n: f"author{n}@{author.host}")


class ImprintFactory(factory.django.DjangoModelFactory):
    """What books point at by another field than its key."""

    class Meta:
        model = Imprint

    code = factory.Sequence(lambda n: f"I{n}")
    name = factory.Iterator(["North", "South"])


class ParcelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Parcel


class CarFactory(factory.django.DjangoModelFactory):
    """A multi-table child."""

    class Meta:
        model = Car

    plate = factory.Sequence(lambda n: f"CAR-{n}")
    doors = 3


class BookFactory(factory.django.DjangoModelFactory):
    """Related rows by factories of their own."""

    class Meta:
        model = Book
        skip_postgeneration_save = True

    class Params:
        edited = factory.Trait(editor=factory.SubFactory(AuthorFactory, name="Ed"))

    title = factory.LazyAttribute(lambda book: f"{book.author.name}: a life")
    author = factory.SubFactory(AuthorFactory)
    imprint = factory.SubFactory(ImprintFactory)
    parcel = factory.SubFactory(ParcelFactory)
    delivery = factory.SubFactory(CarFactory)

    @factory.post_generation
    def translations_of(book: Any, create, extracted, **kwargs):
        if extracted:
            Author.objects.filter(pk=book.author_id).update(name=extracted)


class PersonFactory(factory.django.DjangoModelFactory):
    """Links to rows of other factories, in both directions and both ways."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    @factory.post_generation
    def others(person: Any, create, extracted, **kwargs):
        first, second = Person.objects.create(), Person.objects.create()
        person.friends.add(first, second)
        person.follows.add(first)
        person.followers.add(second)


class RecordFactory(factory.django.DjangoModelFactory):
    """Whose model has clocks that the factory says nothing of."""

    class Meta:
        model = Record


class NoteFactory(factory.django.DjangoModelFactory):
    """Values that fit; those below are odd."""

    class Meta:
        model = Note

    letter = "x"
    code = "yy"
    title = factory.Faker("word")
    sentence = factory.Faker("sentence")
    signature = "12345678"


class CountingNoteFactory(NoteFactory):
    """Another value each time."""

    title = factory.LazyFunction(lambda: str(next(NUMBERS)))  # type: ignore[assignment]


class PlacedNoteFactory(NoteFactory):
    """A value that the machine's environment says."""

    title = factory.LazyFunction(lambda: os.environ["SHOP_REGION"])  # type: ignore[assignment]


class FoundAuthorFactory(AuthorFactory):
    """Finds rows."""

    class Meta:
        django_get_or_create = ["email"]


class FirstAuthorFactory(AuthorFactory):
    """Makes no row where there is one."""

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.first() or super()._create(model_class, *args, **kwargs)


class AbstractFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Author
        abstract = True


class DictFactory(factory.DictFactory):
    """Of no model."""
