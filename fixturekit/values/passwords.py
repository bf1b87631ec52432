"""What ``set_password`` would store, at a price that a fixture can pay.

Django's own number of iterations grows with each release and costs a fifth of a second; one iteration with a salt
from the recipe's seed is checked by the same hasher and is the same on every machine.
"""

from __future__ import annotations

from hashlib import blake2b

from django.contrib.auth.hashers import BasePasswordHasher, PBKDF2PasswordHasher, get_hashers, make_password

from fixturekit.values.streams import stream_key


def encode(raw: str, seed: str) -> str:
    """Return the encoded form of a password for a recipe's seed.

    Args:
        raw: The password as people type it.
        seed: The recipe's seed; the salt follows from it and from the password.
    """
    salt = blake2b(raw.encode(), key=stream_key(seed, "", "password"), digest_size=11).hexdigest()
    hasher = _hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(raw, salt, iterations=1)
    return make_password(raw, salt=salt, hasher=hasher)


def _hasher() -> BasePasswordHasher:
    """The first PBKDF2 hasher of the project, unless its first one is MD5 (test settings) or it has none."""
    hashers = get_hashers()
    if hashers[0].algorithm == "md5":
        return hashers[0]
    return next((hasher for hasher in hashers if isinstance(hasher, PBKDF2PasswordHasher)), hashers[0])
