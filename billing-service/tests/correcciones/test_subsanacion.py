"""`POST /api/facturas/{id}/subsanacion`: the record is corrected, the invoice stays as it was issued."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ..facturacion import Api, factura, faltas, linea, problema, simplificada

EXENTA = {"exencion": "E1"}
PERSONA = "12345678Z"


def subsanar(api, factura_id, *, clave=None, if_match=None, **body):
    return api.pedir("POST", f"/api/facturas/{factura_id}/subsanacion", body, clave=clave, if_match=if_match)


def registros(api):
    """The company's records in order: kind, which of its kind, invoice."""
    rows = api.filas(
        "SELECT tipo, orden, numero FROM registros WHERE empresa_id = :e ORDER BY secuencia", e=api.empresa.id
    )
    return [tuple(row) for row in rows]


def xml(api):
    """The last record's text."""
    rows = api.filas(
        "SELECT xml FROM registros WHERE empresa_id = :e ORDER BY secuencia DESC LIMIT 1", e=api.empresa.id
    )
    return bytes(rows[0].xml).decode()


def congeladas(api, factura_id):
    """The rows of an invoice that never change."""
    which = {"e": api.empresa.id, "f": factura_id}
    return [
        api.filas("SELECT * FROM facturas WHERE empresa_id = :e AND id = :f", **which),
        api.filas("SELECT * FROM lineas WHERE empresa_id = :e AND factura_id = :f ORDER BY n", **which),
        api.filas("SELECT * FROM desgloses WHERE empresa_id = :e AND factura_id = :f ORDER BY n", **which),
    ]


def test_without_changes_the_record_is_made_anew_at_the_end_of_the_chain(api):
    hecha, otra = api.emitir(), api.emitir()
    antes = congeladas(api, hecha["id"])
    answer = subsanar(api, hecha["id"], motivo="Lo pide la AEAT")
    hecho = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    assert answer.headers["location"] == f"/api/facturas/{hecha['id']}"
    (subsanacion,) = hecho["subsanaciones"]
    assert subsanacion == {
        "registro_id": subsanacion["registro_id"],
        "motivo": "Lo pide la AEAT",
        "cambios": [],
        "instante": "2026-11-24T09:30:00+00:00",
    }
    huella = hecho["verifactu"]["huella"]
    assert huella != hecha["verifactu"]["huella"]
    assert hecho == hecha | {
        "subsanaciones": [subsanacion],
        "verifactu": hecha["verifactu"] | {"huella": huella, "huella_anterior": otra["verifactu"]["huella"]},
    }
    assert api.leer(hecha["id"]) == hecho
    assert api.lista(serie="F")["datos"][1]["verifactu"] == hecho["verifactu"]
    assert registros(api) == [
        ("alta", 1, "F-2026-000001"),
        ("alta", 1, "F-2026-000002"),
        ("alta", 2, "F-2026-000001"),
    ]
    assert "<Subsanacion>S</Subsanacion>" in xml(api)
    assert "RechazoPrevio" not in xml(api)
    assert congeladas(api, hecha["id"]) == antes
    assert api.emitir()["verifactu"]["huella_anterior"] == huella
    assert api.verificacion() == {"correcta": True, "registros": 4, "hallazgos": []}


OTRA_VEZ = [
    factura(),
    factura(fecha_expedicion="2026-11-20", fecha_operacion="2026-10-01", descripcion="Obra"),
    factura(precios_con_impuestos=True, redondeo="por_linea", lineas=[linea(precio_unitario="9.99")] * 3),
    factura(descuento_global="7.5", retencion_irpf=15, lineas=[linea(), linea(suplido=True, tipo_iva=0)]),
    factura(lineas=[linea(recargo_equivalencia="5.2", clave_regimen="18"), linea(exencion="E1")]),
    factura(
        cliente_cif=None,
        cliente_id_otro={"tipo": "02", "id": "FR40303265045"},
        lineas=[linea(exencion="E5")],
        destinatarios=[{"nombre": "Ada", "id_otro": {"tipo": "03", "pais": "GB", "id": "P1"}}],
    ),
    factura(emitida_por={"quien": "tercero", "nombre": "Gestoría", "cif": "A58818501"}),
    factura(acuerdo_facturacion="FAC-1", acuerdo_sistema="SIS-1"),
    simplificada(),
    simplificada(cliente_nombre="Ana", cliente_cif=PERSONA),
    factura(
        tipo="R1",
        cupon=True,
        rectificacion={
            "metodo": "S",
            "motivo": "Precio",
            "facturas": [{"numero": "A-1", "fecha": "2026-01-02"}],
            "base_rectificada": "90.00",
            "cuota_rectificada": "18.90",
        },
    ),
    factura(tipo="F3", sustituidas=[{"numero": "T-1", "fecha": "2026-01-02"}]),
]
"""Invoices of every kind, as they are sent."""


