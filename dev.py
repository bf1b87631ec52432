#!/usr/bin/env python3
"""Set up fixturekit for work and run its commands. Needs Python 3.10 or newer, and nothing else.

    python3 dev.py demo                 set up, then apply and record recipes in example_project
    python3 dev.py test [pytest words]  set up, then run the tests on SQLite and on the servers the environment names;
                                        those of maps also on SpatiaLite and PostGIS, where these are installed
    python3 dev.py lint                 ruff, and migrations that are missing
    python3 dev.py types                mypy
    python3 dev.py imports              who imports whom
    python3 dev.py docs                 the manual, as HTML in docs/_build
    python3 dev.py package              build the distribution, and try the wheel away from the checkout

The first run makes a virtual environment in .venv. Later runs install again only when pyproject.toml has changed.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 10)
NAMES = ("python3.13", "python3.12", "python3.11", "python3.10")


def run_with_newer_python() -> None:
    """Run this file with a Python of PATH that is new enough, or end with one line where there is none."""
    probe = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    for name in NAMES:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = shutil.which(name, path=folder) if folder else None
            # What PATH has may be a launcher for a version that is not installed, so each one is asked.
            if path and subprocess.call([path, "-c", probe], stderr=subprocess.DEVNULL) == 0:
                sys.exit(subprocess.call([path, *sys.argv]))
    wanted = ".".join(map(str, OLDEST))
    found = f"Python {sys.version.split()[0]} ({sys.executable})"
    sys.exit(f"fixturekit needs Python {wanted} or newer: this is {found}, and PATH has none of {', '.join(NAMES)}.")


# Everything up to here, and the syntax of the whole file, is for any Python 3.
if sys.version_info < OLDEST:
    run_with_newer_python()

import argparse
import hashlib
import importlib.util
import json
import shlex
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
EXAMPLE = ROOT / "example_project"
OWN_VENV = ROOT / ".venv"
URL_VARIABLES = {
    "postgresql": "FIXTUREKIT_TEST_POSTGRES",
    "mysql": "FIXTUREKIT_TEST_MYSQL",
    "postgis": "FIXTUREKIT_TEST_POSTGRES",
}
DRIVERS = {"postgresql": "postgresql", "mysql": "mysql", "postgis": "postgresql"}  # extras of the project
SPATIAL = ("spatialite", "postgis")
DATABASES = ("sqlite", "postgresql", "mysql", *SPATIAL)
# What says something new on a spatial database, unless the command line names tests.
SPATIAL_TESTS = (
    "tests/values/fields/test_gis.py",
    "tests/execution/test_gis.py",
    "tests/planning/test_every_model.py",
    "tests/writers",
)
# What asks no database, or brings one of its own: it says the same on each, so on a server the run on SQLite has had it.
ALIKE_ON_EACH = (
    "tests/recipes",
    "tests/calling/test_setups.py",
    "tests/testing/test_django_runner.py",
    "tests/testing/test_pytest_plugin.py",
    "tests/values/meanings",
    "tests/test_docs.py",
    "tests/test_example_project.py",
    "tests/test_tutorial.py",
)

Stamp = dict[str, Any]


class Failed(Exception):
    """A command ended with an error that it has already shown."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


# ---------------------------------------------------------------------------------------------------------------------
# Commands


def demo(environment: "Here | Environment", options: argparse.Namespace, words: list[str]) -> None:
    """Apply and record recipes in example_project, on a new database."""
    environment.provide(extras=["images"])
    forget_demo()
    say("The example shop starts with an empty database and the recipes in its repository")
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "showfixtures")
    say("Replay them")
    manage(environment, "applyfixtures")
    say("Record a command as a new recipe, and replay that too")
    manage(environment, "makefixture", *DEMO_COMMAND)
    show_recording()
    manage(environment, "applyfixtures")
    say("What is there now")
    run([environment.python, "-c", COUNT_ROWS], EXAMPLE, shown=False, DJANGO_SETTINGS_MODULE="shopproject.settings")
    print(WHERE_TO_LOOK.format(python=relative(environment.python)))


