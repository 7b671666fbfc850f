"""A won opportunity becomes one invoice draft in billing, however billing behaves."""

import json
from datetime import timedelta

import httpx
import pytest
import respx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from contratos import SCOPES_DE_ROL, Rol
from contratos.identidad import AUDIENCIA_CRM
from crm.app import create_app
from crm.settings import Settings
from http_rules import Identity
from http_rules.tokens import jwk, sign
from storage import Database

URL = "http://127.0.0.1:9"
ISSUER = "https://facturacion.example/instalacion-1"
FACTURA = "fac_" + "a" * 32
LINE = {"descripcion": "Revisión", "cantidad": "8", "precio_unitario": "600.5", "descuento": "10"}


def made(factura_id=FACTURA):
    return httpx.Response(201, json={"id": factura_id, "numero": None, "estado": "borrador"})


def refused(status, codigo, **more):
    return httpx.Response(status, json={"status": status, "codigo": codigo, "detail": "No."} | more)


@pytest.fixture(scope="module")
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def peer(key):
    """Billing, which vouches for people by its keys."""
    with respx.mock(base_url=URL, assert_all_called=False) as mocked:
        document = {"keys": [jwk(key.public_key(), "kid_1")], "issuer": ISSUER, "revocaciones": {}}
        mocked.get("/.well-known/jwks.json").respond(json=document)
        mocked.drafts = mocked.post("/api/facturas")
        yield mocked


