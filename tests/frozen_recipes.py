"""Recipes whose digests are frozen, and another process that finds them. Needs no Django to be imported.

``python -m tests.frozen_recipes`` writes the digests anew. Only an engine of another number may need that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

RECIPES = {
    "testapp.people": """
        now: 2026-11-20T09:00:00+02:00
        steps:
          - {id: authors, make: testapp.Author, count: 300}
          - {id: contacts, make: testapp.Contact, count: 50}
          - {id: records, make: testapp.Record, count: 20}
          - {id: persons, make: testapp.Person, count: 20, set: {follows: !sample {of: persons, count: 3}}}
          - id: staff
            make: auth.User
            named:
              anna: {username: anna, password: !password secret, is_staff: true}
              bert: {username: bert, email: bert@example.com}
        """,
    "testapp.shop": """
        now: 2020-02-29T23:59:59Z
        depends_on: [testapp.people]
        steps:
          - {id: imprints, make: testapp.Imprint, count: 3, set: {code: !seq "I{n:03}", name: !choice [Ö, ß, "'"]}}
          - id: books
            make: testapp.Book
            count: 2500
            set:
              author: !pick testapp.people/authors
              editor: !ref testapp.people/authors[7]
              imprint: !ref imprints
              title: !choice {Zoë: 5, "naïve": 1}
          - {id: prices, make: testapp.Price, count: 100, set: {fee: !range [0.50, 9.99]}}
          - {id: covers, make: testapp.Cover, count: 30}
          - {id: enrolments, make: testapp.Enrolment, count: 40}
          - {id: cars, make: testapp.SportsCar, count: 20}
          - {id: folders, make: testapp.Folder, count: 100, set: {parent: !pick folders}}
          - {id: albums, make: testapp.Album, count: 10, set: {genres: !make 2, artists: !make {count: 2, name: bass}}}
        """,
    "testapp.fields": """
        seed: 7
        now: 2026-01-01T00:00:00Z
        steps:
          - {id: measures, make: testapp.Measure, count: 100}
          - {id: readings, make: testapp.Reading, count: 100}
          - {id: events, make: testapp.Event, count: 100, set: {delay: !range ["00:10:00", "09:00:00"]}}
          - {id: holidays, make: testapp.Holiday, count: 100}
          - {id: notes, make: testapp.Note, count: 100}
          - {id: pages, make: testapp.Page, count: 100}
          - {id: badges, make: testapp.Badge, count: 100}
          - {id: surveys, make: testapp.Survey, count: 100}
          - {id: preferences, make: testapp.Preference, count: 20, set: {payload: {b: 1.0, a: [é, null]}}}
          - {id: tokens, make: testapp.Token, count: 100}
          - {id: drafts, make: testapp.Draft, count: 100}
          - {id: parcels, make: testapp.Parcel, count: 20}
          - {id: shifts, make: testapp.Shift, count: 20}
          - {id: sensors, make: testapp.Sensor, count: 5}
          - {id: quotes, make: testapp.Quote, count: 20}
          - {id: shipments, make: testapp.Shipment, count: 5}
        """,
    "testapp.values": """
        now: 2026-11-20T09:00:00+02:00
        depends_on: [testapp.people]
        steps:
          - {id: plates, make: testapp.SportsCar, count: 20, set: {plate: !mask "--!- ###", doors: !jinja "{{ row.wheels // 2 }}"}}
          - {id: masks, make: testapp.Note, count: 100, set: {title: !mask "-____ -____ ##", code: !choice [!mask "#_", XX]}}
          - {id: works, make: testapp.Book, count: 2100, set: {author: !pick testapp.people/authors, title: !jinja "{{ row.author.name|slugify }} {{ n }}{{ pick(['a', 'b', 'c']) }}"}}
          - {id: jackets, make: testapp.Cover, count: 50, set: {book: !ref works, colour: !jinja "{{ row.book.imprint.name[:8] }} {{ (now - days(n)).day }}"}}
          - {id: called, make: testapp.Note, count: 100, set: {title: !call tests.testapp.values.numbered, memo: !jinja "{{ row.title.split() }}"}}
          - {id: priced, make: testapp.Price, count: 50, set: {fee: !jinja "{{ (row.amount * 0.01)|round(2) if pick([true, false]) else n }}"}}
          - id: labelled
            make: testapp.Note
            set: {title: !call tests.testapp.values.numbered, sentence: !jinja "{{ pick([1, 2, 3, 4]) }}", code: !mask "##"}
            named:
              anna: {title: !mask "_____"}
              bert: {title: !jinja "{{ row.sentence }} {{ row.code }}", code: !mask "--"}
              cleo: {}
        """,
    "otherapp.reference": """
        now: 2026-11-20T09:00:00Z
        steps:
          - id: currencies
            rows: testapp.Currency
            match: [code]
            update: true
            columns: [code, name]
            values: [[EUR, Euro], [SEK, Krona], [USD, !choice [Dollar, Buck]]]
          - {id: coins, make: testapp.Coin, count: 9, set: {currency: !ref currencies}}
          - {id: kinds, make: testapp.Genre, count: 90, get_or_create: [name], set: {name: !choice [ox, yak, Zoë]}}
          - {id: hits, make: testapp.Album, count: 9, set: {genres: [!pin {name: hit, or_make: {}}, !ref kinds]}}
          - id: days
            rows: testapp.Event
            columns: [day, announced_on]
            values: [[2024-02-29, null], [!now , 2026-01-01], [!auto , null]]
        """,
    "otherapp.abroad": """
        now: 2026-11-20T09:00:00Z
        options: {locale: ja_JP}
        steps:
          - {id: users, make: auth.User, count: 100}
          - {id: given, make: auth.User, count: 20, set: {first_name: 花子, date_joined: 2024-02-29T00:00:00Z}}
          - {id: authors, make: testapp.Author, count: 100}
          - {id: pages, make: testapp.Page, count: 50}
          - {id: events, make: testapp.Event, count: 50}
        """,
    "otherapp.plain": """
        options: {style: plain}
        steps:
          - {id: libraries, make: otherapp.Library, count: 10, set: {books: !make 2}}
          - {id: surveys, make: testapp.Survey, count: 10}
          - {id: tickets, make: testapp.Ticket, count: 10}
          - {id: loans, make: otherapp.Loan, count: 5, set: {due_on: !now "+14 days"}}
        """,
    "otherapp.shelves": """
        now: 2026-11-20T09:00:00Z
        shelves:
          - {for: testapp.Author, set: {name: !choice [Anna, Bert, Ö]}}
          - {for: testapp.Book, name: on sale, set: {title: !choice {cheap: 3, dear: 1}, imprint: !ref house}}
          - {for: testapp.Vehicle, set: {wheels: !range [3, 9]}}
        steps:
          - {id: house, make: testapp.Imprint, set: {code: HOUSE}}
        """,
    "testapp.shelved": """
        options: {fill_nullable: true, laps: 2, ignore: ["*ditor"]}
        shelves_from: [otherapp.shelves]
        steps:
          - {id: sale, make: testapp.Book, count: 20, use: otherapp.shelves/on sale, set: {author__name: !choice [x, y]}}
          - {id: cars, make: testapp.SportsCar, count: 20}
          - {id: folders, make: testapp.Folder, count: 10}
          - {id: countries, make: testapp.Country, count: 5}
        """,
    "testapp.generics": """
        steps:
          - {id: topics, make: testapp.Topic, count: 20, set: {remarks: !make 2}}
          - {id: motions, make: testapp.Motion, count: 5}
          - {id: mixed, make: testapp.Remark, count: 50, set: {target: !choice [!pick topics, !pick mixed_in]}}
          - {id: mixed_in, make: testapp.Note, count: 7}
          - {id: own, make: testapp.Remark, count: 30}
          - {id: votes, make: testapp.Vote, count: 5, set: {target: !ref motions}}
          - {id: stickers, make: testapp.Sticker, count: 5, set: {thing: !pick motions}}
          - {id: members, make: testapp.Member, count: 9, set: {knows: !sample {of: members, count: 3}}}
        """,
}
FROZEN = ROOT / "tests" / "frozen_digests.json"


_REPLAY = """
import json, sys
import django
from django.conf import settings

