"""Runs the Python examples of a page, a process of its own: ``python -m tests.manual.calls`` with the page as input.

The page's block that begins with ``# library/models.py`` makes the models. What stands below one heading is one session, in a
transaction as a test case has it, which is rolled back. Prints what is not as the page says.
"""

from __future__ import annotations

import doctest
import sys
from pathlib import Path
from typing import Any

from tests.manual.pages import blocks, headings


def set_up(models: str) -> None:
    """Make the app that the page is about, with its tables."""
    folder = Path.cwd() / "library"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "models.py").write_text(models, encoding="utf-8")
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "fixturekit", "library"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def main() -> int:
    """Run the examples and return how many went wrong."""
    page = sys.stdin.read()
    [models] = [block for block in blocks(page, "python") if block.startswith("# library/models.py")]
    set_up(models)
    from django.db import transaction

    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    names: dict[str, Any] = {}
    for _, title, part in headings(page):
        text = "\n".join(blocks(part, "pycon"))
        if not text:
            continue
        session = doctest.DocTestParser().get_doctest(text, names, title, None, 0)
        block: Any = transaction.atomic()
        block._from_testcase = True
        with block:
            runner.run(session, clear_globs=False)
            transaction.set_rollback(True)
        names = session.globs
    return runner.summarize(verbose=False).failed


if __name__ == "__main__":
    sys.exit(main())
