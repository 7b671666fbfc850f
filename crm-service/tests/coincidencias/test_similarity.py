"""How alike names are, and whether clients are the same, by their data alone."""

from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled import labelled

from crm.coincidencias import Clave, claves_de, comparar, parecido
from crm.coincidencias.queries import CROWD

NAMES = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(["Talleres", "Ruiz", "S.L.", "García", "e", "Hijos", "12", "J."]), max_size=6
    ).map(" ".join),
)


@given(NAMES, NAMES)
def test_it_is_the_same_both_ways_and_from_0_to_1(one, other):
    alike = parecido(one, other)
    assert alike == parecido(other, one)
    assert 0 <= alike <= 1


@given(NAMES)
def test_a_name_is_itself(name):
    assert parecido(name, name) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Talleres Ruiz, S.L.", "RUIZ TALLERES"),
        ("Talleres Ruiz, S.L.U.", "talleres ruiz sociedad limitada"),
        ("Talleres Ruiz Hermanos", "Tall. Ruiz Hnos., S. L."),
        ("Construcciones Peña y Cía., S.A.", "Const. Pena Compañia"),
        ("María García", "García, Mª"),
        ("Ruiz & Gil, S.C.", "Gil y Ruiz"),
    ],
)
def test_company_forms_order_accents_and_abbreviations_tell_nothing(one, other):
    assert parecido(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Talleres Ruiz", "Taleres Ruíz"), ("Bodegas Arce", "Bodegas Acre"), ("Ana Gutiérrez", "Ana Gutierez")],
)
def test_a_misspelled_name_is_nearly_the_same(one, other):
    assert 0.9 < parecido(one, other) < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Talleres Ruiz", "Talleres Díaz"),
        ("Talleres Ruiz Norte", "Talleres Ruiz Sur"),
        ("Comunidad de Propietarios Calle Mayor 12", "Comunidad de Propietarios Calle Mayor 14"),
        ("Ana Gil", "Luis Romero"),
    ],
)
def test_other_names_are_others(one, other):
    assert parecido(one, other) < 0.85


def keys(nombre="Talleres Ruiz", nif=None, email=None, telefono=None):
    return claves_de(nombre=nombre, nifs=[nif], correos=[email], telefonos=[telefono])


@pytest.mark.parametrize(
    ("one", "other", "razon"),
    [
        ({"nif": "B12345674"}, {"nif": "b-12345674", "nombre": "Otro"}, "nif"),
        ({"nif": "B12345674"}, {"nif": "ESB12345674", "nombre": "Otro"}, "nif"),
        ({"email": "Ana@Ruiz.example"}, {"email": "ana@ruiz.example", "nombre": "Otro"}, "email"),
        ({"telefono": "912 34 56 78"}, {"telefono": "0034912345678", "nombre": "Otro"}, "telefono"),
        ({}, {"nombre": "Ruiz Talleres, S.L."}, "nombre"),
    ],
)
def test_each_reason_is_enough_by_itself(one, other, razon):
    found = comparar(keys(**one), keys(**other))
    assert found.razones[0] == razon
    assert found.explicacion.startswith("Tienen ")


def test_a_namesake_with_a_nif_of_its_own_is_another():
    assert comparar(keys(nif="B12345674"), keys(nif="A58818501")) is None


def pairs_found(people):
    """Those that the keys bring together, as the tables do, and that are alike."""
    every = [
        claves_de(nombre=each.nombre, nifs=[each.nif], correos=[each.email], telefonos=[each.telefono])
        for each in people
    ]
    having = defaultdict[Clave, list[int]](list)
    for place, of_one in enumerate(every):
        for key in of_one:
            having[key].append(place)
    meet = {
        pair
        for key, places in having.items()
        if key.clase != "bloque" or len(places) <= CROWD + 1
        for pair in combinations(places[: CROWD + 1], 2)
    }
    return {pair for pair in meet if comparar(every[pair[0]], every[pair[1]])}


def test_of_a_labelled_set_nearly_all_that_is_found_is_right_and_nearly_all_that_is_right_is_found():
    """On sets that were not looked at when the weights were chosen, which was on the first three seeds."""
    found = right = there = 0
    for seed in (101, 102):
        people = labelled(seed, 3000)
        same = defaultdict(list)
        for place, each in enumerate(people):
            same[each.quien].append(place)
        truth = {pair for places in same.values() for pair in combinations(places, 2)}
        pairs = pairs_found(people)
        found, right, there = found + len(pairs), right + len(pairs & truth), there + len(truth)
    assert there > 1000
    assert right / found >= 0.95
    assert right / there >= 0.98
