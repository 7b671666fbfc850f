"""An invoice that cannot be read whole is told all that is wrong with it at once, and costs no number."""

import pytest

from ..facturacion import factura, linea, problema, simplificada

MAL_TIPO = ("lineas.0.tipo_iva", "1124")


def halladas(answer):
    """Field and AEAT's code of each fault of a refusal."""
    assert problema(answer) == (422, "datos_invalidos")
    assert all(fault["mensaje"].endswith(".") for fault in answer.json()["errores"])
    return [(fault["campo"], fault.get("codigo_aeat")) for fault in answer.json()["errores"]]


def mala(**cambios):
    """One of 17 % IVA, with more that is wrong."""
    return factura(lineas=[linea(tipo_iva=17)]) | cambios


@pytest.mark.parametrize(
    ("cambios", "esperadas"),
    [
        ({"cliente_cif": "B12345678"}, [("cliente_cif", "1239"), MAL_TIPO]),
        ({"lineas": [linea(tipo_iva=17, cantidad=0)]}, [("lineas.0.cantidad", None), MAL_TIPO]),
        (
            {
                "lineas": [{"cantidad": 1, "precio_unitario": -1, "tipo_iva": 17}],
                "fecha_expedicion": "2027-02-01",
            },
            [
                ("lineas.0.descripcion", None),
                ("lineas.0.precio_unitario", None),
                ("fecha_expedicion", "1112"),
                MAL_TIPO,
            ],
        ),
        ({"otro": 1, "lineas.0.x": 2}, [("otro", None), ("lineas.0.x", None), MAL_TIPO]),
        (
            {"cliente_email": "no", "lineas": [linea(cantidad=-1)]},
            [("cliente_email", None), ("lineas", None)],
        ),
        ({"lineas": 7, "cliente_cif": None}, [("lineas", None), ("cliente_cif", "1189")]),
        ({"lineas": [7], "cliente_cif": None}, [("lineas.0", None), ("cliente_cif", "1189")]),
        (
            {"lineas": [0.5, linea(tipo_iva=17)], "cliente_cif": None},
            [
                ("lineas.0.descripcion", None),
                ("lineas.0.cantidad", None),
                ("lineas.0.precio_unitario", None),
                ("cliente_cif", "1189"),
            ],
        ),
    ],
)
def test_what_a_field_looks_like_and_what_it_means_are_told_at_once(api, cambios, esperadas):
    assert halladas(api.crear(mala(**cambios))) == esperadas
    assert api.emitir()["numero"] == "F-2026-000001"


@pytest.mark.parametrize(
    ("cambios", "esperadas"),
    [
        ({"lineas": [linea(impuesto="04", tipo_iva=7)]}, [("lineas.0.impuesto", "1218")]),
        ({"lineas": [linea(calificacion="S9", tipo_iva=7)]}, [("lineas.0.calificacion", "1181")]),
        ({"lineas": [linea(exencion="E9", tipo_iva=7)]}, [("lineas.0.exencion", "1182")]),
        ({"lineas": [linea(clave_regimen="1")]}, [("lineas.0.clave_regimen", "1246")]),
        ({"tipo": "F9", "lineas": [linea(tipo_iva=17)]}, [("tipo", "1106")]),
        ({"fecha_operacion": "ayer", "lineas": [linea(tipo_iva=5)]}, [("fecha_operacion", None)]),
        (
            {"cliente_cif": None, "cliente_id_otro": {"tipo": "03", "id": "A1", "pais": "fr"}},
            [("cliente_id_otro.pais", "1111")],
        ),
        (
            {"cliente_cif": None, "cliente_id_otro": {"tipo": "01", "id": "A1", "pais": "FR"}},
            [("cliente_id_otro.tipo", "1102")],
        ),
        (
            {"cliente_cif": "B12345678", "emitida_por": {"quien": "destinatario"}},
            [("cliente_cif", "1239")],
        ),
        (
            {"destinatarios": [{"nombre": "Otra", "cif": "B12345678"}], "lineas": [linea(exencion="E5")]},
            [("destinatarios.0.cif", "1239"), ("lineas.0.exencion", "1289")],
        ),
        ({"emitida_por": {"quien": "nadie"}}, [("emitida_por.quien", "1151")]),
        (
            {"tipo": "R1", "rectificacion": {"metodo": "Z", "motivo": "Error"}},
            [("rectificacion.metodo", "1107")],
        ),
        ({"lineas": [linea(cantidad=-1, descuento=101)]}, [("lineas.0.descuento", None)]),
        (
            {"estado": "borrador", "cliente_cif": "B1", "lineas": [linea(tipo_iva=17)]},
            [("cliente_cif", "1239")],
        ),
    ],
)
def test_nothing_is_told_that_may_be_due_to_what_could_not_be_read(api, cambios, esperadas):
    assert halladas(api.crear(factura(**cambios))) == esperadas


def test_the_company_s_own_limit_counts(api):
    answer = api.crear(simplificada(cliente_cif="B1", lineas=[linea(precio_unitario="400")]))
    assert halladas(answer) == [("cliente_cif", "1239"), ("tipo", None)]
    api.pedir("PATCH", f"/api/empresas/{api.empresa.id}", {"limite_simplificada": "3000.00"})
    answer = api.crear(simplificada(cliente_cif="B1", lineas=[linea(precio_unitario="400")]))
    assert halladas(answer) == [("cliente_cif", "1239")]


def test_one_of_a_lote_is_told_the_same(api):
    answer = api.pedir("POST", "/api/facturas/lote", {"facturas": [mala(cliente_cif="B1"), factura()]})
    primera, segunda = answer.json()["resultados"]
    assert [(f["campo"], f["codigo_aeat"]) for f in primera["problema"]["errores"]] == [
        ("cliente_cif", "1239"),
        MAL_TIPO,
    ]
    assert segunda["factura"]["numero"] == "F-2026-000001"
