"""Names that look secret, and what is shown of a command line that has some."""

from __future__ import annotations

import pytest

from fixturekit.exceptions import RecipeInvalid
from fixturekit.recipes.reading import read
from fixturekit.recipes.secrecy import is_secret, masked, veiled, without


@pytest.mark.parametrize(
    "name",
    ["password", "--password", "user__password", "api_key", "api-key", "apiKey", "API_KEY", "accessToken", "tokens",
     "pin", "card_pin", "password_hash", "SSN", "db_salt2_key"],
)  # fmt: skip
def test_a_word_of_the_name_tells(name):
    """In whatever case, between underscores, hyphens or capitals."""
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    ["", "name", "shipping_code", "keyword", "monkey", "tokenizer", "spinning", "hashtag", "passenger", "résumé"],
)
def test_a_part_of_a_word_tells_nothing(name):
    """A shipping code is no PIN."""
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("--name", "Fred", "Fred"),
        ("--password", "hunter2", "..."),
        ("--owner__api_key", "hunter2", "..."),
        ("--set", "password=hun,ter2", "password=..."),
        ("--set", "keyword=a", "keyword=a"),
        ("--owner", "username=anna,password=hun,ter2", "username=anna,password=..."),
        ("--owner", "username=anna,first_name=Anna", "username=anna,first_name=Anna"),
        ("--attributes", '{"api_key": "hunter2"}', '{"api_key":...'),
        ("--attributes", '{"a": {"b": [1, {"apiKey" : "hunter2"}]}}', '{"a": {"b": [1, {"apiKey" :...'),
        ("--attributes", "{a: 1, 'secret': hunter2}", "{a: 1, 'secret':..."),
        ("--attributes", '{"api key": hunter2}', '{"api key":...'),
        ("--attributes", "a: 1\ntoken:\n  hunter2", "a: 1\ntoken:..."),
        ("--attributes", '{"keyword": "x"}', '{"keyword": "x"}'),
        ("--name", "!password hunter2", "!password ..."),
        ("--name", "!choice [!password hunter2, !password b]", "!choice [!password ..."),
        ("--owner", "!pin 9", "!pin 9"),
        ("--owner", "!pin {username: a, password: hunter2}", "!pin {username: a, password:..."),
        ("--url", "https://example.com/?token=hunter2", "https://example.com/?token=..."),
    ],
)
def test_what_stands_behind_a_secret_name_is_left_out(name, value, shown):
    """In lookups, in pairs, in YAML and JSON at any depth, behind the tag."""
    assert masked(name, value) == shown


@pytest.mark.parametrize("text", ["x" * 1_000_000, "=" * 300_000, "a " * 300_000, "key" + " " * 500_000])
def test_a_long_text_is_searched_quickly(text):
    """The time grows with the length alone, or this would not end."""
    assert masked("--name", text) == text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("name", "Fred", "Fred"),
        ("api_key", 5, "..."),
        ("owner", {"name": "x", "password": ["hunter2"]}, {"name": "x", "password": "..."}),
        ("owner", [{"token": "hunter2"}, 3], [{"token": "..."}, 3]),
        ("url", "https://example.com/?token=hunter2", "https://example.com/?token=..."),
        ("stars", None, None),
    ],
)
def test_values(name, value, shown):
    """A value is shown without what secret-looking names have, at any depth."""
    assert veiled(name, value) == shown


def test_messages():
    """A message keeps its words and loses the value."""
    assert without("api_key", "hunter2", "'hunter2' is no number") == "'...' is no number"
    assert without("name", "hunter2", "'hunter2' is no number") == "'hunter2' is no number"


def test_words_of_a_secret():
    """Each is left out, as long as it is no tag; a text that begins as tags do is no tag."""
    assert without("key", "!range hunter2 x", "!range takes two numbers, not 'hunter2'") == (
        "!range takes two numbers, not '...'"
    )
    assert without("key", "!hunter2", "there is no tag !hunter2") == "there is no tag ..."
    assert without("key", "!!hunter2", "!hunter2 is short") == "!... is short"


def test_a_long_secret_is_left_out_quickly():
    """Of very many words, the whole and the first."""
    value = " ".join(f"word{number}" for number in range(200_000))
    assert without("key", value, f"no {value} x, word1") == "no ... x, ..."


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("name=a,password=hunter2", "no row fits {name: a, password: hunter2}", "no row fits {name: a, password: ...}"),
        ("{token: hunter2, a: 1}", "{'token': 'hunter2', 'a': 1} is too long", "{'token': '...', 'a': 1} is too long"),
        ("!password hunter2", "'hunter2' is too short", "'...' is too short"),
        ("https://a.b/?token=hunter2", "'https://a.b/?token=hunter2' is odd", "'https://a.b/?token=...' is odd"),
        ("{token: abc, name: x}", "the name is too long", "the ... is too long"),
        ("name=a", "a is odd", "a is odd"),
    ],
)
def test_messages_on_values_that_have_secrets_in_them(value, text, shown):
    """What stands behind a secret name is left out, rather too much of it than too little."""
    assert without("owner", value, text) == shown


@pytest.mark.parametrize(
    "line",
    [
        "{password: !password {a: hunter2}}",
        "{name: !password [hunter2]}",
        "{api_key: !range hunter2}",
        "{api_key: !now hunter2}",
        "{api_key: !range " + "hunter2" * 20 + "}",
        "{api_key: !choice [a, !nothing hunter2]}",
        "{owner: {client_secret: !copy 'hunter2 x'}}",
    ],
)
def test_problems_of_a_recipe(line):
    """Neither the message nor the line that is shown with it has the secret."""
    with pytest.raises(RecipeInvalid) as caught:
        read(f"steps: [{{id: a, make: a.B, set: {line}}}]\n", "a.yaml")
    assert "hunter2" not in str(caught.value)
    assert "    ^" in str(caught.value)


def test_problems_of_a_block():
    """The value may stand on the lines below the name."""
    with pytest.raises(RecipeInvalid) as caught:
        read("steps:\n  - id: a\n    make: a.B\n    set:\n      api_key:\n        !range hunter2\n", "a.yaml")
    assert "hunter2" not in str(caught.value)
