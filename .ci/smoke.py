"""Use the installed fixturekit in a new project: run it with the Python that has the wheel, in an empty folder.

python -I smoke.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import fixturekit

MODELS = """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=50, unique=True)

class Post(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    published = models.DateTimeField(auto_now_add=True)
"""
INSTALL = '\nINSTALLED_APPS += ["fixturekit", "blog"]\n'
COUNT = "from blog.models import Post; print(Post.objects.filter(title='Hello', author__name='Ann').count(), 'posts')"


def main() -> None:
    """Record three rows, replay them, and see that a second replay leaves them alone."""
    where = Path(fixturekit.__file__).resolve()
    expect(where.is_relative_to(Path(sys.prefix).resolve()), f"fixturekit comes from {where}")
    command("-m", "django", "startproject", "site1", ".")
    command("-m", "django", "startapp", "blog")
    Path("blog/models.py").write_text(MODELS, encoding="utf-8")
    with Path("site1/settings.py").open("a", encoding="utf-8") as settings:
        settings.write(INSTALL)

    command("manage.py", "check", "--fail-level", "WARNING")
    command("manage.py", "makemigrations", "blog")
    command("manage.py", "makemigrations", "--check", "--dry-run")
    command("manage.py", "migrate")
    recording = ["blog.first", "--model", "blog.Author", "--as", "ann", "--name", "Ann"]
    command(
        "manage.py",
        "makefixture",
        *recording,
        *("--model", "blog.Post", "--count", "3"),
        *("--author", "@ann"),
        *("--title", "Hello"),
    )

    recipes = [str(path) for path in Path("blog/fixture_recipes").iterdir()]
    expect(recipes == ["blog/fixture_recipes/0001_first.yaml"], f"recorded {recipes}")
    expect("Applying blog.first... 4 rows OK" in command("manage.py", "applyfixtures"), "the recipe was not applied")
    again = command("manage.py", "applyfixtures")
    expect("Applying blog" not in again and "No recipes to apply" in again, "a second run found something to apply")
    expect("3 posts" in command("manage.py", "shell", "-v", "0", "-c", COUNT), "there are not three posts")
    expect("[X]" in command("manage.py", "showfixtures"), "the recipe is not shown as applied")


def command(*words: str) -> str:
    """Run Python with these words, show and return its output; end where it fails."""
    print("$ python", *words, flush=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout, end="", flush=True)
    expect(done.returncode == 0, f"exit code {done.returncode}")
    return done.stdout


def expect(fact: bool, otherwise: str) -> None:
    """End with this message unless the fact holds."""
    if not fact:
        sys.exit(f"smoke test: {otherwise}")


if __name__ == "__main__":
    main()
