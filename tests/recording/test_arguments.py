"""The words of a command line, split into the recipe's and each step's."""

from __future__ import annotations

import pytest

from fixturekit.recording.arguments import StepArguments, split

OPTIONS = {"--seed": True, "--dry-run": False, "--tag": True, "-v": True, "--verbosity": True, "-h": False}


def divided(*words: str) -> tuple[list[str], list[StepArguments]]:
    found = split(words, OPTIONS, lambda option: OPTIONS[option], {"--tag"})
    assert not found.wrong
    return found.recipe, found.steps


def fields(*words: str) -> list[tuple[str, str]]:
    """What one step sets."""
    return divided("--model", "shop.Product", *words)[1][0].fields


def refusal(*words: str) -> str:
    """The line for the one word that is wrong."""
    (line,) = split(words, OPTIONS, lambda option: OPTIONS[option], {"--tag"}).wrong
    return line


def test_each_model_opens_a_step_and_what_follows_belongs_to_it():
    """Options and fields go to the model before them, wherever the recipe's own options stand."""
    words, steps = divided(
        "shop.sale", "--model", "shop.Brand", "--as", "acme", "--name", "Acme", "--seed", "7",
        "--model", "shop.Product", "--count", "20", "--share", "brand=3", "--dry-run", "--brand", "@acme",
    )  # fmt: skip
    assert words == ["shop.sale", "--seed", "7", "--dry-run"]
    assert steps == [
        StepArguments(model="shop.Brand", id="acme", fields=[("name", "Acme")]),
        StepArguments(model="shop.Product", count=20, share={"brand": 3}, fields=[("brand", "@acme")]),
    ]


def test_a_factory_opens_a_step_too():
    """`--factory` is told apart from `--model`."""
    assert divided("--factory", "shop.factories.F")[1] == [StepArguments(factory="shop.factories.F")]


@pytest.mark.parametrize("words", [("--name", "Fred"), ("--name=Fred",), ("--set", "name=Fred"), ("--set=name=Fred",)])
def test_a_value_follows_a_blank_or_an_equals_sign(words):
    """All spellings mean the same."""
    assert fields(*words) == [("name", "Fred")]


def test_the_first_equals_sign_divides():
    """A value may hold more of them."""
    assert fields("--brand=slug=acme", "--set", "count=a=b") == [("brand", "slug=acme"), ("count", "a=b")]


def test_names_that_are_options_are_fields_by_set():
    """`--set` takes every name."""
    words, steps = divided("--model", "a.B", "--set", "count=5", "--set", "seed=x", "--count", "3")
    assert (words, steps[0].count) == ([], 3)
    assert steps[0].fields == [("count", "5"), ("seed", "x")]


@pytest.mark.parametrize("value", ["-5", "-x", "-", "", "--", "a b", "=", "!seq 'x'"])
def test_a_value_is_taken_as_it_stands(value):
    """One hyphen is no option: negative numbers are values."""
    assert fields("--price", value) == [("price", value)]


def test_a_value_that_begins_with_two_hyphens_follows_an_equals_sign():
    """Standing alone it would be the next name."""
    assert fields("--title=--x") == [("title", "--x")]
    assert refusal("--model", "a.B", "--save", "--x=1") == (
        "--save needs a value: --save VALUE, or --save=VALUE where it begins with two hyphens"
    )


def test_a_field_without_a_value_is_kept_for_those_who_know_the_model():
    """Whether a value is missing or an option is misspelled cannot be told here."""
    (step,) = divided("--model", "a.B", "--title", "--dry-rnu")[1]
    assert (step.fields, step.bare) == ([], ["title", "dry-rnu"])


def test_all_wrong_words_are_told_at_once():
    """Each on a line of its own; what can be understood is split all the same."""
    found = split(["--seed", "1", "--seed", "2", "--model", "a.B", "--count", "x", "--as", "A", "odd", "--name", "y"],
                  OPTIONS, lambda option: OPTIONS[option])  # fmt: skip
    assert [line.split()[0] for line in found.wrong] == ["--seed", "--count", "--as", "'odd'"]
    assert found.steps == [StepArguments(model="a.B", fields=[("name", "y")])]


