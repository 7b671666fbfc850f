"""Drafts: incomplete as they may be, changed, deleted, issued."""

from ..facturacion import CIF, Api, factura, faltas, linea, problema


def cambiar(api, factura_id, body, **mas):
    return api.pedir("PUT", f"/api/facturas/{factura_id}", body, **mas)


def test_a_draft_may_be_as_good_as_empty(api):
    answer = api.crear({"estado": "borrador"})
    draft = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/facturas/{draft['id']}"
    assert (draft["numero"], draft["serie"], draft["fecha_expedicion"]) == (None, None, None)
    assert (draft["estado"], draft["total"], draft["pendiente"], draft["vencida"]) == (
        "borrador",
        "0.00",
        "0.00",
        False,
    )
    assert set(draft["verifactu"].values()) == {None}
    assert draft["crm"] == {"estado": "no_aplica", "cliente_id": None}
    assert (draft["lineas"], draft["desglose"]) == ([], [])


def test_a_draft_reads_as_it_was_answered_and_shows_its_totals(api):
    answer = api.crear(factura(estado="borrador", retencion_irpf=15, lineas=[linea(), linea(suplido=True)]))
    read = api.pedir("GET", answer.headers["location"])
    assert (read.content, read.headers["etag"]) == (answer.content, answer.headers["etag"])
    draft = read.json()
    assert (draft["total"], draft["retencion"], draft["suplidos"], draft["total_a_pagar"]) == (
        "121.00",
        "15.00",
        "100.00",
        "206.00",
    )
    assert (draft["pagado"], draft["pendiente"]) == ("0.00", "0.00")


def test_a_draft_shows_its_lines_as_the_invoice_will(api):
    lineas = [linea(), linea(irpf=7), linea(exencion="E1"), linea(suplido=True), linea(calificacion="S2")]
    draft = api.borrador(retencion_irpf=15, lineas=lineas)
    hecha = api.mover(draft["id"], "emitida").json()
    same = ("lineas", "desglose", "total", "total_a_pagar", "retencion", "retencion_irpf", "cliente")
    assert {name: draft[name] for name in same} == {name: hecha[name] for name in same}
    assert [fila["irpf"] for fila in hecha["lineas"]] == [None, "7", None, None, None]


def test_a_draft_spends_no_number_and_makes_no_record(api):
    api.borrador()
    assert api.emitir()["numero"] == "F-2026-000001"
    assert api.verificacion()["registros"] == 1
    assert api.filas("SELECT 1 FROM mensajes_crm WHERE empresa_id = :e", e=api.empresa.id) != []
    assert api.resumen()["facturas_emitidas"] == 1


def test_a_draft_may_say_what_an_invoice_may_not(api):
    body = factura(
        estado="borrador",
        serie="TODAVIA-NO",
        fecha_expedicion="2027-01-15",
        lineas=[linea(tipo_iva=20), linea(cantidad=-7)],
    )
    answer = api.crear(body)
    assert (answer.status_code, answer.json()["serie"]) == (201, "TODAVIA-NO")
    assert faltas(api.mover(answer.json()["id"], "emitida")) != []


def test_put_takes_the_place_of_all_that_a_draft_said(api):
    draft = api.borrador(descripcion="Vieja", referencia_externa="r-1")
    answer = cambiar(api, draft["id"], {"cliente_nombre": "Nadie aún", "lineas": [linea(precio_unitario=7)]})
    changed = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (changed["descripcion"], changed["referencia_externa"], changed["cliente"]["cif"]) == (
        None,
        None,
        None,
    )
    assert changed["total"] == "8.47"
    assert api.leer(draft["id"]) == changed
    assert api.borrador(referencia_externa="r-1")["referencia_externa"] == "r-1"


def test_put_honours_if_match(api):
    draft = api.borrador()
    assert cambiar(api, draft["id"], factura(), if_match='"1"').status_code == 200
    stale = cambiar(api, draft["id"], factura(), if_match='"1"')
    assert (problema(stale), stale.json()["etag_actual"]) == ((412, "version_obsoleta"), '"2"')
    assert cambiar(api, draft["id"], factura(), if_match="*").headers["etag"] == '"3"'


def test_an_issued_invoice_is_neither_changed_nor_deleted(api):
    hecha = api.emitir()
    before = api.pedir("GET", f"/api/facturas/{hecha['id']}")
    assert problema(cambiar(api, hecha["id"], factura())) == (409, "factura_inalterable")
    assert problema(api.pedir("DELETE", f"/api/facturas/{hecha['id']}")) == (409, "factura_inalterable")
    api.anular(hecha["id"])
    assert problema(api.pedir("DELETE", f"/api/facturas/{hecha['id']}")) == (409, "factura_inalterable")
    assert before.json()["numero"] == hecha["numero"]