@pytest.fixture(scope="module")
def beside(database_url, service, folder, peer):  # noqa: ARG001 - billing answers before the CRM asks
    """A CRM on the module's database that has billing beside it."""
    database = Database(database_url)
    settings = Settings(
        database_url=database_url,
        data_dir=folder,
        jwks_url=f"{URL}/.well-known/jwks.json",
        jwks_cada=60,
        billing_url=URL,
    )
    with TestClient(create_app(settings, database, service.reloj), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def billing(peer):
    """Billing, which makes a draft when it is asked unless the test has it behave otherwise."""
    peer.reset()
    peer.drafts.mock(return_value=made(), side_effect=None)
    return peer


@pytest.fixture
def person(api, beside, key, reloj):
    """Somebody of the company who came in through billing."""
    who = Identity(sub="usr_ana", empresa_id=api.empresa_id, scopes=SCOPES_DE_ROL[Rol.ADMIN])
    token = sign(
        key, "kid_1", who, issuer=ISSUER, audience=AUDIENCIA_CRM, now=reloj(), lifetime=timedelta(minutes=5)
    )
    mine = type(api)(beside, None, api.empresa_id)
    mine.headers, mine.token = {"Authorization": f"Bearer {token}"}, token
    return mine


def won(person, **more):
    cliente = person.cliente(nombre_completo="Bodegas Arce", email="hola@arce.example", cif_nif="A58818501")
    deal = person.oportunidad(cliente["id"], titulo="Mantenimiento", **more)
    person.put(f"oportunidades/{deal['id']}/estado", {"estado": "ganada", "motivo": "El plazo"})
    return cliente, f"oportunidades/{deal['id']}", deal["id"]


def invoice(person, path, **headers):
    return person("POST", f"{path}/factura", headers=headers)


def test_it_becomes_a_draft_in_the_name_of_who_asks_and_is_linked_back(person, billing):
    cliente, path, deal = won(person, lineas=[LINE], valor="4323.60")
    answer = invoice(person, path)
    assert (answer.status_code, answer.json()["factura_id"]) == (201, FACTURA)
    (call,) = billing.drafts.calls
    assert call.request.headers["authorization"] == f"Bearer {person.token}"
    assert call.request.headers["idempotency-key"] == deal
    assert json.loads(call.request.content) == {
        "estado": "borrador",
        "referencia_externa": deal,
        "descripcion": "Mantenimiento",
        "cliente_id": cliente["id"],
        "cliente_nombre": "Bodegas Arce",
        "cliente_cif": "A58818501",
        "cliente_email": "hola@arce.example",
        "cliente_direccion": None,
        "lineas": [LINE | {"precio_unitario": "600.50"}],
    }
    told = person.rows(f"clientes/{cliente['id']}/historial")[0]
    assert (told["tipo"], told["descripcion"]) == ("oportunidad_facturada", FACTURA)
    change = person.rows("cambios", tipo="oportunidad")[-1]
    assert (change["recurso"]["id"], change["datos"]["factura_id"]) == (deal, FACTURA)
    assert (change["tipo"], change["campos"]) == ("oportunidad.modificada", ["factura_id"])
    billing.get(f"/api/facturas/{FACTURA}").respond(json={"id": FACTURA})
    again = invoice(person, path)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert len(billing.drafts.calls) == 1
    assert person.get(path).json()["responsable"] == "usr_ana"


def test_one_without_lines_is_invoiced_by_its_value(person, billing):
    _, path, _ = won(person, valor="1200.50")
    assert invoice(person, path).status_code == 201
    assert json.loads(billing.drafts.calls.last.request.content)["lineas"] == [
        {"descripcion": "Mantenimiento", "cantidad": "1", "precio_unitario": "1200.50"}
    ]


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key_and_words(person, billing):
    _, path, deal = won(person)
    billing.drafts.mock(side_effect=[httpx.ReadError("lost"), made()])
    lost = invoice(person, path)
    assert (lost.status_code, lost.json()["codigo"]) == (409, "facturacion_no_disponible")
    assert person.get(path).json()["estado"] == "ganada"
    assert invoice(person, path).status_code == 201
    first, second = (call.request for call in billing.drafts.calls)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == deal
    assert first.content == second.content


@pytest.mark.parametrize(
    ("behaviour", "status", "codigo"),
    [
        (httpx.ConnectError("down"), 409, "facturacion_no_disponible"),
        (httpx.ReadTimeout("slow"), 409, "facturacion_no_disponible"),
        (httpx.Response(500), 409, "facturacion_no_disponible"),
        (httpx.Response(201, content=b"no JSON"), 409, "facturacion_no_disponible"),
        (made("cli_" + "a" * 32), 409, "facturacion_no_disponible"),
        (refused(503, "sobrecarga"), 409, "facturacion_no_disponible"),
        (refused(409, "idempotencia_en_curso"), 409, "facturacion_no_disponible"),
        (
            httpx.Response(301, headers={"Location": "http://127.0.0.1:9/otra"}),
            409,
            "facturacion_no_disponible",
        ),
        (refused(401, "no_autenticado"), 401, "no_autenticado"),
        (refused(403, "sin_permiso"), 403, "sin_permiso"),
    ],
)
def test_when_billing_does_not_make_it_the_opportunity_stays_won(person, billing, behaviour, status, codigo):
    _, path, _ = won(person)
    billing.drafts.mock(side_effect=[behaviour])
    answer = invoice(person, path)
    assert (answer.status_code, answer.json()["codigo"]) == (status, codigo)
    stands = person.get(path).json()
    assert (stands["estado"], stands["factura_id"]) == ("ganada", None)


def test_what_billing_finds_wrong_with_the_draft_is_told(person, billing):
    _, path, _ = won(person)
    fault = {"campo": "cliente_nombre", "codigo": "demasiado_largo", "mensaje": "Escribe 120 letras o menos."}
    billing.drafts.mock(return_value=refused(422, "datos_invalidos", errores=[fault]))
    answer = invoice(person, path)
    assert answer.status_code == 422
    assert answer.json()["errores"] == [fault | {"campo": "factura.cliente_nombre"}]


def test_a_draft_made_before_the_opportunity_changed_is_found_by_its_reference(person, billing):
    _, path, deal = won(person)
    found = billing.get("/api/facturas", params={"referencia_externa": deal})
    conflict = {"campo": "Idempotency-Key", "codigo": "idempotencia_conflicto", "mensaje": "Otra."}
    billing.drafts.mock(return_value=refused(422, "idempotencia_conflicto", errores=[conflict]))
    found.respond(json={"datos": []})
    gone = invoice(person, path)
    assert (gone.status_code, gone.json()["codigo"]) == (409, "borrador_perdido")
    found.respond(json={"datos": [{"id": FACTURA}], "siguiente": None})
    assert invoice(person, path).json()["factura_id"] == FACTURA

    _, path, _ = won_again(person)
    other = "fac_" + "b" * 32
    billing.drafts.mock(return_value=refused(409, "referencia_duplicada", factura_id=other))
    assert invoice(person, path).json()["factura_id"] == other


def test_a_draft_that_was_deleted_in_billing_is_made_anew_once(person, billing):
    _, path, deal = won(person)
    assert invoice(person, path).status_code == 201
    there = billing.get(f"/api/facturas/{FACTURA}")
    for kept in (
        httpx.Response(200, json={"id": FACTURA}),
        refused(403, "sin_permiso"),
        refused(404, "otra_cosa"),
        httpx.Response(503),
        httpx.ConnectError("down"),
    ):
        there.mock(side_effect=[kept])
        again = invoice(person, path)
        assert (again.status_code, again.json()["factura_id"]) == (200, FACTURA)
    assert len(billing.drafts.calls) == 1

    another = "fac_" + "c" * 32
    there.mock(return_value=refused(404, "no_encontrado"), side_effect=None)
    billing.drafts.mock(return_value=made(another))
    anew = invoice(person, path)
    assert (anew.status_code, anew.json()["factura_id"]) == (201, another)
    assert billing.drafts.calls.last.request.headers["idempotency-key"] == f"{deal}:{FACTURA}"
    billing.get(f"/api/facturas/{another}").respond(json={"id": another})
    assert invoice(person, path).json()["factura_id"] == another
    assert len(billing.drafts.calls) == 2


def won_again(person):
    cliente = person.cliente(nombre_completo="Otro")
    deal = person.oportunidad(cliente["id"])["id"]
    person.put(f"oportunidades/{deal}/estado", {"estado": "ganada", "motivo": "Sí"})
    return cliente, f"oportunidades/{deal}", deal


def test_with_an_api_key_or_without_billing_there_is_none(person, api, beside, billing):
    _, path, _ = won(person)
    keyed = type(api)(beside, None, api.empresa_id)
    for headers in (api.headers, api.headers | person.headers):
        keyed.headers = headers
        answer = invoice(keyed, path)
        assert (answer.status_code, answer.json()["codigo"]) == (409, "facturacion_no_disponible")
    answer = invoice(api, path)  # a CRM that was told of no billing
    assert (answer.status_code, answer.json()["codigo"]) == (409, "facturacion_no_disponible")
    assert not billing.drafts.called


def test_only_what_was_won_is_invoiced_and_a_key_answers_the_same_for_ever(person, billing):
    _, path, _ = won(person)
    first = invoice(person, path, **{"Idempotency-Key": "una-factura"})
    person.put(f"{path}/estado", {"estado": "abierta"})
    again = invoice(person, path, **{"Idempotency-Key": "una-factura"})
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    _, path, _ = won_again(person)
    person.put(f"{path}/estado", {"estado": "abierta"})
    answer = invoice(person, path)
    assert (answer.status_code, answer.json()["codigo"]) == (409, "oportunidad_no_ganada")
    assert len(billing.drafts.calls) == 1
