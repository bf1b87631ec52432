"""Passwords: what the project's hashers accept, the same on every machine."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password

from fixturekit.values.passwords import encode

HASHERS = "django.contrib.auth.hashers."


def test_accepted():
    """The project's own check accepts the password and nothing else."""
    encoded = encode("secret", "seed")
    assert check_password("secret", encoded)
    assert not check_password("Secret", encoded)


def test_frozen():
    """The same seed and password give the same text for ever; either changes the salt."""
    assert (
        encode("secret", "seed")
        == "pbkdf2_sha256$1$2a2cfb860fcb8b1c8d3fd4$91oaXHh8HugqeL8auZgTYXPsw6gkLmruY71EHo1s+8o="
    )
    salts = {encode(raw, seed).split("$")[2] for raw in ("secret", "other") for seed in ("seed", "another")}
    assert len(salts) == 4


@pytest.mark.parametrize(
    ("hashers", "algorithm"),
    [
        (["PBKDF2PasswordHasher", "MD5PasswordHasher"], "pbkdf2_sha256"),
        (["MD5PasswordHasher", "PBKDF2PasswordHasher"], "md5"),
        (["ScryptPasswordHasher", "PBKDF2SHA1PasswordHasher"], "pbkdf2_sha1"),
        (["ScryptPasswordHasher"], "scrypt"),
    ],
)
def test_hasher(settings, hashers, algorithm):
    """The first PBKDF2 hasher is taken, MD5 where it comes first, another where there is none."""
    settings.PASSWORD_HASHERS = [HASHERS + name for name in hashers]
    encoded = encode("secret", "seed")
    assert encoded.startswith(f"{algorithm}$")
    assert check_password("secret", encoded)
    assert encode("secret", "seed") == encoded