def test(environment: "Here | Environment", options: argparse.Namespace, words: list[str]) -> None:
    """Run the tests on SQLite, and on PostgreSQL and MariaDB where the environment has their URLs; on SpatiaLite and
    PostGIS those of maps."""
    missing = {name: f"{url} is not set" for name, url in URL_VARIABLES.items() if not os.environ.get(url)}
    for name in options.on:
        if name in missing:
            sys.exit(f"The tests on {name} need the URL of a server in {URL_VARIABLES[name]}.")
    chosen = options.on or [name for name in DATABASES if name not in missing]
    environment.provide(groups=["test"], extras=[DRIVERS[name] for name in chosen if name in DRIVERS])
    for name in [name for name in chosen if name in SPATIAL]:
        lacking = spatial_lack(environment, name)
        if lacking and name in options.on:
            sys.exit(f"The tests on {name} cannot run: {lacking}.")
        if lacking:
            missing[name] = lacking
    code = 0
    for database in [name for name in chosen if name not in missing]:
        say(f"Tests on {database}")
        tests = [] if names_tests(words) else which_tests(database, chosen)
        code = call([environment.python, "-m", "pytest", f"--ds=tests.settings.{database}", *words, *tests]) or code
    for database, reason in missing.items() if not options.on else ():
        print(f"skipped: the tests on {database}, {reason}")
    if code:
        raise Failed(code)


def which_tests(database: str, chosen: Sequence[str]) -> list[str]:
    """Words for pytest that choose the tests that say something on this database, where others are run as well."""
    if database in SPATIAL:
        return [*SPATIAL_TESTS]
    if database != "sqlite" and "sqlite" in chosen:
        return [f"--ignore={path}" for path in ALIKE_ON_EACH]
    return []


def spatial_lack(environment: "Here | Environment", database: str) -> str:
    """What is missing for tests on a spatial database, empty if nothing is."""
    probe = [str(environment.python), "-m", "tests.spatial", database]
    done = subprocess.run(probe, cwd=str(ROOT), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return (done.stderr.strip().splitlines() or ["it cannot be tried"])[-1] if done.returncode else ""


def names_tests(words: Sequence[str]) -> bool:
    """Whether words for pytest say which files to run."""
    return any((ROOT / word.partition("::")[0]).exists() for word in words if not word.startswith("-"))


def lint(environment: "Here | Environment", options: argparse.Namespace, words: list[str]) -> None:
    """Check style and layout with ruff, and that no migration is missing."""
    environment.provide(groups=["lint", "test"])
    python = environment.python
    run_all(
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "ruff", "format", "--check", "."],
        [python, "-m", "django", "makemigrations", "--check", "--dry-run", "--settings", "tests.settings.sqlite"],
        [python, "example_project/manage.py", "makemigrations", "--check", "--dry-run"],
        # Otherwise it leaves an empty database file behind.
        EXAMPLE_DATABASE="sqlite:///:memory:",
    )


def types(environment: "Here | Environment", options: argparse.Namespace, words: list[str]) -> None:
    """Check types with mypy."""
    environment.provide(groups=["types"])
    run_all([environment.python, "-m", "mypy"])


def imports(environment: "Here | Environment", options: argparse.Namespace, words: list[str]) -> None:
    """Check with import-linter who imports whom, and that no modules import each other in a circle."""
    environment.provide(groups=["imports"])
    run_all([environment.python.parent / "lint-imports"], [environment.python, ".ci/circles.py"])


def docs(environment: "Here | Environment", options: argparse.Namespace, words: list[str]) -> None:
    """Build the manual into docs/_build/html; whatever Sphinx warns of is an error."""
    environment.provide(groups=["docs"])
    target = ROOT / "docs" / "_build" / "html"
    remove(target)  # pages that are gone must not be found there
    strict = ("--nitpicky", "--fail-on-warning", "--keep-going", "--quiet")
    run([environment.python, "-m", "sphinx", *strict, "docs", target])
    print(f"The manual is {relative(target / 'index.html')}")


def package(environment: "Here | Environment", options: argparse.Namespace, words: list[str]) -> None:
    """Build sdist and wheel into dist/, and use the wheel in a new project where the checkout is out of reach."""
    environment.provide(groups=["package"])
    dist = ROOT / "dist"
    remove(dist)
    say("Build")
    run([environment.python, "-m", "build", "--outdir", dist])
    (wheel,) = dist.glob("*.whl")
    check_contents(wheel)
    with tempfile.TemporaryDirectory(prefix="fixturekit-") as folder:
        elsewhere = Path(folder).resolve()
        say(f"Use {wheel.name} in a new project")
        python = make_venv(elsewhere / "venv")
        pip(python, "install", wheel, *requirements(options))
        shutil.copy(ROOT / ".ci" / "smoke.py", elsewhere)
        run([python, "-I", elsewhere / "smoke.py"], cwd=elsewhere)


# ---------------------------------------------------------------------------------------------------------------------
# Parts of the demo

DEMO_COMMAND = (
    *("catalogue.demo_acme",),
    *("--model", "catalogue.Brand", "--as", "acme", "--name", "Acme"),
    *("--model", "catalogue.Product", "--count", "25", "--brand", "@acme"),
    *("--sku", '!seq "ACME-{n:03}"', "--list_price", "!range [10, 100]", "--price", "!copy list_price"),
)

