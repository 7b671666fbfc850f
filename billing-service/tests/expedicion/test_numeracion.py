"""Numbers of invoices: consecutive in each series, from one in each year, in order of time."""

from datetime import UTC, datetime

import pytest

from ..facturacion import Api, factura, faltas, problema


def serie(api, **body):
    answer = api.pedir("POST", "/api/series", body)
    assert answer.status_code == 201, answer.text


def test_each_series_counts_by_itself(api):
    serie(api, codigo="G")
    numeros = [api.emitir(serie=codigo)["numero"] for codigo in ("F", "G", "F", "G", "G")]
    assert numeros == ["F-2026-000001", "G-2026-000001", "F-2026-000002", "G-2026-000002", "G-2026-000003"]
    assert api.verificacion()["correcta"]


def test_a_series_restarts_in_a_new_year_and_the_chain_goes_on(api):
    last = api.emitir()
    api.reloj.ahora = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    first = api.emitir()
    assert (last["numero"], first["numero"]) == ("F-2026-000001", "F-2027-000001")
    assert first["verifactu"]["huella_anterior"] == last["verifactu"]["huella"]
    assert problema(api.crear(factura(fecha_expedicion="2026-12-31"))) == (422, "fecha_anterior")
    assert api.emitir()["numero"] == "F-2027-000002"
    assert api.verificacion() == {"correcta": True, "registros": 3, "hallazgos": []}


def test_a_year_may_begin_before_the_old_one_s_last_number_is_known(api):
    api.reloj.ahora = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert api.emitir(fecha_expedicion="2026-12-31")["numero"] == "F-2026-000001"
    assert api.emitir()["numero"] == "F-2027-000001"


def test_a_series_that_never_restarts_goes_on(api):
    serie(api, codigo="T", formato="{codigo}{numero:08}", reinicio="nunca")
    assert api.emitir(serie="T")["numero"] == "T00000001"
    api.reloj.ahora = datetime(2027, 3, 1, tzinfo=UTC)
    assert api.emitir(serie="T")["numero"] == "T00000002"
    assert api.verificacion()["correcta"]


@pytest.mark.parametrize(
    ("formato", "reinicio", "numeros"),
    [
        ("{codigo}-{anio}-{numero:06}", "anual", ["V-2026-000431", "V-2026-000432", "V-2027-000001"]),
        ("{numero}/{anio}", "anual", ["431/2026", "432/2026", "1/2027"]),
        ("{codigo}{numero:02}", "nunca", ["V431", "V432", "V433"]),
        ("{codigo}{anio}.{numero:04}", "nunca", ["V2026.0431", "V2026.0432", "V2027.0433"]),
    ],
)
def test_a_series_that_comes_from_elsewhere_goes_on_where_it_was(api, formato, reinicio, numeros):
    serie(api, codigo="V", formato=formato, reinicio=reinicio, primer_numero=431)
    hechas = [api.emitir(serie="V")["numero"] for _ in range(2)]
    api.reloj.ahora = datetime(2027, 3, 1, tzinfo=UTC)
    assert [*hechas, api.emitir(serie="V")["numero"]] == numeros
    assert api.verificacion() == {"correcta": True, "registros": 3, "hallazgos": []}


def test_a_series_that_comes_from_elsewhere_gives_no_number_of_the_years_before(api):
    serie(api, codigo="V", primer_numero=431)
    answer = api.crear(factura(serie="V", fecha_expedicion="2025-12-31"))
    assert problema(answer) == (422, "fecha_anterior")
    assert "431 de 2026" in answer.json()["errores"][0]["mensaje"]
    assert api.emitir(serie="V", fecha_expedicion="2026-01-01")["numero"] == "V-2026-000431"
    assert api.emitir(fecha_expedicion="2025-12-31")["numero"] == "F-2025-000001"
    serie(api, codigo="N", formato="{codigo}{numero}", reinicio="nunca", primer_numero=431)
    assert api.emitir(serie="N", fecha_expedicion="2025-12-31")["numero"] == "N431"
    assert api.verificacion()["correcta"]


