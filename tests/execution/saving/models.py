"""Models with a ``save()`` of their own. Only some tests install them (``installed``)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.fields.related import RelatedField
from django.db.models.signals import m2m_changed


class Code(models.Model):
    """`save()` drops its arguments, and so does not insist on a new row."""

    code = models.CharField(max_length=10, primary_key=True)
    text = models.CharField(max_length=30)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save()


class Numbered(models.Model):
    """`save()` chooses the key, and drops its arguments."""

    number = models.IntegerField(primary_key=True)
    text = models.CharField(max_length=30)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.number = 7
        super().save()


class Site(models.Model):
    """A parent with a key that is not counted."""

    code = models.CharField(max_length=10, primary_key=True)
    text = models.CharField(max_length=30)


class Shop(Site):
    """Its child, which is saved row by row."""

    extra = models.CharField(max_length=30)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)


class Place(models.Model):
    """A parent with a clock."""

    name = models.CharField(max_length=30)
    changed = models.DateTimeField(auto_now=True)


class Stand(Place):
    """Its child, which is saved row by row."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)


class Stay(models.Model):
    """A composite key and a clock."""

    pk = models.CompositePrimaryKey("room", "night")
    room = models.IntegerField()
    night = models.DateField()
    changed = models.DateTimeField(auto_now=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)


class Rank(models.Model):
    """`save()` has the database compute a column."""

    position = models.IntegerField(default=0)
    level = models.IntegerField(unique=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.position = Value(3) + Value(4)
        self.level = self.level + Value(1)
        super().save(*args, **kwargs)


class Badge(models.Model):
    """Points at a column that the database computed."""

    rank = models.ForeignKey(Rank, models.CASCADE, to_field="level")


class Elsewhere(models.Model):
    """`save()` writes to another database."""

    text = models.CharField(max_length=30)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **{**kwargs, "using": "other"})


class Skipped(models.Model):
    """`save()` saves every other row."""

    number = models.IntegerField()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.number % 2 == 0:
            super().save(*args, **kwargs)


class Brief(models.Model):
    """`save()` removes the row again."""

    number = models.IntegerField()

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if self.number % 2:
            type(self)._base_manager.filter(pk=self.pk).delete()


class Shown(models.Manager["Hidden"]):
    """Leaves out what is hidden."""

    def get_queryset(self) -> models.QuerySet[Hidden]:
        return super().get_queryset().filter(hidden=False)


class Hidden(models.Model):
    """Its base manager leaves rows out, too."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=30)
    hidden = models.BooleanField(default=True)

    objects = Shown()

    class Meta:
        base_manager_name = "objects"


class Pointer(models.Model):
    """Points at a column of such a row."""

    to = models.ForeignKey(Hidden, models.CASCADE, to_field="code")
    name = models.CharField(max_length=30)


class Bare(models.Model):
    """Nothing but a counted key."""


class Product(models.Model):
    """Is changed whenever it is reviewed."""

    name = models.CharField(max_length=30)
    rating = models.IntegerField(default=0)
    changed = models.DateTimeField(auto_now=True)


class Review(models.Model):
    """`save()` changes a row that was written long before."""

    product = models.ForeignKey(Product, models.CASCADE)
    stars = models.IntegerField(default=5)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.product.rating += self.stars
        self.product.save()


class Wiki(models.Model):
    """Knows the last of its revisions."""

    title = models.CharField(max_length=30)
    current = models.ForeignKey("Revision", models.SET_NULL, null=True, editable=False, related_name="+")
    log = models.ForeignKey("WikiLog", models.SET_NULL, null=True, editable=False, related_name="+")


class Revision(models.Model):
    """`save()` links it with the one before and with the page, and notes a log entry of the page."""

    wiki: Any = models.ForeignKey(Wiki, models.CASCADE)
    text = models.CharField(max_length=30)
    previous = models.ForeignKey("self", models.SET_NULL, null=True, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        using = kwargs.get("using")
        wiki = Wiki._default_manager.using(using).get(pk=self.wiki.pk)
        self.previous_id = wiki.current_id
        super().save(*args, **kwargs)
        wiki.current_id = self.pk
        wiki.log = WikiLog._default_manager.using(using).create(text=self.text)
        wiki.save(using=using)


class WikiLog(models.Model):
    """Made beside the revisions."""

    text = models.CharField(max_length=30)


class Group(models.Model):
    """Has members and friends."""

    name = models.CharField(max_length=30)
    members = models.ManyToManyField(Product)
    friends = models.ManyToManyField("self")


class Label(models.Model):
    """What is labelled with."""

    name = models.CharField(max_length=30, unique=True)


class Labelling(models.Model):
    """Which product has which label."""

    label = models.ForeignKey(Label, models.CASCADE)
    product = models.ForeignKey("Labelled", models.CASCADE)


class LabelRel(models.ManyToManyRel):
    """How the field below is related."""

    def __init__(self, field: Any) -> None:
        super().__init__(field, to="saving.Label", through=Labelling, related_name="+")


class Labels(RelatedField):
    """Many-to-many by its looks, and no ``ManyToManyField``: saves its links one by one and tells of them after."""

    many_to_many = True
    many_to_one = one_to_many = one_to_one = False
    concrete = editable = False

    def __init__(self) -> None:
        super().__init__(rel=LabelRel(self), blank=True, serialize=False)

    def get_attname_column(self) -> tuple[str, None]:
        return self.name, None

    def m2m_db_table(self) -> str:
        return str(Labelling._meta.db_table)

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        models.Field.contribute_to_class(self, cls, name)
        setattr(cls, name, property(LabelManager))


class LabelManager:
    """Labels of one row, by name."""

    def __init__(self, instance: Labelled) -> None:
        self._instance = instance

    def add(self, *names: str) -> None:
        using = self._instance._state.db
        labels = [Label._default_manager.using(using).get_or_create(name=name)[0] for name in names]
        for label in labels:
            Labelling._default_manager.using(using).get_or_create(label=label, product=self._instance)
        m2m_changed.send(
            sender=Labelling, instance=self._instance, action="post_add", reverse=False, model=Label,
            pk_set={label.pk for label in labels}, using=using,
        )  # fmt: skip


class Labelled(models.Model):
    """`save()` labels the row."""

    name = models.CharField(max_length=30)
    labels: Any = Labels()

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.labels.add("new", self.name)


class Member(models.Model):
    """`save()` joins a club, by a link with columns of its own."""

    name = models.CharField(max_length=30)
    clubs: Any = models.ManyToManyField("Club", through="Membership")

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        club = Club._default_manager.using(self._state.db).create(name=self.name)
        self.clubs.add(club, through_defaults={"since": 2026})


class Club(models.Model):
    """What is joined."""

    name = models.CharField(max_length=30)


class Membership(models.Model):
    """The link."""

    member = models.ForeignKey(Member, models.CASCADE)
    club = models.ForeignKey(Club, models.CASCADE)
    since = models.IntegerField()
