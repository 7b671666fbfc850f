"""While two clients become one, people go on writing: nothing is lost, left behind or a fault."""

from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

import pytest
from merging import merge, undo
from sqlalchemy import text

WRITERS = 8
EACH = 6
KINDS = 7
TABLES = ("actividades", "contactos", "oportunidades", "adjuntos", "historial", "consentimientos")
FILE = {"Content-Type": "application/octet-stream"}
EMAIL = {"Content-Type": "message/rfc822"}
DATE = "2026-11-24T10:00:00Z"


def eml(number):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "x@y.example", "z@y.example", "Hola"
    message["Message-ID"] = f"<{number}@y.example>"
    message.set_content("Hola")
    return bytes(message)


def adding(client, number):
    """A request that adds something to a client, of a kind that the number says."""
    path = f"clientes/{client}"
    return [
        ("POST", f"{path}/actividades", {"json": {"tipo": "tarea", "titulo": "Llamar", "fecha": DATE}}),
        ("POST", f"{path}/contactos", {"json": {"nombre": "Ana", "principal": number % 2 == 0}}),
        ("POST", f"{path}/oportunidades", {"json": {"titulo": "Una", "valor": "1.00"}}),
        ("POST", f"{path}/adjuntos", {"params": {"nombre": "a.txt"}, "content": b"hola", "headers": FILE}),
        ("POST", f"{path}/notas", {"json": {"texto": "Hola"}}),
        ("POST", "correos", {"params": {"cliente_id": client}, "content": eml(number), "headers": EMAIL}),
        ("PATCH", path, {"json": {"consentimientos": [{"finalidad": f"Nº {number}", "concedido": True}]}}),
    ][number % KINDS]


def add(api, client, number):
    method, path, how = adding(client, number)
    return api(method, path, follow_redirects=False, **how)


def of_client(service, api, client):
    """How many rows of each table name the client."""
    found = {}
    with service.database.reading() as session:
        for table in TABLES:
            query = text(f"SELECT count(*) FROM {table} WHERE empresa_id = :e AND cliente_id = :c")
            found[table] = session.execute(query, {"e": api.empresa_id, "c": client}).scalar_one()
    return found


def test_what_is_added_while_a_client_goes_is_of_the_one_that_stays(service, api, two):
    """Each writer is answered that it was kept, or where to ask again; what was kept is all there."""
    stays, goes = two
    answers = [add(api, goes, number) for number in range(KINDS)]

    def write(writer):
        first = KINDS + writer * EACH
        return [add(api, goes, number) for number in range(first, first + EACH)]

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        writing = [pool.submit(write, writer) for writer in range(WRITERS)]
        merged = pool.submit(merge, api, stays, goes).result()
        answers += [answer for each in writing for answer in each.result()]
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {200, 201, 308}, [each.text for each in answers if each.status_code > 308]
    moved = [answer for answer in answers if answer.status_code == 308]
    assert all(f"/clientes/{stays}" in answer.headers["location"] for answer in moved)
    kept = [answer.json() for answer in answers if answer.status_code == 201]
    assert set(of_client(service, api, goes).values()) == {0}
    rooms = ("contactos", "actividades", "oportunidades", "adjuntos")
    there = {row["id"] for room in rooms for row in api.every_row(f"clientes/{stays}/{room}")}
    assert {row.get("id") or row["actividad"]["id"] for row in kept} == there
    undo(api, merged)
    assert of_client(service, api, goes)["actividades"] >= 3


@pytest.mark.usefixtures("reloj")
def test_what_is_changed_while_its_client_goes_is_changed_or_may_be_tried_again(service):
    """Whoever changes a row that moves waits; if both wait for each other, one is told to try again (503)."""
    api = service.company()
    stays, goes = api.cliente(cif_nif="B12345674")["id"], api.cliente(nombre_completo="Otro")["id"]
    people = [api.contacto(goes, principal=number == 0)["id"] for number in range(3)]
    task, deal = api.actividad(goes)["id"], api.oportunidad(goes)["id"]

    def change(number):
        match number % 4:
            case 0:
                return api.patch(f"contactos/{people[number % 3]}", {"cargo": f"Jefa {number}"})
            case 1:
                return api.patch(f"actividades/{task}", {"titulo": f"Llamar {number}"})
            case 2:
                return api.patch(f"oportunidades/{deal}", {"titulo": f"Una {number}"})
            case _:
                return api.post(f"contactos/{people[number % 3]}/clientes", {"cliente_id": goes})

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        changing = [pool.submit(change, number) for number in range(24)]
        merging = pool.submit(api.post, f"clientes/{stays}/fusion", {"cliente_id": goes})
        statuses = {each.result().status_code for each in changing}
        answer = merging.result()
    assert statuses <= {200, 503}
    assert answer.status_code in {201, 503}
    where = stays if answer.status_code == 201 else goes
    for room, one in (("actividades", task), ("oportunidades", deal), ("contactos", people[0])):
        assert api.get(f"{room}/{one}").json()["cliente_id"] == where


def test_two_who_merge_the_same_clients_into_each_other_leave_one(api):
    for _ in range(4):
        one, other = api.cliente()["id"], api.cliente(nombre_completo="Otro")["id"]
        with ThreadPoolExecutor(2) as pool:
            pairs = ((one, other), (other, one))
            merging = [pool.submit(api.post, f"clientes/{a}/fusion", {"cliente_id": b}) for a, b in pairs]
            answers = [each.result() for each in merging]
        assert [answer.status_code for answer in answers].count(201) == 1
        assert {answer.status_code for answer in answers} <= {201, 409}
        left = next(answer.json()["cliente_id"] for answer in answers if answer.status_code == 201)
        assert {api.get(f"clientes/{each}").json()["id"] for each in (one, other)} == {left}