@pytest.mark.parametrize("body", OTRA_VEZ)
def test_a_record_made_anew_says_of_its_invoice_what_the_first_one_said(api, body):
    hecha = api.crear(body)
    assert hecha.status_code == 201, hecha.text
    primero = dicho(xml(api))
    answer = subsanar(api, hecha.json()["id"])
    assert answer.status_code == 201, answer.text
    assert dicho(xml(api)) == primero
    assert answer.json()["avisos"] == hecha.json()["avisos"]
    assert api.verificacion() == {"correcta": True, "registros": 2, "hallazgos": []}


def dicho(xml):
    """What a record says of its invoice: all but its place in the chain, its instant and its flags."""
    return xml.partition("<Encadenamiento>")[0].replace("<Subsanacion>S</Subsanacion>", "")


def test_what_only_the_record_says_changes_and_the_next_correction_goes_on_from_there(api):
    hecha = api.emitir(cliente_cif=PERSONA, lineas=[linea(**EXENTA), linea(descripcion="Otra")])
    antes = congeladas(api, hecha["id"])
    uno = subsanar(
        api,
        hecha["id"],
        descripcion="Maquinaria",
        cliente_cif=None,
        cliente_id_otro={"tipo": "07", "pais": "ES", "id": PERSONA},
        acuerdo_sistema="ACUERDO-1",
        lineas=[{"n": 1, "clave_regimen": "02", "exencion": "E2"}, {"n": 2, "clave_regimen": "01"}],
    ).json()
    assert [(c["campo"], c["antes"], c["despues"]) for c in uno["subsanaciones"][0]["cambios"]] == [
        ("cliente_cif", PERSONA, None),
        ("cliente_id_otro", None, {"pais": "ES", "tipo": "07", "id": PERSONA}),
        ("descripcion", None, "Maquinaria"),
        ("acuerdo_sistema", None, "ACUERDO-1"),
        ("lineas.0.clave_regimen", "01", "02"),
        ("lineas.0.exencion", "E1", "E2"),
    ]
    escrito = xml(api)
    for texto in ("E2</Op", "02</ClaveRegimen", "<IDType>07<", ">Maquinaria<", ">ACUERDO-1<"):
        assert texto in escrito
    assert (uno["lineas"], uno["cliente"], uno["total"]) == (
        hecha["lineas"],
        hecha["cliente"],
        hecha["total"],
    )
    dos = subsanar(api, hecha["id"], acuerdo_sistema="", cliente_cif=PERSONA).json()
    assert [c["campo"] for c in dos["subsanaciones"][1]["cambios"]] == [
        "cliente_cif",
        "cliente_id_otro",
        "acuerdo_sistema",
    ]
    escrito = xml(api)
    assert "E2</Op" in escrito
    assert ">Maquinaria<" in escrito
    assert "ACUERDO-1" not in escrito
    assert "IDOtro" not in escrito
    assert registros(api)[1:] == [("alta", 2, hecha["numero"]), ("alta", 3, hecha["numero"])]
    assert congeladas(api, hecha["id"]) == antes
    assert api.verificacion()["correcta"]


def test_who_issued_is_told_and_taken_back(api):
    ident = api.emitir()["id"]
    gestoria = {"quien": "tercero", "nombre": "Gestoría Sol", "cif": "A58818501"}
    assert subsanar(api, ident, emitida_por=gestoria).status_code == 201
    assert "<EmitidaPorTerceroODestinatario>T<" in xml(api)
    assert subsanar(api, ident, emitida_por={"quien": "empresa"}).status_code == 201
    assert "EmitidaPor" not in xml(api)
    assert problema(subsanar(api, ident, emitida_por={"quien": "destinatario"})) == (
        409,
        "procede_rectificativa",
    )


def test_what_the_invoice_says_is_refused_with_each_field_and_the_way_that_applies(api):
    hecha = api.emitir(lineas=[linea(), linea(**EXENTA)])
    answer = subsanar(
        api,
        hecha["id"],
        cliente_nombre="Talleres Ruíz SL",
        cliente_cif="A58818501",
        fecha_operacion="2026-11-01",
        lineas=[{"n": 1, "precio_unitario": "90"}, {"n": 2, "exencion": "E2", "clave_regimen": "05"}],
    )
    assert problema(answer) == (409, "procede_rectificativa")
    assert "factura rectificativa" in answer.json()["detail"]
    assert (answer.json()["via"], answer.json()["ruta"]) == (
        "rectificativa",
        f"POST /api/facturas/{hecha['id']}/rectificativa",
    )
    assert [(e["campo"], e["codigo"]) for e in answer.json()["errores"]] == [
        (campo, "procede_rectificativa")
        for campo in ("fecha_operacion", "cliente_cif", "lineas.0.precio_unitario", "lineas.1.clave_regimen")
    ]
    assert api.leer(hecha["id"]) == hecha
    assert len(registros(api)) == 1


def test_a_field_given_as_it_stands_changes_nothing(api):
    hecha = api.emitir(cliente_id_otro=None, lineas=[linea(descuento=5)])
    body = factura(lineas=[linea(descuento="5.00", tipo_iva=21) | {"n": 1}])
    body.pop("cliente_email")
    answer = subsanar(api, hecha["id"], **body)
    assert answer.json()["subsanaciones"][0]["cambios"] == []