def test_what_follows_a_model_without_a_name_is_no_other_steps():
    """One word is missing, and nothing else is wrong."""
    found = split(["--model", "a.B", "--model", "--name", "y"], OPTIONS, lambda option: OPTIONS[option])
    assert [line.split(":")[0] for line in found.wrong] == ["--model needs a value"]
    assert found.steps == [StepArguments(model="a.B")]


@pytest.mark.parametrize("words", [("-v0",), ("-v", "0"), ("--verbosity=0",)])
def test_short_options_of_every_command_stay_with_the_command(words):
    """Also behind a model."""
    assert divided("--model", "a.B", *words)[0] == list(words)


def test_negative_values_of_the_recipes_options_stay_too():
    """`--seed -5` is a seed."""
    assert divided("--seed", "-5", "--model", "a.B")[0] == ["--seed", "-5"]


@pytest.mark.parametrize("word", ["Fred", "-x", "shop.sale", "--"])
def test_an_odd_word_is_refused(word):
    """After a model, each word has a name before it."""
    assert refusal("--model", "a.B", "--name", "x", word) == (
        f"'{word}' is a word without a name before it: write --field {word}"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--see", "7"), "--see is not an option of makefixture. Did you mean --seed?"),
        (("--modle", "a.B"), "--modle is not an option of makefixture. Did you mean --model?"),
        (("--zzz", "7"), "--zzz is not an option of makefixture. Options of a step come after --model."),
        (("--count", "7"), "--count belongs to a step: it comes after --model"),
        (("--set", "a=b"), "--set belongs to a step: it comes after --model"),
    ],
)
def test_an_unknown_option_is_refused_with_the_nearest(words, message):
    """An abbreviated option is unknown."""
    assert refusal(*words, "--model", "a.B") == message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--count", "1", "--count", "1"), "--count is given twice for one step"),
        (("--as", "a", "--as=b"), "--as is given twice for one step"),
        (("--share", "brand=1", "--share", "brand=2"), "--share brand is given twice for one step"),
        (("--name", "a", "--name", "b"), "--name is given twice for one step"),
        (("--name", "a", "--set", "name=b"), "--name is given twice for one step"),
        (("--seed", "a", "--seed=b"), "--seed is given twice"),
    ],
)
def test_what_has_one_value_is_given_once(words, message):
    """The last of two does not win in silence."""
    assert refusal("--model", "a.B", *words) == message


def test_what_collects_values_is_given_often():
    """`--tag` twice is two tags; two steps have a `--count` each."""
    words, steps = divided("--tag", "a", "--tag=b", "--model", "a.B", "--count", "1", "--model", "a.B", "--count", "2")
    assert words == ["--tag", "a", "--tag=b"]
    assert [step.count for step in steps] == [1, 2]


@pytest.mark.parametrize("count", ["-1", "x", "", "1.5", "1e3", "٣", "10000001", "9" * 5000])
def test_a_count_is_a_whole_number_that_a_recipe_can_hold(count):
    """Refused with a bounded message otherwise."""
    message = refusal("--model", "a.B", f"--count={count}")
    assert message.startswith("--count takes a whole number from 0 to 10,000,000, not '")
    assert len(message) < 200


@pytest.mark.parametrize("share", ["brand", "brand=", "=3", "brand=0", "brand=x"])
def test_a_share_is_a_path_and_a_number_above_zero(share):
    """Nothing can be spread over no rows."""
    assert "--share takes " in refusal("--model", "a.B", "--share", share)


@pytest.mark.parametrize("id", ["", "Acme", "a b", "a/b", "a[0]", "1a", "é", "x" * 101])
def test_an_id_is_one_that_a_recipe_can_hold(id):
    """It becomes part of every address."""
    assert refusal("--model", "a.B", f"--as={id}").startswith("--as takes a word of ")


@pytest.mark.parametrize("words", [("--model",), ("--model", "--name"), ("--seed",), ("--model", "a.B", "--as")])
def test_a_name_without_a_value_is_refused(words):
    """At the end of the line, or before the next name."""
    assert " needs a value: " in refusal(*words)


@pytest.mark.parametrize("pair", ["name", "=x", ""])
def test_set_takes_a_pair(pair):
    """A name, an equals sign, a value."""
    assert refusal("--model", "a.B", f"--set={pair}") == f"--set takes NAME=VALUE, not '{pair}'"