def test_a_series_from_elsewhere_first_used_in_a_later_year_begins_where_it_was_told(api):
    serie(api, codigo="V", primer_numero=431)
    api.reloj.ahora = datetime(2027, 1, 4, 12, tzinfo=UTC)
    assert api.emitir(serie="V")["numero"] == "V-2027-000431"
    api.reloj.ahora = datetime(2028, 1, 4, 12, tzinfo=UTC)
    assert api.emitir(serie="V")["numero"] == "V-2028-000001"
    assert api.verificacion()["correcta"]


def test_a_refusal_never_costs_a_number(api):
    api.emitir(fecha_expedicion="2026-11-20", referencia_externa="una")
    assert api.crear(factura(referencia_externa="una")).status_code == 409
    assert api.crear(factura(fecha_expedicion="2026-11-19")).status_code == 422
    assert api.crear(factura(cliente_cif="B12345675")).status_code == 422
    assert api.emitir()["numero"] == "F-2026-000002"


def test_series_for_rectifying_invoices_number_no_other(api):
    serie(api, codigo="R", rectificativas=True)
    assert faltas(api.crear(factura(serie="R"))) == [("serie", "serie_de_rectificativas")]


@pytest.mark.parametrize(
    ("zona", "instante", "dia", "hora"),
    [
        (
            "Europe/Madrid",
            datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC),
            "2026-11-24",
            "2026-11-24T23:59:59+01:00",
        ),
        (
            "Europe/Madrid",
            datetime(2026, 11, 24, 23, 0, 0, tzinfo=UTC),
            "2026-11-25",
            "2026-11-25T00:00:00+01:00",
        ),
        (
            "Atlantic/Canary",
            datetime(2026, 11, 24, 23, 30, tzinfo=UTC),
            "2026-11-24",
            "2026-11-24T23:30:00+00:00",
        ),
        (
            "Atlantic/Canary",
            datetime(2026, 11, 25, 0, 0, tzinfo=UTC),
            "2026-11-25",
            "2026-11-25T00:00:00+00:00",
        ),
        (
            "Atlantic/Canary",
            datetime(2026, 7, 1, 22, 59, tzinfo=UTC),
            "2026-07-01",
            "2026-07-01T23:59:00+01:00",
        ),
        (
            "Atlantic/Canary",
            datetime(2026, 7, 1, 23, 0, tzinfo=UTC),
            "2026-07-02",
            "2026-07-02T00:00:00+01:00",
        ),
    ],
)
def test_today_is_the_company_s(comun, zona, instante, dia, hora):
    comun.reloj.ahora = instante
    api = Api(comun.empresa(zona_horaria=zona))
    hecha = api.emitir()
    assert (hecha["fecha_expedicion"], hecha["verifactu"]["fecha_hora_huso"]) == (dia, hora)
    siguiente = f"{dia[:8]}{int(dia[8:]) + 1:02}"
    assert faltas(api.crear(factura(fecha_expedicion=siguiente))) == [("fecha_expedicion", "fecha_futura")]


def test_an_invoice_is_overdue_from_the_company_s_own_day(comun):
    comun.reloj.ahora = datetime(2026, 11, 24, 12, tzinfo=UTC)
    canaria = Api(comun.empresa(zona_horaria="Atlantic/Canary"))
    madrid = Api(comun.empresa())
    hechas = [(api, api.emitir(fecha_vencimiento="2026-11-24")["id"]) for api in (canaria, madrid)]
    comun.reloj.ahora = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert [api.leer(ident)["vencida"] for api, ident in hechas] == [False, True]
    assert [api.lista(vencidas=True)["total"] for api, _ in hechas] == [0, 1]
    assert [api.resumen()["importe_vencido"] for api, _ in hechas] == ["0.00", "121.00"]


def test_a_clock_that_steps_back_a_little_repeats_the_last_instant(api):
    first = api.emitir()
    api.reloj.avanzar(seconds=-59)
    second = api.emitir()
    assert second["verifactu"]["fecha_hora_huso"] == first["verifactu"]["fecha_hora_huso"]
    assert api.verificacion()["correcta"]