@pytest.mark.parametrize(
    ("body", "esperadas"),
    [
        ({"lineas": [{"n": 1, "exencion": "E2"}]}, [("lineas.0.exencion", "exencion_incompatible")]),
        ({"lineas": [{"n": 2, "exencion": "E2"}]}, [("lineas.0.n", "linea_desconocida")]),
        ({"lineas": [{"n": 1}, {"n": 1}]}, [("lineas.1.n", "linea_repetida")]),
        ({"lineas": [{"n": 0}]}, [("lineas.0.n", "fuera_de_rango")]),
        ({"total": "1.00"}, [("total", "campo_desconocido")]),
    ],
)
def test_a_record_that_the_aeat_would_refuse_is_never_made(api, body, esperadas):
    hecha = api.emitir(lineas=[linea(**EXENTA)])
    assert faltas(subsanar(api, hecha["id"], **body)) == esperadas
    assert api.leer(hecha["id"]) == hecha
    assert len(registros(api)) == 1


def test_groups_of_taxes_that_round_otherwise_warn_that_the_printed_qr_no_longer_matches(api):
    hecha = api.emitir(lineas=[linea(precio_unitario="10.02"), linea(precio_unitario="10.02")])
    answer = subsanar(api, hecha["id"], lineas=[{"n": 2, "clave_regimen": "11"}]).json()
    assert [(a["campo"], a["codigo"]) for a in answer["avisos"]] == [
        ("cuota_total", "no_coincide_con_la_factura"),
        ("total", "no_coincide_con_la_factura"),
    ]
    assert "QR" in answer["avisos"][1]["mensaje"]
    assert (hecha["total"], answer["total"]) == ("24.25", "24.25")
    assert answer["verifactu"]["qr_url"] == hecha["verifactu"]["qr_url"].replace("24.25", "24.24")
    assert "<ImporteTotal>24.24<" in xml(api)
    assert api.leer(hecha["id"]) == answer
    assert api.verificacion()["correcta"]


def test_a_limit_that_the_company_lowered_since_does_not_keep_its_old_invoices_from_being_corrected(api):
    ruta = f"/api/empresas/{api.empresa.id}"
    api.pedir("PATCH", ruta, {"limite_simplificada": "3000.00"})
    hecha = api.crear(simplificada(lineas=[linea(precio_unitario="1000")])).json()
    api.pedir("PATCH", ruta, {"limite_simplificada": "400.00", "nombre": "Otro nombre, S.L."})
    assert subsanar(api, hecha["id"]).status_code == 201
    assert "Otro nombre" not in xml(api)


def test_a_draft_is_changed_and_of_an_unknown_invoice_there_is_no_record(api):
    assert problema(subsanar(api, api.borrador()["id"])) == (409, "procede_cambio")
    ajena = Api(api.servicio.empresa()).emitir()["id"]
    for unknown in ("fac_" + "0" * 32, ajena):
        assert problema(subsanar(api, unknown)) == (404, "no_encontrado")


def test_a_corrected_invoice_is_paid_and_annulled_as_any(api):
    ident = api.emitir()["id"]
    pago = api.pagar(ident).json()["id"]
    assert subsanar(api, ident).json()["estado"] == "pagada"
    api.devolver(pago)
    anulada = api.anular(ident).json()
    assert (anulada["estado"], len(anulada["subsanaciones"])) == ("anulada", 1)
    assert [tipo for tipo, _, _ in registros(api)] == ["alta", "alta", "anulacion"]
    assert not any(flag in xml(api) for flag in ("SinRegistroPrevio", "RechazoPrevio", "Subsanacion"))
    assert api.verificacion()["correcta"]


def test_it_honours_if_match_and_is_written_down(api):
    ident = api.emitir()["id"]
    assert problema(subsanar(api, ident, if_match='"7"')) == (412, "version_obsoleta")
    assert subsanar(api, ident, if_match='"1"').headers["etag"] == '"2"'
    trail = api.filas("SELECT accion FROM auditoria WHERE recurso = :r ORDER BY id", r=ident)
    assert [row.accion for row in trail] == ["factura.emitida", "factura.subsanada"]


def test_twins_make_one_record_and_get_the_same_bytes(api):
    ident = api.emitir()["id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: subsanar(api, ident, clave="subsanar-0001"), range(8)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert registros(api)[1:] == [("alta", 2, "F-2026-000001")]
    assert problema(subsanar(api, ident, clave="subsanar-0001", motivo="otro")) == (
        422,
        "idempotencia_conflicto",
    )


def test_corrections_at_once_with_keys_of_their_own_follow_one_another(api):
    ident = api.emitir()["id"]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda n: subsanar(api, ident, clave=f"subsanar-{n:04}"), range(3)))
    assert {a.status_code for a in answers} == {201}
    assert sorted(len(a.json()["subsanaciones"]) for a in answers) == [1, 2, 3]
    assert sorted(a.headers["etag"] for a in answers) == ['"2"', '"3"', '"4"']
    assert [orden for _, orden, _ in registros(api)] == [1, 2, 3, 4]
    assert api.verificacion()["correcta"]