class TestWordsOfAStep:
    """Labels, shelves, adopting, ways."""

    def test_fields_behind_a_label_are_its_own(self):
        """Up to the next label; those before the first are all rows'; options are the step's wherever they stand."""
        (step,) = divided("--model", "a.User", "--is_staff", "true", "--named", "anna", "--username", "anna", "--save",
                          "each", "--set", "count=1", "--named", "on sale", "--named", "bob", "--username=bob")[1]  # fmt: skip
        assert step == StepArguments(
            model="a.User",
            fields=[("is_staff", "true")],
            named={"anna": [("username", "anna"), ("count", "1")], "on sale": [], "bob": [("username", "bob")]},
            save="each",
        )

    def test_labels_belong_to_their_step(self):
        """The next model has none."""
        steps = divided("--model", "a.A", "--named", "x", "--b", "1", "--model", "a.B", "--b", "2")[1]
        assert steps[1] == StepArguments(model="a.B", fields=[("b", "2")])

    @pytest.mark.parametrize(
        ("words", "shelve", "fields"),
        [
            (["--shelve", "--x", "1"], "", [("x", "1")]),
            (["--x", "1", "--shelve"], "", [("x", "1")]),
            (["--shelve", "on sale", "--x", "1"], "on sale", [("x", "1")]),
            (["--shelve=on sale", "--set", "x=1"], "on sale", [("x", "1")]),
        ],
    )
    def test_a_shelf_may_have_a_name(self, words, shelve, fields):
        """The default one has none."""
        assert divided("--model", "a.B", *words)[1] == [StepArguments(model="a.B", shelve=shelve, fields=fields)]

    def test_what_is_adopted(self):
        """By which fields, and what becomes of the others."""
        (step,) = divided("--model", "a.B", "--match", "country, code", "--update-matched")[1]
        assert (step.match, step.update) == (("country", "code"), True)
        assert divided("--model", "a.B", "--get-or-create=slug")[1][0].get_or_create == ("slug",)

    def test_how_rows_are_written(self):
        """A way, and whether receivers hear of it."""
        (step,) = divided(
            "--model", "a.B", "--mute-signals", "--save", "bulk", "--use", "a.defaults/on sale", "--x", "1"
        )[1]
        assert (step.mute_signals, step.save, step.use) == (True, "bulk", "a.defaults/on sale")
        assert step.given == ["--mute-signals", "--save", "--use"]

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--named", "1"], "--named takes the label of a row, one line without brackets that is no number, not '1'"),
            (["--named", "x", "--named", "x"], "--named x is given twice for one step"),
            (["--named", "x", "--b", "1", "--b", "2"], "--b is given twice for one row"),
            (["--named", "x", "--count", "2"], "--named and --count do not go together: each label is one row"),
            (["--named"], "--named needs a value"),
            (["--shelve", "--count", "2", "--x", "1"], "--shelve and --count do not go together"),
            (["--shelve", "--as", "x", "--x", "1"], "--shelve and --as do not go together"),
            (["--shelve", "--named", "x", "--x", "1"], "--shelve and --named do not go together"),
            (["--shelve", "--use", "x", "--x", "1"], "--shelve and --use do not go together"),
            (["--shelve", "--shelve", "--x", "1"], "--shelve is given twice for one step"),
            (["--shelve"], "--shelve needs the values to keep: --FIELD VALUE"),
            (["--use", "a.b/"], "--use takes the name of a shelf, or app.recipe/shelf, not 'a.b/'"),
            (["--match", "a,,b"], "--match takes names of fields, by commas, not 'a,,b'"),
            (["--match", "a,a"], "--match a is given twice for one step"),
            (["--get-or-create", "a-b"], "--get-or-create takes names of fields, by commas, not 'a-b'"),
            (["--match", "a", "--get-or-create", "a"], "--match and --get-or-create do not go together"),
            (["--update-matched"], "--update-matched says nothing without --match"),
            (["--update-matched=1"], "--update-matched takes no value"),
            (["--mute-signals", "yes"], "'yes' is a word without a name before it: write --field yes"),
            (["--save", "fast"], "--save takes stream, bulk or each, not 'fast'"),
            (["--save", "each", "--save", "bulk"], "--save is given twice for one step"),
        ],
    )  # fmt: skip
    def test_odd_words_are_refused(self, words, message):
        """Each in a sentence."""
        assert refusal("--model", "a.B", *words).startswith(message)
