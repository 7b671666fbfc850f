"""Series of numbers: what a company may have, and which one an invoice gets."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contratos import InvalidData
from smartbilling.series import serie_para


def crear(servicio, empresa, headers=None, **body):
    return servicio.http.post("/api/series", json=body, headers=headers or empresa.con_clave)


def para(servicio, empresa, codigo=None, **mas):
    with servicio.database.reading() as session:
        return serie_para(session, empresa.id, codigo, **mas).codigo


def refusal(servicio, empresa, codigo=None, **mas):
    with pytest.raises(InvalidData) as refused:
        para(servicio, empresa, codigo, **mas)
    return [(fault.campo, fault.codigo) for fault in refused.value.faults]


def test_a_company_is_born_with_the_series_f(servicio, empresa):
    (serie,) = servicio.http.get("/api/series", headers=empresa.con_clave).json()["datos"]
    instalacion = servicio.http.get(f"/api/empresas/{empresa.id}", headers=empresa.con_clave).json()
    assert serie == {
        "codigo": "F",
        "formato": "{codigo}-{anio}-{numero:06}",
        "instalacion": instalacion["instalaciones"][0]["id"],
        "rectificativas": False,
        "reinicio": "anual",
        "primer_numero": 1,
        "fuera_de_cadena": None,
        "creada": "2026-11-24T09:30:00+00:00",
    }


def test_a_series_is_made_once_per_key_and_read_by_its_code(servicio, empresa):
    headers = empresa.con_clave | {"Idempotency-Key": "serie-de-rectificativas"}
    body = {"codigo": "R", "rectificativas": True, "primer_numero": 100}
    first, again = (crear(servicio, empresa, headers, **body) for _ in range(2))
    assert (first.status_code, first.headers["location"]) == (201, "/api/series/R")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    shown = servicio.http.get("/api/series/R", headers=empresa.con_clave)
    assert (shown.json(), shown.headers["etag"]) == (first.json(), first.headers["etag"])
    servicio.reloj.avanzar(days=31)
    assert crear(servicio, empresa, headers, **body).json() == first.json()


@pytest.mark.parametrize(("reinicio", "cuando"), [("anual", " de su primer año "), ("nunca", " 430 se ")])
def test_a_series_that_goes_on_from_elsewhere_says_which_numbers_are_not_in_the_chain(
    servicio, empresa, reinicio, cuando
):
    made = crear(servicio, empresa, codigo="V", primer_numero=431, reinicio=reinicio).json()
    fuera = made["fuera_de_cadena"]
    assert (fuera["desde"], fuera["hasta"]) == (1, 430)
    assert cuando in fuera["aviso"]
    assert servicio.http.get("/api/series/V", headers=empresa.con_clave).json() == made
    assert servicio.http.get("/api/series", headers=empresa.con_clave).json()["datos"][0] == made


def test_a_series_whose_numbers_could_be_another_s_is_refused_and_names_it(servicio, empresa):
    for body in ({"codigo": "F"}, {"codigo": "G", "formato": "F-{anio}-{numero}"}):
        answer = crear(servicio, empresa, **body)
        assert (answer.status_code, answer.json()["codigo"]) == (409, "serie_duplicada")
        assert answer.json()["serie"] == "F"
    assert crear(servicio, servicio.empresa(), codigo="G").status_code == 201


def test_of_many_series_at_once_that_could_collide_one_is_made(servicio, empresa):
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: crear(servicio, empresa, codigo=f"S{n}", formato="X{anio}-{numero}"), range(8))
        )
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7


NO_VALIDAS = [
    ({}, "codigo", "requerido"),
    ({"codigo": ""}, "codigo", "formato_incorrecto"),
    ({"codigo": "f"}, "codigo", "formato_incorrecto"),
    ({"codigo": "-F"}, "codigo", "formato_incorrecto"),
    ({"codigo": "F" * 21}, "codigo", "formato_incorrecto"),
    ({"codigo": "Ñ"}, "codigo", "formato_incorrecto"),
    ({"codigo": "F\n"}, "codigo", "formato_incorrecto"),
    ({"codigo": "G", "formato": "{codigo}-{numero}"}, "formato", "formato_sin_anio"),
    ({"codigo": "G", "formato": "{codigo}-{anio}"}, "formato", "formato_sin_numero"),
    ({"codigo": "G", "formato": "{codigo}{anio}{numero:x}"}, "formato", "formato_no_valido"),
    ({"codigo": "G", "formato": "{codigo.__class__}{anio}{numero}"}, "formato", "formato_no_valido"),
    ({"codigo": "G", "formato": "{codigo}{anio}{numero"}, "formato", "formato_no_valido"),
    ({"codigo": "G", "formato": "{codigo}<{anio}>{numero}"}, "formato", "numero_no_valido"),
    ({"codigo": "G", "primer_numero": 0}, "primer_numero", "fuera_de_rango"),
    ({"codigo": "G", "primer_numero": "1"}, "primer_numero", "tipo_incorrecto"),
    ({"codigo": "G", "primer_numero": 10**30}, "primer_numero", "fuera_de_rango"),
    ({"codigo": "G", "rectificativas": "no"}, "rectificativas", "tipo_incorrecto"),
    ({"codigo": "G", "reinicio": "mensual"}, "reinicio", "valor_no_admitido"),
    ({"codigo": "G", "instalacion": "ins_" + "0" * 32}, "instalacion", "instalacion_desconocida"),
    ({"codigo": "G", "otro": 1}, "otro", "campo_desconocido"),
]


def test_a_series_that_cannot_be_made_says_why(servicio, empresa):
    for body, campo, codigo in NO_VALIDAS:
        answer = crear(servicio, empresa, **body)
        assert answer.status_code == 422, body
        assert [(e["campo"], e["codigo"]) for e in answer.json()["errores"]] == [(campo, codigo)]
    assert servicio.http.get("/api/series", headers=empresa.con_clave).json()["total"] == 1


def test_an_installation_of_another_company_is_unknown(servicio, empresa):
    otra = servicio.empresa()
    ajena = servicio.http.get(f"/api/empresas/{otra.id}", headers=otra.con_clave).json()["instalaciones"][0]
    answer = crear(servicio, empresa, codigo="G", instalacion=ajena["id"])
    assert answer.json()["errores"][0]["codigo"] == "instalacion_desconocida"


def test_a_series_that_is_not_there_is_not_found(servicio, empresa):
    crear(servicio, servicio.empresa(), codigo="Z")
    for codigo in ("Z", "f", "F%20", "F" * 30):
        answer = servicio.http.get(f"/api/series/{codigo}", headers=empresa.con_clave)
        assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


def test_an_invoice_without_series_goes_into_f(servicio, empresa):
    crear(servicio, empresa, codigo="A")
    assert para(servicio, empresa) == "F"
    assert para(servicio, empresa, "A") == "A"


def test_rectifying_invoices_have_series_of_their_own(servicio, empresa):
    assert refusal(servicio, empresa, rectificativa=True) == [("serie", "serie_desconocida")]
    crear(servicio, empresa, codigo="R", rectificativas=True)
    crear(servicio, empresa, codigo="Q", rectificativas=True)
    assert para(servicio, empresa) == "F"
    assert para(servicio, empresa, rectificativa=True) in {"Q", "R"}
    assert para(servicio, empresa, "R", rectificativa=True) == "R"
    assert refusal(servicio, empresa, "R") == [("serie", "serie_de_rectificativas")]
    assert refusal(servicio, empresa, "F", rectificativa=True) == [("serie", "serie_ordinaria")]


def test_an_unknown_series_is_a_fault_of_the_invoice(servicio, empresa):
    crear(servicio, servicio.empresa(), codigo="Z")
    assert refusal(servicio, empresa, "Z") == [("serie", "serie_desconocida")]
