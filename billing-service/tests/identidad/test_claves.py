"""Passwords: argon2 within bounds."""

import asyncio

import pytest

from contratos import Overloaded
from smartbilling.identidad import Claves


@pytest.fixture
def claves():
    made = Claves(waiting=3)
    yield made
    made.cerrar()


def test_a_hash_is_argon2id_at_19_mib(claves):
    assert claves.cifrar_ya("una clave").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_is_the_same_however_its_accents_are_composed(claves):
    composed, decomposed = "contrase\u00f1a", "contrasen\u0303a"
    hashed = claves.cifrar_ya(composed)
    assert asyncio.run(claves.en_turno(claves.comprobar_ya, decomposed, hashed))


def test_nobody_s_password_is_never_right(claves):
    assert not asyncio.run(claves.en_turno(claves.comprobar_ya, "una clave", None))


def test_two_are_hashed_at_once_some_wait_and_the_rest_are_told_to_come_back(claves):
    async def at_once(many):
        return await asyncio.gather(
            *(claves.cifrar("una clave") for _ in range(many)), return_exceptions=True
        )

    results = asyncio.run(at_once(10))
    refused = [result for result in results if isinstance(result, Overloaded)]
    assert len(results) - len(refused) == 5
    assert not any(isinstance(result, Overloaded) for result in asyncio.run(at_once(5)))
