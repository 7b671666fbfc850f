"""A note is written in one go, and is an activity ever after."""

import pytest


def test_a_note_is_its_text_and_its_first_line_a_title(api):
    client = api.cliente()["id"]
    long = "Cierra en agosto.\nNo programar entregas entre el 1 y el 25."
    answer = api.post(f"clientes/{client}/notas", {"texto": long})
    note = answer.json()
    assert (answer.status_code, note["titulo"], note["texto"]) == (201, "Cierra en agosto.", long)
    assert answer.headers["location"] == f"/api/crm/actividades/{note['id']}"
    short = api.post(f"clientes/{client}/notas", {"texto": " Llamar por la tarde "}).json()
    assert (short["titulo"], short["texto"]) == ("Llamar por la tarde", "Llamar por la tarde")
    titled = api.post(f"clientes/{client}/notas", {"texto": "x" * 10_000, "titulo": "Larga"}).json()
    assert (titled["titulo"], len(titled["texto"])) == ("Larga", 10_000)
    assert len(api.post(f"clientes/{client}/notas", {"texto": "y" * 300}).json()["titulo"]) == 100
    assert note in api.rows(f"clientes/{client}/notas")


def test_it_is_listed_told_changed_and_archived_as_an_activity(api):
    client = api.cliente()["id"]
    note = api.post(f"clientes/{client}/notas", {"texto": "Paga tarde"}, Idempotency_Key="nota-0001")
    again = api.post(f"clientes/{client}/notas", {"texto": "Paga tarde"}, Idempotency_Key="nota-0001")
    assert (again.content, again.headers["idempotent-replayed"]) == (note.content, "true")
    path = f"actividades/{note.json()['id']}"
    assert api.get(path).json()["completada"] is True
    assert api.get("resumen").json()["actividades_pendientes"] == 0
    api.patch(path, {"descripcion": "Paga a 60 días"})
    assert [row["texto"] for row in api.rows(f"clientes/{client}/notas")] == ["Paga a 60 días"]
    assert [row["tipo"] for row in api.rows(f"clientes/{client}/historial")] == ["nota"]
    api.delete(path)
    assert api.rows(f"clientes/{client}/notas") == []
    assert len(api.rows(f"clientes/{client}/notas", archivados="true")) == 1


@pytest.mark.parametrize("text", ["", "  ", None, "x" * 10_001])
def test_a_note_without_text_or_with_too_much_is_refused(api, text):
    answer = api.post(f"clientes/{api.cliente()['id']}/notas", {"texto": text})
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "texto")