settings.configure(**json.loads(sys.argv[1]))
django.setup()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
call_command("applyfixtures", verbosity=0)
from django.db import connection
from fixturekit.ledger import Ledger
ledger = Ledger(connection)
print(json.dumps({name: ledger.digests(name) for name in ledger.applied()}))
"""


def replay(folder: Path, *, seed: str, **settings: Any) -> dict[str, dict[str, str]]:
    """The digests that another process finds: under another hash seed, on SQLite, with settings of its own."""
    from tests.settings import base

    given = {name: getattr(base, name) for name in ("USE_TZ", "TIME_ZONE", "DEFAULT_AUTO_FIELD", "INSTALLED_APPS")}
    given["MIGRATION_MODULES"] = {label.rpartition(".")[2]: None for label in base.INSTALLED_APPS}
    given["DATABASES"] = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    given["FIXTUREKIT"] = {"RECIPE_MODULES": {label: str(folder / label) for label in ("testapp", "otherapp")}}
    given["DEBUG"] = True
    process = subprocess.run(
        [sys.executable, "-c", _REPLAY, json.dumps({**given, **settings})],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    found: dict[str, dict[str, str]] = json.loads(process.stdout)
    return found


def regenerate() -> None:
    """Write the frozen digests anew, as a process on SQLite finds them."""
    with TemporaryDirectory() as folder:
        for name, text in RECIPES.items():
            label, _, short = name.partition(".")
            path = Path(folder, label, f"{len(RECIPES):04}_{short}.yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip())
        FROZEN.write_text(json.dumps(replay(Path(folder), seed="0"), indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    regenerate()
