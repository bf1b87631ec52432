from __future__ import annotations

import pytest

from fixturekit.values.romanising import romanised, words


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("plain", "en_US", "plain"),
        ("Zoë Müller", "en_US", "Zoe Muller"),
        ("Zoë Müller", "de_DE", "Zoe Mueller"),
        ("Zoe\u0308 Mu\u0308ller", "de_DE", "Zoe Mueller"),
        ("Straße, Øre, Łódź, Œuvre", "fr_FR", "Strasse, Ore, Lodz, Oeuvre"),
        ("日本", "en_US", ""),
    ],
)
def test_romanised(text, locale, expected):
    """ASCII alone, umlauts as a German writes them; what cannot be spelled is left out."""
    assert romanised(text, locale) == expected


@pytest.mark.parametrize(
    ("text", "locale", "joint", "expected"),
    [
        ("  A & B -- c!", "en_US", "-", "a-b-c"),
        ("Anna-Maria O'Neil", "en_US", ".", "anna.maria.o.neil"),
        ("斎藤 千代", "ja_JP", ".", "saitou.chiyo"),
        ("开放数据", "zh_CN", "-", "kaifangshuju"),
        ("!?", "en_US", "-", ""),
    ],
)
def test_words(text, locale, joint, expected):
    """Lower-case words, joined; none where there are none."""
    assert words(text, locale, joint) == expected
