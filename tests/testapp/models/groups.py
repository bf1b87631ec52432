"""Columns that are unique together."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Student(models.Model):
    """One axis of an enrolment."""

    name = models.CharField(max_length=30)


class Course(models.Model):
    """The other axis."""

    name = models.CharField(max_length=30)


class Enrolment(models.Model):
    """Two foreign keys."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")

    class Meta:
        unique_together = [("student", "course")]


class Lesson(models.Model):
    """A foreign key and a text."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lessons")
    title = models.CharField(max_length=30)

    class Meta:
        unique_together = [("course", "title")]


class Seat(models.Model):
    """Three columns."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="seats")
    row = models.CharField(max_length=2)
    number = models.PositiveSmallIntegerField()

    class Meta:
        unique_together = [("course", "row", "number")]


class Reservation(models.Model):
    """A UniqueConstraint over two plain columns."""

    room = models.CharField(max_length=10)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "day"], name="testapp_one_reservation_a_day")]


class Domino(models.Model):
    """A small space: 3 colours and 4 pips, room for twelve rows."""

    colour = models.CharField(max_length=5, choices=[("black", "Black"), ("red", "Red"), ("white", "White")])
    pips = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(4)])

    class Meta:
        unique_together = [("colour", "pips")]


class Ranking(models.Model):
    """Two groups that share a column, one of them with a column that may be null."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="rankings")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="rankings")
    place = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        unique_together = [("course", "student"), ("course", "place")]
