"""Problems in the form of Django's checks."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error, Warning

from fixturekit.marks import Problem, sentence


def as_message(problem: Problem) -> CheckMessage:
    """Return a problem as a message of Django's checks; an id that begins with W is that of a warning."""
    place = " ".join(part for part in (str(problem.mark or ""), problem.where) if part)
    text = "\n".join(filter(None, (sentence(problem.message), problem.snippet)))
    kind = Warning if problem.id.rpartition(".")[2].startswith("W") else Error
    return kind(text, hint=problem.hint or None, obj=place or "recipes", id=problem.id)