def test_a_deleted_draft_is_gone_and_frees_its_reference(api):
    draft = api.borrador(referencia_externa="pedido-1")
    assert problema(api.pedir("DELETE", f"/api/facturas/{draft['id']}", if_match='"9"')) == (
        412,
        "version_obsoleta",
    )
    answer = api.pedir("DELETE", f"/api/facturas/{draft['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert problema(api.pedir("GET", f"/api/facturas/{draft['id']}")) == (404, "no_encontrado")
    assert problema(api.pedir("DELETE", f"/api/facturas/{draft['id']}")) == (404, "no_encontrado")
    assert problema(api.mover(draft["id"], "emitida")) == (404, "no_encontrado")
    assert api.lista(buscar="pedido")["total"] == 0
    assert api.emitir(referencia_externa="pedido-1")["numero"] == "F-2026-000001"


def test_a_draft_that_is_issued_keeps_its_id_and_gets_a_number(api):
    api.emitir()
    draft = api.borrador(referencia_externa="pedido-2")
    answer = api.mover(draft["id"], "emitida")
    hecha = answer.json()
    assert (answer.status_code, hecha["id"], hecha["numero"]) == (200, draft["id"], "F-2026-000002")
    assert "location" not in answer.headers
    assert (hecha["estado"], hecha["fecha_expedicion"], hecha["pendiente"]) == (
        "emitida",
        "2026-11-24",
        "121.00",
    )
    assert (hecha["referencia_externa"], hecha["crm"]["estado"]) == ("pedido-2", "pendiente")
    read = api.pedir("GET", f"/api/facturas/{draft['id']}")
    assert (read.content, read.headers["etag"]) == (answer.content, answer.headers["etag"])
    assert api.verificacion() == {"correcta": True, "registros": 2, "hallazgos": []}
    assert api.lista(estado="borrador")["total"] == 0


def test_a_draft_with_its_own_date_keeps_it_and_must_follow_its_series(api):
    draft = api.borrador(fecha_expedicion="2026-11-20")
    late = api.borrador(fecha_expedicion="2026-11-19")
    assert api.mover(draft["id"], "emitida").json()["fecha_expedicion"] == "2026-11-20"
    assert problema(api.mover(late["id"], "emitida")) == (422, "fecha_anterior")
    assert api.leer(late["id"])["estado"] == "borrador"


def test_a_draft_refused_when_issued_stays_as_it_was(api):
    draft = api.crear(factura(estado="borrador", lineas=[linea(tipo_iva=20)])).json()
    before = api.leer(draft["id"])
    assert faltas(api.mover(draft["id"], "emitida")) == [("lineas.0.tipo_iva", "tipo_iva_no_valido")]
    assert api.leer(draft["id"]) == before


def test_the_words_of_a_draft_are_its_new_ones(api):
    draft = api.borrador(cliente_nombre="Carpintería Vieja")
    cambiar(api, draft["id"], factura(cliente_nombre="Cristalería Nueva"))
    assert api.ids(buscar="vieja") == []
    assert api.ids(buscar="cristalería") == [draft["id"]]
    api.mover(draft["id"], "emitida")
    assert api.ids(buscar="cristaleria") == api.ids(buscar="F-2026-000001") == [draft["id"]]


def test_a_draft_takes_no_payment(api):
    draft = api.borrador()
    answer = api.pagar(draft["id"], "1.00")
    assert (problema(answer), answer.json()["permitidas"]) == ((409, "transicion_invalida"), ["emitida"])


def test_a_draft_shows_unchanged_what_pydantic_could_mangle(api):
    draft = api.borrador(
        cliente_cif="b-12345674",
        cliente_id_otro=None,
        destinatarios=[{"nombre": " Otra ", "id_otro": {"pais": "FR", "tipo": "02", "id": "FR40303265045"}}],
        lineas=[linea(cantidad=1.50, precio_unitario=0.1)],
    )
    assert draft["cliente"]["cif"] == CIF
    assert draft["destinatarios"][0]["nombre"] == "Otra"
    assert (draft["lineas"][0]["cantidad"], draft["lineas"][0]["precio_unitario"]) == ("1.5", "0.10")
    assert Api(api.servicio.empresa()).lista()["total"] == 0
