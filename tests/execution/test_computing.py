"""Values that are computed row by row: from other fields, from rows that a row points to, by functions."""

from __future__ import annotations

import pytest

from tests.recipes_support import recipes  # noqa: F401
from tests.testapp.models import Author, Book

pytestmark = pytest.mark.django_db


def test_first(recipes):
    recipes.write(
        "testapp.rows",
        """
        seed: s
        now: 2026-11-20T09:00:00Z
        steps:
          - id: authors
            make: testapp.Author
            count: 5
            set:
              name: !mask "-___ ##"
              email: !jinja "{{ fake.user_name() }}{{ n }}@example.com"
          - id: books
            make: testapp.Book
            count: 10
            set:
              author: !pick authors
              title: !jinja "{{ row.author.name }} by {{ row.author.email|upper }} {{ pick([1,2,3]) }} {{ now.year }} {{ row.imprint.code }}"
          - id: more
            make: testapp.Book
            set:
              title: !choice [!fake company, !mask "##", abc, !jinja "{{ n + 1 }}"]
            count: 8
        """,
    )
    recipes.apply()
    print(list(Author.objects.values_list("name", "email")))
    print(*Book.objects.values_list("title", flat=True), sep="\n")
