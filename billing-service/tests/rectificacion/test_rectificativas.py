"""Rectifying invoices and F3: what they say, what they refuse, how the others show them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ..expedicion.test_emitir import ESPACIO, registro, textos
from ..facturacion import Api, faltas, linea, problema, simplificada

AJENA = {"numero": "2025/0417", "fecha": "2025-11-03"}
"""An invoice of before the company came here."""


def diferencia(**cambios):
    """A rectification that takes 21 € of tax and base away: −17.36 + IVA."""
    menos = linea(descripcion="Abono", cantidad=-1, precio_unitario="17.36")
    return {"tipo": "R1", "metodo": "I", "motivo": "Devolución de parte", "lineas": [menos]} | cambios


def sustitucion(**cambios):
    """A rectification that comes to 100 € in the place of the first."""
    bien = linea(precio_unitario="82.64")
    return {"tipo": "R1", "metodo": "S", "motivo": "Precio equivocado", "lineas": [bien]} | cambios


def rectificar(api, factura_id, body, **mas):
    return api.pedir("POST", f"/api/facturas/{factura_id}/rectificativa", body, **mas)


def rectificada(api, factura_id, body):
    answer = rectificar(api, factura_id, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def dinero(factura):
    return factura["estado"], factura["pagado"], factura["compensado"], factura["pendiente"]


def test_a_rectification_by_difference_says_what_it_rectifies_and_takes_the_rest_from_the_first(api):
    primera = api.emitir(retencion_irpf=15)
    answer = rectificar(api, primera["id"], diferencia(), if_match='"1"')
    nueva = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/facturas/{nueva['id']}"
    assert (nueva["numero"], nueva["tipo"], nueva["estado"]) == ("R-2026-000001", "R1", "emitida")
    assert nueva["cliente"] == primera["cliente"]
    assert nueva["retencion_irpf"] == "15"
    citada = {"numero": primera["numero"], "fecha": "2026-11-24"}
    assert nueva["rectificacion"] == {
        "metodo": "I",
        "motivo": "Devolución de parte",
        "facturas": [citada],
        "base_rectificada": "0.00",
        "cuota_rectificada": "0.00",
        "recargo_rectificado": "0.00",
    }
    assert nueva["rectifica"] == [{"id": primera["id"], "fuera_de_cadena": False} | citada]
    xml = registro(api, nueva["id"])
    assert textos(xml, "TipoRectificativa") == ["I"]
    assert textos(xml, "TipoFactura") == ["R1"]
    assert textos(next(xml.iter(ESPACIO + "FacturasRectificadas")), "NumSerieFactura") == [primera["numero"]]
    assert textos(xml, "BaseRectificada") == []
    despues = api.leer(primera["id"])
    assert despues["rectificada_por"] == nueva["id"]
    assert despues["rectificativas"] == [
        {"id": nueva["id"], "numero": nueva["numero"], "tipo": "R1", "metodo": "I"}
    ]
    assert api.leer(nueva["id"]) == nueva
    filas = api.lista()["datos"]
    assert {fila["id"]: (fila["rectificada_por"], len(fila["rectifica"])) for fila in filas} == {
        primera["id"]: (nueva["id"], 0),
        nueva["id"]: (None, 1),
    }


def test_by_substitution_the_record_says_what_is_replaced_and_the_newest_is_the_one_to_rectify(api):
    primera = api.emitir()
    nueva = rectificada(api, primera["id"], sustitucion())
    assert nueva["rectificacion"]["base_rectificada"] == "100.00"
    assert nueva["rectificacion"]["cuota_rectificada"] == "21.00"
    xml = registro(api, nueva["id"])
    assert (textos(xml, "BaseRectificada"), textos(xml, "CuotaRectificada")) == (["100.00"], ["21.00"])
    otra_vez = rectificar(api, primera["id"], diferencia())
    assert problema(otra_vez) == (409, "factura_sustituida")
    assert otra_vez.json()["factura_id"] == nueva["id"]
    ultima = rectificada(api, nueva["id"], sustitucion())
    assert api.leer(nueva["id"])["rectificada_por"] == ultima["id"]


def test_a_substitution_after_differences_replaces_the_net_of_all(api):
    primera = api.emitir()
    menos = rectificada(api, primera["id"], diferencia())
    assert dinero(api.leer(primera["id"])) == ("emitida", "0.00", "21.01", "99.99")
    nueva = rectificada(api, primera["id"], sustitucion())
    assert [citada["id"] for citada in nueva["rectifica"]] == [primera["id"], menos["id"]]
    assert nueva["rectificacion"]["base_rectificada"] == "82.64"
    assert dinero(api.leer(primera["id"])) == ("emitida", "0.00", "121.00", "0.00")
    assert dinero(api.leer(menos["id"])) == ("emitida", "0.00", "-21.01", "0.00")
    assert dinero(nueva) == ("emitida", "0.00", "0.00", "99.99")
    resumen = api.resumen()
    assert (resumen["total_facturado"], resumen["total_sustituido"], resumen["total_neto"]) == (
        "199.98",
        "99.99",
        "99.99",
    )


def test_a_rectification_by_difference_is_corrected_by_correcting_the_first(api):
    primera = api.emitir()
    menos = rectificada(api, primera["id"], diferencia())
    answer = rectificar(api, menos["id"], diferencia())
    assert problema(answer) == (409, "rectificativa_por_diferencias")
    assert answer.json()["factura_id"] == primera["id"]


@pytest.mark.parametrize(
    ("tipo", "nombra", "bien"),
    [("R5", False, True), ("R1", False, False), ("R5", True, False), ("R4", True, True)],
)
def test_simplified_ones_that_name_nobody_take_r5_and_the_rest_do_not(api, tipo, nombra, bien):
    quien = {"cliente_nombre": "Ruiz", "cliente_cif": "B12345674"} if nombra else {}
    primera = api.crear(simplificada(**quien)).json()
    answer = rectificar(api, primera["id"], diferencia(tipo=tipo))
    if bien:
        assert answer.json()["tipo"] == tipo, answer.text
    else:
        assert ("tipo", "tipo_de_rectificativa") in faltas(answer)


def test_drafts_and_annulled_invoices_say_which_way_applies(api):
    borrador, anulada = api.borrador()["id"], api.emitir()["id"]
    api.anular(anulada)
    for ident, palabra in ((borrador, "PUT"), (anulada, "otra")):
        answer = rectificar(api, ident, diferencia())
        assert problema(answer) == (409, "transicion_invalida")
        assert palabra in answer.json()["detail"]
    otra = Api(api.servicio.empresa())
    assert problema(rectificar(otra, anulada, diferencia())) == (404, "no_encontrado")
    assert problema(rectificar(api, api.emitir()["id"], diferencia(), if_match='"7"')) == (
        412,
        "version_obsoleta",
    )


def test_rectifying_invoices_are_numbered_apart_in_a_series_made_when_first_needed(api):
    primera = api.emitir()
    assert faltas(rectificar(api, primera["id"], diferencia(serie="F"))) == [("serie", "serie_ordinaria")]
    series = [serie["codigo"] for serie in api.pedir("GET", "/api/series").json()["datos"]]
    assert series == ["F"]
    numeros = [rectificada(api, primera["id"], diferencia())["numero"] for _ in range(2)]
    assert numeros == ["R-2026-000001", "R-2026-000002"]
    series = {s["codigo"]: s for s in api.pedir("GET", "/api/series").json()["datos"]}
    assert series["R"]["rectificativas"]
    assert series["R"]["instalacion"] == series["F"]["instalacion"]
    assert faltas(api.crear({"lineas": [linea()], "tipo": "F2", "serie": "R"})) == [
        ("serie", "serie_de_rectificativas")
    ]


def produccion(api):
    """A further installation, in production, with the series P."""
    made = api.pedir(
        "POST", f"/api/empresas/{api.empresa.id}/instalaciones", {"entorno": "produccion"}
    ).json()
    api.pedir("POST", "/api/series", {"codigo": "P", "instalacion": made["id"]})
    return made["id"]


def es_de_produccion(factura):
    return factura["verifactu"]["qr_url"].startswith("https://www2.agenciatributaria.gob.es/")


def test_what_speaks_of_a_production_invoice_is_recorded_in_production(api):
    instalacion = produccion(api)
    de_prueba, de_verdad = api.emitir(), api.emitir(serie="P")
    assert rectificada(api, de_prueba["id"], diferencia())["numero"] == "R-2026-000001"
    nuevas = [rectificada(api, de_verdad["id"], diferencia()) for _ in range(2)]
    assert [nueva["numero"] for nueva in nuevas] == ["R2-2026-000001", "R2-2026-000002"]
    series = {s["codigo"]: s for s in api.pedir("GET", "/api/series").json()["datos"]}
    assert (series["R2"]["instalacion"], series["R2"]["rectificativas"]) == (instalacion, True)
    simple = api.crear(simplificada(serie="P")).json()
    cita = {"numero": simple["numero"], "fecha": simple["fecha_expedicion"]}
    sustituta = api.emitir(tipo="F3", sustituidas=[cita])
    assert sustituta["numero"] == "P-2026-000003"
    assert all(es_de_produccion(una) for una in (*nuevas, sustituta))
    assert api.emitir()["numero"] == "F-2026-000002"
    assert api.verificacion()["correcta"]


def test_tests_and_production_never_cross(api):
    produccion(api)
    de_prueba, de_verdad = api.emitir(), api.emitir(serie="P")
    rectificada(api, de_prueba["id"], diferencia())
    answer = rectificar(api, de_verdad["id"], diferencia(serie="R"))
    assert faltas(answer) == [("serie", "serie_de_otro_entorno")]
    citas = [{"numero": una["numero"], "fecha": una["fecha_expedicion"]} for una in (de_prueba, de_verdad)]
    assert faltas(api.crear(rectificativa(rectificacion={"facturas": citas}))) == [
        ("rectificacion.facturas.1.numero", "factura_de_otro_entorno")
    ]
    assert api.leer(de_verdad["id"])["rectificativas"] == []


def test_of_several_series_of_rectifying_invoices_the_one_of_its_installation_is_taken(api):
    otra = api.pedir("POST", f"/api/empresas/{api.empresa.id}/instalaciones", {}).json()["id"]
    primera = api.emitir()
    api.pedir("POST", "/api/series", {"codigo": "T", "instalacion": otra})
    api.pedir("POST", "/api/series", {"codigo": "Q", "rectificativas": True})
    api.pedir("POST", "/api/series", {"codigo": "RT", "rectificativas": True, "instalacion": otra})
    segunda = api.emitir(serie="T")
    assert rectificada(api, segunda["id"], diferencia())["numero"] == "RT-2026-000001"
    assert rectificada(api, primera["id"], diferencia())["numero"] == "Q-2026-000001"


def test_a_company_with_its_own_series_of_rectifying_invoices_gets_no_other(api):
    api.pedir("POST", "/api/series", {"codigo": "REC", "rectificativas": True})
    nueva = rectificada(api, api.emitir()["id"], diferencia())
    assert nueva["numero"] == "REC-2026-000001"


def test_a_series_r_that_is_not_for_rectifying_invoices_is_said_so(api):
    api.pedir("POST", "/api/series", {"codigo": "R"})
    answer = rectificar(api, api.emitir()["id"], diferencia())
    assert faltas(answer) == [("serie", "serie_desconocida")]
    assert "/api/series" in answer.json()["errores"][0]["mensaje"]


def test_the_same_key_rectifies_once(api):
    primera = api.emitir()["id"]
    first, again = (rectificar(api, primera, diferencia(), clave="rectificar-1") for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert len(api.leer(primera)["rectificativas"]) == 1


def test_many_rectify_one_invoice_at_once_and_none_is_lost_or_counted_twice(api):
    primera = api.emitir()["id"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: rectificar(api, primera, diferencia()), range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert dinero(api.leer(primera)) == ("emitida", "0.00", "121.00", "0.00")
    pendientes = [api.leer(answer.json()["id"])["pendiente"] for answer in answers]
    assert sorted(pendientes) == ["-5.06", "0.00", "0.00", "0.00", "0.00", "0.00"]
    assert api.verificacion()["correcta"]


def test_one_of_many_substitutions_at_once_takes_the_place(api):
    primera = api.emitir()["id"]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: rectificar(api, primera, sustitucion()), range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    refused = [problema(answer)[1] for answer in answers if answer.status_code == 409]
    assert refused == ["factura_sustituida"] * 4
    assert api.lista(serie="R")["total"] == 1


def rectificativa(**cambios):
    """What to send to rectify an invoice that was not issued here."""
    rectificacion = {"metodo": "I", "motivo": "Rappel de 2025", "facturas": [AJENA]}
    return {
        "tipo": "R1",
        "cliente_nombre": "Talleres Ruiz, S.L.",
        "cliente_cif": "B12345674",
        "rectificacion": rectificacion | cambios.pop("rectificacion", {}),
        "lineas": [linea(cantidad=-1)],
    } | cambios


def test_an_invoice_of_before_is_rectified_by_its_number(api):
    nueva = api.crear(rectificativa()).json()
    assert nueva["rectifica"] == [{"id": None, "fuera_de_cadena": True} | AJENA]
    assert api.leer(nueva["id"])["rectifica"] == nueva["rectifica"]
    assert dinero(nueva) == ("emitida", "0.00", "0.00", "-121.00")
    importes = {"metodo": "S", "base_rectificada": "300.00", "cuota_rectificada": "63.00"}
    por_sustitucion = api.crear(rectificativa(rectificacion=importes, lineas=[linea()])).json()
    assert por_sustitucion["rectificacion"]["base_rectificada"] == "300.00"
    again = api.crear(rectificativa(rectificacion=importes, lineas=[linea()]))
    assert faltas(again) == [("rectificacion.facturas.0.numero", "factura_sustituida")]


def test_a_rebate_may_name_no_invoice(api):
    nueva = api.crear(rectificativa(rectificacion={"facturas": []})).json()
    assert nueva["rectifica"] == []
    assert textos(registro(api, nueva["id"]), "FacturasRectificadas") == []


def test_a_number_that_only_a_series_of_ours_could_have_given_must_be_one_of_ours(api):
    api.pedir("POST", "/api/series", {"codigo": "V", "primer_numero": 18})
    for numero, bien in (("F-2026-000009", False), ("V-2026-000018", False), ("V-2026-000017", True)):
        cita = {"numero": numero, "fecha": "2026-03-01"}
        answer = api.crear(rectificativa(rectificacion={"facturas": [cita]}))
        if bien:
            assert answer.status_code == 201, answer.text
        else:
            assert faltas(answer) == [("rectificacion.facturas.0.numero", "factura_desconocida")]
    assert api.crear(
        rectificativa(rectificacion={"facturas": [{"numero": "F-2025-000009", "fecha": "2025-03-01"}]})
    ).is_success


def test_several_of_ours_are_rectified_by_one_and_the_wrong_ones_are_all_named(api):
    primeras = [api.emitir() for _ in range(3)]
    api.anular(primeras[2]["id"])
    citas = [{"numero": una["numero"], "fecha": una["fecha_expedicion"]} for una in primeras]
    mal = [citas[0] | {"fecha": "2026-11-23"}, citas[1], citas[1], citas[2]]
    assert faltas(api.crear(rectificativa(rectificacion={"facturas": mal}))) == [
        ("rectificacion.facturas.0.fecha", "fecha_no_coincide"),
        ("rectificacion.facturas.3.numero", "factura_anulada"),
        ("rectificacion.facturas.2", "factura_repetida"),
    ]
    nueva = api.crear(
        rectificativa(rectificacion={"facturas": citas[:2]}, lineas=[linea(cantidad=-2)])
    ).json()
    assert dinero(nueva) == ("emitida", "0.00", "-242.00", "0.00")
    assert [api.leer(una["id"])["pendiente"] for una in primeras[:2]] == ["0.00", "0.00"]
    solo = rectificar(api, primeras[0]["id"], sustitucion())
    assert ("rectificacion.facturas.1.numero", "rectificativa_por_diferencias") in faltas(solo)


def f3(*simplificadas, **cambios):
    citas = [{"numero": una["numero"], "fecha": una["fecha_expedicion"]} for una in simplificadas]
    quien = {"cliente_nombre": "Talleres Ruiz, S.L.", "cliente_cif": "B12345674"}
    return quien | {"tipo": "F3", "sustituidas": citas, "lineas": [linea(cantidad=2)]} | cambios


def test_an_f3_takes_over_what_its_simplified_ones_owed_and_collected(api):
    una, otra = (api.crear(simplificada()).json() for _ in range(2))
    api.pagar(una["id"], "121.00")
    api.pagar(otra["id"], "21.00")
    nueva = api.crear(f3(una, otra)).json()
    assert [citada["id"] for citada in nueva["sustituidas"]] == [una["id"], otra["id"]]
    assert dinero(nueva) == ("emitida", "0.00", "142.00", "100.00")
    assert textos(registro(api, nueva["id"]), "TipoFactura") == ["F3"]
    assert [api.leer(s["id"])["sustituida_por"] for s in (una, otra)] == [nueva["id"]] * 2
    assert dinero(api.leer(una["id"])) == ("pagada", "121.00", "0.00", "0.00")
    assert dinero(api.leer(otra["id"])) == ("emitida", "21.00", "100.00", "0.00")
    assert faltas(api.crear(f3(una))) == [("sustituidas.0.numero", "factura_sustituida")]
    assert problema(rectificar(api, una["id"], diferencia(tipo="R5"))) == (409, "factura_sustituida")


def test_an_f3_replaces_only_simplified_invoices(api):
    completa = api.emitir()
    assert faltas(api.crear(f3(completa))) == [("sustituidas.0.numero", "no_es_simplificada")]


def test_a_draft_may_rectify_and_is_tied_when_issued(api):
    primera = api.emitir()
    cita = {"numero": primera["numero"], "fecha": primera["fecha_expedicion"]}
    body = rectificativa(estado="borrador", rectificacion={"facturas": [cita]})
    borrador = api.crear(body).json()
    assert borrador["rectificacion"]["facturas"] == [cita]
    assert api.leer(primera["id"])["rectificada_por"] is None
    emitida = api.mover(borrador["id"], "emitida").json()
    assert (emitida["numero"], emitida["compensado"]) == ("R-2026-000001", "-121.00")
    assert api.leer(primera["id"])["rectificada_por"] == emitida["id"]


def test_the_crm_hears_of_a_rectification_once_as_a_note(api):
    primera = api.emitir()
    nueva = rectificada(api, primera["id"], diferencia())
    rows = api.filas(
        "SELECT actividad FROM mensajes_crm WHERE empresa_id = :e AND factura_id = :f",
        e=api.empresa.id,
        f=nueva["id"],
    )
    assert len(rows) == 1
    dicho = str(rows[0][0])
    for palabra in ("nota", nueva["id"], f"Factura #{primera['numero']} rectificada", "-21.01"):
        assert palabra in dicho
    assert "venta" not in dicho


def test_a_lote_takes_them_too(api):
    answer = api.pedir(
        "POST", "/api/facturas/lote", {"facturas": [rectificativa(), simplificada(), rectificativa()]}
    ).json()
    assert [fila["factura"]["numero"] for fila in answer["resultados"]] == [
        "R-2026-000001",
        "F-2026-000001",
        "R-2026-000002",
    ]


def test_an_f3_of_hundreds_of_simplified_ones_is_one_invoice(api):
    sueltas = api.pedir("POST", "/api/facturas/lote", {"facturas": [simplificada()] * 300}).json()
    nueva = api.crear(f3(*(fila["factura"] for fila in sueltas["resultados"]))).json()
    assert len(nueva["sustituidas"]) == 300
    resumen = api.resumen()
    assert (resumen["total_sustituido"], resumen["importe_pendiente"]) == ("36300.00", "242.00")