COUNT_ROWS = """
import django
from django.apps import apps
django.setup()
for label in ("accounts", "catalogue", "orders"):
    for model in apps.get_app_config(label).get_models():
        print(f"{model.objects.count():>8,}  {model._meta.label}")
"""

WHERE_TO_LOOK = """
Look at the rows in Django's admin:

    {python} example_project/manage.py runserver

http://127.0.0.1:8000/admin/, as admin with the password admin. The recipes are example_project/*/fixture_recipes/*.yaml.
"""


def forget_demo() -> None:
    """Remove the database, the files and the recipe that an earlier demo made."""
    remove(EXAMPLE / "media")
    for pattern in ("db.sqlite3*", "*/fixture_recipes/*_demo_*.yaml"):
        for path in EXAMPLE.glob(pattern):
            path.unlink()


def manage(environment: "Here | Environment", *words: str) -> None:
    """Run a command of the example project, and show what is run."""
    print("\n$ python manage.py " + shlex.join(words))
    run([environment.python, "manage.py", *words], cwd=EXAMPLE, shown=False)


def show_recording() -> None:
    for path in EXAMPLE.glob("*/fixture_recipes/*_demo_*.yaml"):
        print(f"\n$ cat {path.relative_to(EXAMPLE)}\n{path.read_text(encoding='utf-8')}", end="")


# ---------------------------------------------------------------------------------------------------------------------
# Parts of the package check


def check_contents(wheel: Path) -> None:
    """End with an error unless the wheel holds the files of the package, all of them and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    folder = ROOT / "fixturekit"
    on_disk = {path.relative_to(ROOT).as_posix() for path in folder.rglob("*") if path.is_file()}
    expected = {name for name in on_disk if "/__pycache__/" not in name}
    if packed != expected:
        sys.exit(f"{wheel.name} lacks {sorted(expected - packed)} and has {sorted(packed - expected)} too much.")
    print(f"{wheel.name} has the {len(packed)} files of the package.")


# ---------------------------------------------------------------------------------------------------------------------
# Environments


class Here:
    """The Python that runs this file, with what is installed there."""

    python = Path(sys.executable)

    def provide(self, groups: Iterable[str] = (), extras: Iterable[str] = ()) -> None:
        """Set nothing up: whoever chose this environment has."""


class Environment:
    """A virtual environment of this checkout, made with the Python that runs this file.

    Its stamp says which Python, versions and pyproject.toml it was made for and what is installed. There is no stamp while
    something is being installed, so that an environment without one is never trusted but made again.
    """

    def __init__(self, folder: Path, requirements: Sequence[str]) -> None:
        self.folder = folder
        self.python = python_of(folder)
        self.stamp = folder / "fixturekit-dev.json"
        self.made_for = {
            "python": sys.version,
            "base": sys.base_prefix,
            "requirements": requirements,
            "checkout": str(ROOT),
            "as": 2,
        }
        self.project = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
        self.requirements = requirements

    def provide(self, groups: Iterable[str] = (), extras: Iterable[str] = ()) -> None:
        """See to it that the project is installed with these dependency groups and extras."""
        made = self.read_stamp()
        if made.get("made_for") != self.made_for or not self.works():
            self.make()
            made = {"groups": [], "extras": []}
        wanted = {
            "made_for": self.made_for,
            "project": self.project,
            "groups": sorted({*made["groups"], *groups}),
            "extras": sorted({*made["extras"], *extras}),
        }
        if wanted != made:
            self.install(wanted)

    def make(self) -> None:
        if self.folder != OWN_VENV and holds_something_else(self.folder):
            sys.exit(f"{self.folder} is not a virtual environment and not empty: it is left alone.")
        say(f"Making a virtual environment in {relative(self.folder)} with Python {sys.version.split()[0]}")
        remove(self.folder)
        make_venv(self.folder)

    def install(self, wanted: Stamp) -> None:
        say(f"Installing fixturekit and what {', '.join([*wanted['groups'], *wanted['extras']]) or 'it'} needs")
        self.stamp.unlink(missing_ok=True)
        extras = f"[{','.join(wanted['extras'])}]" if wanted["extras"] else ""
        groups = [word for group in wanted["groups"] for word in ("--group", group)]
        # The first pip that reads dependency groups; with one that does, this asks no index.
        pip(self.python, "install", "pip>=25.1")
        pip(self.python, "install", "--editable", f".{extras}", *groups, *self.requirements)
        self.stamp.write_text(json.dumps(wanted, indent=2), encoding="utf-8")

    def read_stamp(self) -> Stamp:
        """Return what the stamp says: nothing where there is none or it is torn."""
        try:
            made = json.loads(self.stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return made if isinstance(made, dict) else {}

    def works(self) -> bool:
        """Whether its Python starts and is still the one it was made with."""
        probe: list[str | Path] = [self.python, "-c", "import sys, pip; print(sys.version)"]
        try:
            answer = subprocess.run(probe, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except OSError:
            return False
        return answer.returncode == 0 and answer.stdout.strip() == sys.version


def holds_something_else(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists()


def make_venv(folder: Path) -> Path:
    """Make a virtual environment with pip, and return its Python."""
    # Not the Python of a virtual environment that is active: it may be the one that has just been removed.
    python = getattr(sys, "_base_executable", None) or sys.executable
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        run([python, "-m", "venv", folder], shown=False)
    elif importlib.util.find_spec("virtualenv"):
        run([sys.executable, "-m", "virtualenv", "--quiet", "--python", python, folder], shown=False)
    elif shutil.which("virtualenv"):
        run(["virtualenv", "--quiet", "--python", python, folder], shown=False)
    else:
        sys.exit(
            f"{python} can make no virtual environment: install its venv module (on Debian and Ubuntu: "
            f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv) or virtualenv."
        )
    return python_of(folder)


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def requirements(options: argparse.Namespace) -> list[str]:
    """The versions that the command line asks for."""
    if options.lowest:
        return lowest_requirements()
    return [f"Django~={options.django}.0"] if options.django else []


def lowest_requirements() -> list[str]:
    """The dependencies of the project, each at the version that pyproject.toml says is the lowest."""
    # Python has read TOML since 3.11; the list is one requirement a line.
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [") + 1
    return [line.strip(' ",').replace(">=", "==") for line in lines[start : lines.index("]", start)]]


def pip(python: Path, *words: str | Path) -> None:
    # Errors only; and a user's pip may be set to install into the user's own folder, which cannot be done from here.
    run([python, "-m", "pip", "-qq", "--disable-pip-version-check", *words], shown=False, PIP_USER="0")


# ---------------------------------------------------------------------------------------------------------------------
# Running and saying


def call(command: Sequence[str | Path], cwd: Path = ROOT, shown: bool = True, **variables: str) -> int:
    """Run a command and return its exit code; its first output comes after ours."""
    words = [str(word) for word in command]
    if shown:
        print("$ " + shlex.join([relative(Path(words[0])), *words[1:]]))
    sys.stdout.flush()
    # Settings, paths and databases of whatever project the caller works on do not belong here.
    strange = ("DJANGO_SETTINGS_MODULE", "PYTHONPATH", "EXAMPLE_DATABASE")
    kept = {name: value for name, value in os.environ.items() if name not in strange}
    return subprocess.call(words, cwd=str(cwd), env={**kept, **variables})


def run(command: Sequence[str | Path], cwd: Path = ROOT, shown: bool = True, **variables: str) -> None:
    """Run a command that must succeed."""
    code = call(command, cwd, shown, **variables)
    if code:
        raise Failed(code)


def run_all(*commands: Sequence[str | Path], **variables: str) -> None:
    """Run all commands, then fail if one of them did."""
    failures = [code for code in [call(command, ROOT, True, **variables) for command in commands] if code]
    if failures:
        raise Failed(failures[0])


def say(text: str) -> None:
    print(f"\n== {text}", flush=True)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def remove(path: Path) -> None:
    """Remove a file, link or folder, if it is there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


