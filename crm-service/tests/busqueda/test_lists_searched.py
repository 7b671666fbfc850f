"""`buscar` in the lists of contacts, opportunities and activities: a filter, by words as they are written."""

import pytest

from crm.busqueda import queries


@pytest.fixture(scope="module")
def office(service):
    """A company with some of each kind; the odd ones are archived."""
    api = service.company()
    client, other = (api.cliente(nombre_completo=name)["id"] for name in ("Uno", "Dos"))
    for number in range(6):
        whose = other if number == 4 else client
        made = {
            "contactos": api.contacto(whose, nombre=f"Ágata{number} Ruiz", email=f"a{number}@ruiz.example"),
            "oportunidades": api.oportunidad(whose, titulo=f"Ágata{number} Ruiz", descripcion="Elevadores"),
            "actividades": api.actividad(whose, titulo=f"Ágata{number} Ruiz", descripcion="Elevadores"),
        }
        if number % 2:
            for path, row in made.items():
                api.delete(f"{path}/{row['id']}")
    return api, other


LISTS = pytest.mark.parametrize("path", ["contactos", "oportunidades", "actividades"])


@LISTS
@pytest.mark.parametrize("few", [500, 1])
def test_a_list_is_filtered_by_the_beginning_of_every_word(office, monkeypatch, path, few):
    monkeypatch.setattr(queries, "_FEW", few)
    api, other = office
    name = "nombre" if path == "contactos" else "titulo"

    def found(buscar, **params):
        answer = api.get(path, buscar=buscar, **params).json()
        assert (answer["total"], answer["total_exacto"]) == (len(answer["datos"]), True)
        return [row[name] for row in answer["datos"]]

    assert sorted(found("agat rui")) == ["Ágata0 Ruiz", "Ágata2 Ruiz", "Ágata4 Ruiz"]
    assert found("agata2") == ["Ágata2 Ruiz"]
    assert found("ruiz", cliente_id=other) == ["Ágata4 Ruiz"]
    assert len(found("ruiz", archivados="true")) == 6
    assert found("agata1") == found("ruix") == found("...") == []
    assert len(found("ruiz.example" if path == "contactos" else "elevad")) == 3
    assert len(found("")) == 3


@LISTS
def test_pages_of_a_searched_list_follow_one_another(office, path):
    api, _ = office
    whole = api.rows(path, buscar="ruiz", archivados="true")
    assert api.every_row(path, buscar="ruiz", archivados="true", limite=2) == whole
    assert api.get(path, buscar="x" * 201).status_code == 422
