"""`Idempotency-Key` on every write of invoices: done once, answered the same for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from http_rules.idempotency import forget

from ..facturacion import CLIENTE, Api, factura, linea, problema

CLAVE = "pedido-1042/intento"
HEADERS = ("location", "etag", "content-type")


def igual(first, again):
    """`again` is the first answer, byte for byte, and says so."""
    assert again.status_code == first.status_code
    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert [again.headers.get(name) for name in HEADERS] == [first.headers.get(name) for name in HEADERS]


def emitida(api):
    return api.emitir()["id"]


def cobrada(api):
    return api.pagar(emitida(api)).json()["id"]


ESCRITURAS = {
    "issue": (lambda _: None, lambda api, _, **mas: api.crear(factura(), **mas)),
    "save a draft": (lambda _: None, lambda api, _, **mas: api.crear(factura(estado="borrador"), **mas)),
    "issue a draft": (
        lambda api: api.borrador()["id"],
        lambda api, ident, **mas: api.mover(ident, "emitida", **mas),
    ),
    "annul": (emitida, lambda api, ident, **mas: api.anular(ident, **mas)),
    "mark as paid": (emitida, lambda api, ident, **mas: api.mover(ident, "pagada", **mas)),
    "move nowhere": (emitida, lambda api, ident, **mas: api.mover(ident, "emitida", **mas)),
    "pay": (emitida, lambda api, ident, **mas: api.pagar(ident, "21.00", **mas)),
    "refund": (cobrada, lambda api, ident, **mas: api.devolver(ident, **mas)),
}


@pytest.mark.parametrize("escritura", ESCRITURAS)
def test_a_write_repeated_with_its_key_is_done_once(api, escritura):
    before, write = ESCRITURAS[escritura]
    ident = before(api)
    first = write(api, ident, clave=CLAVE)
    assert first.status_code in {200, 201}, first.text
    rows = huella_de_todo(api)
    igual(first, write(api, ident, clave=CLAVE))
    assert huella_de_todo(api) == rows


def huella_de_todo(api):
    """How many rows the company has of each kind."""
    tables = (
        "facturas",
        "borradores",
        "facturas_situacion",
        "registros",
        "pagos",
        "devoluciones",
        "mensajes_crm",
        "auditoria",
    )
    return [
        api.filas(f"SELECT count(*) FROM {t} WHERE empresa_id = :e", e=api.empresa.id)[0][0] for t in tables
    ]


@pytest.mark.parametrize("escritura", ["issue a draft", "annul", "mark as paid"])
def test_it_is_answered_the_same_when_the_version_is_stale_by_then(api, escritura):
    before, write = ESCRITURAS[escritura]
    ident = before(api)
    first = write(api, ident, clave=CLAVE, if_match='"1"')
    assert first.status_code == 200
    igual(first, write(api, ident, clave=CLAVE, if_match='"1"'))
    assert problema(write(api, ident, if_match='"1"')) == (412, "version_obsoleta")


def test_it_is_answered_the_same_when_the_state_has_moved_on_since(api):
    draft = api.borrador()["id"]
    issued = api.mover(draft, "emitida", clave="emitir-0001")
    paid = api.mover(draft, "pagada", clave="pagar-0001")
    (pago,) = api.pedir("GET", f"/api/facturas/{draft}/pagos").json()["datos"]
    back = api.devolver(pago["id"], clave="devolver-0001")
    annulled = api.anular(draft, clave="anular-0001")
    igual(issued, api.mover(draft, "emitida", clave="emitir-0001"))
    igual(paid, api.mover(draft, "pagada", clave="pagar-0001"))
    igual(back, api.devolver(pago["id"], clave="devolver-0001"))
    igual(annulled, api.anular(draft, clave="anular-0001"))
    assert api.leer(draft)["estado"] == "anulada"


def test_a_deleted_draft_is_still_answered_as_it_was_made(api):
    first = api.crear(factura(estado="borrador"), clave=CLAVE)
    api.pedir("DELETE", first.headers["location"])
    igual(first, api.crear(factura(estado="borrador"), clave=CLAVE))


def test_a_key_used_for_another_request_is_refused(api):
    ident = api.crear(factura(), clave=CLAVE).json()["id"]
    for answer in (
        api.crear(factura(descripcion="otra"), clave=CLAVE),
        api.crear(factura(estado="borrador"), clave=CLAVE),
        api.crear(factura(cliente_cif="B00000000", lineas=[]), clave=CLAVE),
        api.anular(ident, clave=CLAVE),
        api.mover(ident, "emitida", clave=CLAVE),
        api.pagar(ident, clave=CLAVE),
        api.pedir("POST", "/api/series", {"codigo": "G"}, clave=CLAVE),
    ):
        assert problema(answer) in {(422, "idempotencia_conflicto"), (422, "datos_invalidos")}
    assert api.leer(ident)["estado"] == "emitida"


def test_the_same_request_is_the_same_however_it_is_written(api):
    body = factura()
    first = api.crear(body, clave=CLAVE)
    turned = dict(reversed(body.items())) | {"lineas": [dict(reversed(linea().items()))]}
    igual(first, api.crear(turned, clave=CLAVE))


def test_a_refusal_leaves_the_key_free(api):
    refused = api.crear(factura(cliente_cif="B12345675"), clave=CLAVE)
    assert refused.status_code == 422
    api.emitir(referencia_externa="r")
    assert problema(api.crear(factura(referencia_externa="r"), clave=CLAVE)) == (409, "referencia_duplicada")
    answer = api.crear(factura(), clave=CLAVE)
    assert (answer.status_code, answer.json()["numero"]) == (201, "F-2026-000002")


@pytest.mark.parametrize("clave", ["corta", "x" * 129])
def test_a_key_has_from_8_to_128_characters(api, clave):
    answer = api.crear(factura(), clave=clave)
    assert answer.status_code == 422
    assert [fault["campo"] for fault in answer.json()["errores"]] == ["Idempotency-Key"]


def test_each_company_has_keys_of_its_own(api):
    otra = Api(api.servicio.empresa())
    first, second = api.crear(factura(), clave=CLAVE), otra.crear(factura(), clave=CLAVE)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    igual(first, api.crear(factura(), clave=CLAVE))


def test_after_thirty_days_a_key_answers_the_resource_as_it_stands(api):
    first = api.crear(factura(), clave=CLAVE)
    pago = api.pagar(first.json()["id"], "21.00", clave="cobro-de-21")
    api.reloj.avanzar(days=31)
    with api.servicio.database.unit_of_work() as session:
        forget(session, api.reloj())
    again = api.crear(factura(), clave=CLAVE)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert again.json() == api.leer(first.json()["id"])
    assert (again.json()["pagado"], again.json()["vencida"]) == ("21.00", True)
    assert api.pagar(first.json()["id"], "21.00", clave="cobro-de-21").json() == pago.json()
    assert api.lista()["total"] == 1


@pytest.mark.parametrize("escritura", ["issue", "annul", "pay", "issue a draft"])
def test_parallel_twins_are_one(api, escritura):
    before, write = ESCRITURAS[escritura]
    ident = before(api)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: write(api, ident, clave=CLAVE), range(40)))
    assert {a.status_code for a in answers} <= {200, 201}
    assert len({a.content for a in answers}) == 1
    assert sum("idempotent-replayed" not in a.headers for a in answers) == 1
    assert api.verificacion()["correcta"]


def test_two_hundred_parallel_twins_are_one_invoice(api):
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: api.crear(factura(), clave=CLAVE), range(200)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert api.lista()["total"] == 1
    assert api.emitir()["numero"] == "F-2026-000002"


def test_parallel_twins_of_a_refusal_are_all_refused(api):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: api.crear(CLIENTE, clave=CLAVE), range(24)))
    assert {problema(a) for a in answers} == {(422, "datos_invalidos")}
    assert api.crear(factura(), clave=CLAVE).status_code == 201