# ---------------------------------------------------------------------------------------------------------------------
# The command line


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--venv", type=Path, default=OWN_VENV, help="the folder of the virtual environment")
    versions = parser.add_mutually_exclusive_group()
    versions.add_argument("--django", metavar="5.2", help="the series of Django to install, instead of the newest")
    versions.add_argument(
        "--lowest", action="store_true", help="install the lowest version of each dependency that pyproject.toml allows"
    )
    parser.add_argument(
        "--here", action="store_true", help="use the Python that runs this, as it is, and install nothing"
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (demo, test, lint, types, imports, docs, package):
        name, doc = command.__name__, command.__doc__
        subparser = commands.add_parser(name, help=doc, description=doc, allow_abbrev=False)
        subparser.set_defaults(command=command)
        if command is test:
            subparser.add_argument(
                "--on", choices=DATABASES, action="append", default=[], help="only this database; repeatable"
            )
            subparser.epilog = "All other words go to pytest."
    options, words = parser.parse_known_args(arguments)
    if words and options.command is not test:
        parser.error(f"{options.command.__name__} does not take {' '.join(words)}")
    return options, words[1:] if words[:1] == ["--"] else words


def main() -> int:
    options, words = parse(sys.argv[1:])
    environment = Here() if options.here else Environment(options.venv.absolute(), requirements(options))
    try:
        options.command(environment, options, words)
    except Failed as failure:
        return failure.code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
