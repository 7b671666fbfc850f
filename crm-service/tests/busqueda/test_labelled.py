"""How many mistyped searches find what was meant, and how much else: a labelled set made by the test.

Each search is a name with one error in a word of 4 to 7 letters, or two in a longer one.
"""

from itertools import product
from random import Random

import pytest

FIRST = [
    "Antonio",
    "Beatriz",
    "Carmen",
    "Dolores",
    "Ernesto",
    "Francisca",
    "Guillermo",
    "Herminia",
    "Ignacio",
]
LAST = ["Albarracín", "Benavente", "Caballero", "Domínguez", "Echevarría", "Fuentes", "Gallardo", "Herrero"]
BEHIND = ["Ibáñez", "Jiménez", "Lozano", "Maldonado", "Navarro", "Ortega", "Peñalver", "Quintana", "Rosales"]
LETTERS = "abcdefghilmnoprstuvz"
SEARCHES = 150


@pytest.fixture(scope="module")
def people(service):
    """A company with a client for many of the names that these words make; their names by id."""
    api, random = service.company(), Random(7)
    names = [" ".join(words) for words in product(FIRST, LAST, BEHIND)]
    random.shuffle(names)
    named = [
        {"origen": "prueba", "referencia_externa": name, "nombre_completo": name} for name in names[:120]
    ]
    made = api.post("clientes/lote", {"clientes": named}).json()["resultados"]
    return api, {row["cliente"]["id"]: row["cliente"]["nombre_completo"] for row in made}


def mistyped(word, random):
    """The word with as many errors as its letters allow, none in its first."""
    for _ in range(2 if len(word) >= 8 else 1):
        at = random.randrange(1, len(word) - 1)
        letter = random.choice(LETTERS)
        word = random.choice(
            [
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    return word


def test_what_was_meant_is_found_and_first(people):
    api, names = people
    random = Random(11)
    first = found = shown = 0
    for _ in range(SEARCHES):
        meant, name = random.choice(sorted(names.items()))
        words = name.split()
        spoilt = random.randrange(len(words))
        words[spoilt] = mistyped(words[spoilt], random)
        rows = [row["id"] for row in api.rows("busqueda", q=" ".join(words), tipo="cliente")]
        first += rows[:1] == [meant]
        found += meant in rows
        shown += len(rows)
    recall, precision = found / SEARCHES, found / shown
    assert recall >= 0.99
    assert first / SEARCHES >= 0.97
    assert precision >= 0.9


def test_names_of_others_are_not_found_by_words_that_are_nobodys(people):
    api, _ = people
    for q in ("zzzzzz", "antxxxio carmen", "guillotina", "fontanería", "beatriz herrerx lozanoxxx"):
        assert api.rows("busqueda", q=q) == []
