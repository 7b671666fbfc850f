"""`POST /api/facturas/lote`: many invoices, each with its own answer, in their order, each at most once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from http_rules.idempotency import forget
from smartbilling.emision.cola import CAPACIDAD
from smartbilling.lotes.service import LINEAS_DE_TANDA, TANDA

from ..emision.test_emisor import Nada, en_cola, escritor_ocupado, esperar
from ..facturacion import Api, factura, faltas, linea, problema

CLAVE = "cierre-de-noviembre"
MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}


def enviar(api, facturas, **mas):
    """The answer to a lote."""
    return api.pedir("POST", "/api/facturas/lote", {"facturas": facturas}, **mas)


def lote(api, facturas, **mas):
    """What became of each invoice of a lote that was read, each where it belongs; and the count is right."""
    answer = enviar(api, facturas, **mas)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    resultados = body["resultados"]
    assert [r["indice"] for r in resultados] == list(range(len(facturas)))
    for r in resultados:
        assert (r["factura"] is None, r["problema"] is None) == (r["status"] != 201, r["status"] == 201)
    repetidas = sum(r["repetida"] for r in resultados)
    rechazadas = sum(r["status"] != 201 for r in resultados)
    assert body["recuento"] == {
        "total": len(facturas),
        "creadas": len(facturas) - repetidas - rechazadas,
        "repetidas": repetidas,
        "rechazadas": rechazadas,
    }
    return resultados


def suertes(resultados):
    """The number of each invoice that has one, the state of a draft, the code of a refusal."""
    return [
        r["problema"]["codigo"] if r["problema"] else r["factura"]["numero"] or r["factura"]["estado"]
        for r in resultados
    ]


def numeros(desde, hasta):
    return [f"F-2026-{n:06}" for n in range(desde, hasta + 1)]


def cuerpos(content):
    """The bytes of each invoice in the answer to a lote: what stands between its mark and the next field."""
    return [
        piece.split(b',"problema":', 1)[0] for piece in content.split(b'"factura":')[1:] if piece[:1] == b"{"
    ]


def test_each_invoice_has_its_own_answer_in_order_and_a_bad_one_costs_nothing(api):
    api.emitir(referencia_externa="ya-usada", fecha_expedicion="2026-11-20")
    resultados = lote(
        api,
        [
            factura(),
            factura(cliente_cif="B12345675"),
            factura(estado="borrador", lineas=[]),
            factura(serie="NADIE"),
            factura(referencia_externa="ya-usada"),
            factura(fecha_expedicion="2026-11-19"),
            factura(lineas=[linea(cantidad=-1)]),
            "no es una factura",
            factura(descripcion="la última"),
        ],
    )
    assert suertes(resultados) == [
        "F-2026-000002",
        "datos_invalidos",
        "borrador",
        "datos_invalidos",
        "referencia_duplicada",
        "fecha_anterior",
        "total_negativo",
        "datos_invalidos",
        "F-2026-000003",
    ]
    assert [r["status"] for r in resultados] == [201, 422, 201, 422, 409, 422, 422, 422, 201]
    fields = [r["problema"]["errores"][0]["campo"] for r in resultados if r["status"] == 422]
    assert fields == ["cliente_cif", "serie", "fecha_expedicion", "lineas", "cuerpo"]
    assert not any(r["repetida"] for r in resultados)
    assert api.verificacion() == {"correcta": True, "registros": 3, "hallazgos": []}
    assert api.emitir()["numero"] == "F-2026-000004"


def test_a_refusal_is_told_as_it_is_when_the_invoice_is_sent_alone(api):
    api.emitir(referencia_externa="ya-usada")
    bodies = [
        factura(lineas=[linea(tipo_iva=20), linea(campo_inventado=1)]),
        factura(tipo="F9", fecha_expedicion="ayer"),
        factura(lineas=[]),
        factura(referencia_externa="ya-usada"),
        {},
        [],
        None,
    ]
    for body, resultado in zip(bodies, lote(api, bodies), strict=True):
        alone = api.crear(body) if body is not None else None
        told = resultado["problema"] | {"instance": "/api/facturas"}
        assert resultado["status"] == 422 or told["codigo"] == "referencia_duplicada"
        if alone is not None and isinstance(body, dict):
            assert told == alone.json()
        else:
            assert [row["codigo"] for row in told["errores"]] == ["tipo_incorrecto"]


def test_an_answer_in_a_lote_is_the_one_that_is_read_later(api):
    answer = enviar(api, [factura(lineas=[linea(), linea(tipo_iva=10)]), factura(estado="borrador")])
    for body, resultado in zip(cuerpos(answer.content), answer.json()["resultados"], strict=True):
        read = api.pedir("GET", f"/api/facturas/{resultado['factura']['id']}")
        assert body == read.content
        assert resultado["etag"] == read.headers["etag"]


def test_sent_again_with_its_key_every_invoice_has_its_first_answer_and_nothing_is_done(api):
    bodies = [factura(), factura(estado="borrador"), factura(cliente_cif="B12345675"), factura()]
    first = enviar(api, bodies, clave=CLAVE)
    api.pagar(first.json()["resultados"][0]["factura"]["id"])
    api.pedir("DELETE", f"/api/facturas/{first.json()['resultados'][1]['factura']['id']}")
    rows = filas(api)
    again = enviar(api, bodies, clave=CLAVE)
    assert cuerpos(again.content) == cuerpos(first.content)
    assert len(cuerpos(again.content)) == 3
    assert [(r["repetida"], r["status"]) for r in again.json()["resultados"]] == [
        (True, 201),
        (True, 201),
        (False, 422),
        (True, 201),
    ]
    assert [r["etag"] for r in again.json()["resultados"]] == ['"1"', '"1"', None, '"1"']
    assert filas(api) == rows
    assert api.lista()["total"] == 2


def filas(api):
    """How many rows the company has of each kind."""
    tables = (
        "facturas",
        "borradores",
        "registros",
        "pagos",
        "mensajes_crm",
        "auditoria",
        "claves_idempotencia",
    )
    return [
        api.filas(f"SELECT count(*) FROM {t} WHERE empresa_id = :e", e=api.empresa.id)[0][0] for t in tables
    ]


def test_the_whole_answer_is_marked_as_a_replay_only_when_nothing_in_it_is_new(api):
    bodies = [factura(), factura(estado="borrador")]
    assert "idempotent-replayed" not in enviar(api, bodies, clave=CLAVE).headers
    assert enviar(api, bodies, clave=CLAVE).headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in enviar(api, [*bodies, factura()], clave=CLAVE).headers
    assert "idempotent-replayed" not in enviar(api, bodies).headers


def test_what_was_not_issued_the_first_time_is_issued_the_second_in_order(api):
    bodies = [factura(descripcion=f"n.º {n}") for n in range(TANDA + 6)]
    first = lote(api, bodies[:2], clave=CLAVE)
    whole = lote(api, bodies, clave=CLAVE)
    assert suertes(whole) == numeros(1, TANDA + 6)
    assert [r["repetida"] for r in whole] == [True] * 2 + [False] * (TANDA + 4)
    assert [r["factura"] for r in whole[:2]] == [r["factura"] for r in first]


def test_without_a_key_a_lote_sent_again_is_issued_again(api):
    assert suertes(lote(api, [factura()])) == numeros(1, 1)
    assert suertes(lote(api, [factura()])) == numeros(2, 2)


def test_a_key_used_for_another_invoice_is_a_conflict_of_that_one_alone(api):
    bodies = [factura(), factura(estado="borrador"), factura()]
    lote(api, bodies, clave=CLAVE)
    changed = [factura(), factura(estado="borrador", descripcion="otra"), factura(descripcion="otra")]
    resultados = lote(api, [*changed, factura()], clave=CLAVE)
    assert suertes(resultados) == [
        "F-2026-000001",
        "idempotencia_conflicto",
        "idempotencia_conflicto",
        "F-2026-000003",
    ]
    assert resultados[1]["problema"]["errores"][0]["campo"] == "Idempotency-Key"
    assert lote(api, changed[::-1], clave="otra-clave-01")[0]["repetida"] is False


def test_the_same_invoice_is_the_same_however_it_is_written(api):
    lote(api, [factura()], clave=CLAVE)
    turned = dict(reversed(factura().items())) | {"lineas": [dict(reversed(linea().items()))]}
    (resultado,) = lote(api, [turned], clave=CLAVE)
    assert resultado["repetida"] is True


def test_an_invoice_of_a_lote_sent_alone_is_another_request_for_it_goes_elsewhere(api):
    """Sameness is key, method, path and body: the path is another one."""
    lote(api, [factura()], clave=CLAVE)
    assert problema(api.crear(factura(), clave=f"{CLAVE}:0")) == (422, "idempotencia_conflicto")
    assert api.crear(factura(), clave=f"{CLAVE}:1").status_code == 201
    assert suertes(lote(api, [factura(), factura()], clave=CLAVE)) == [
        "F-2026-000001",
        "idempotencia_conflicto",
    ]
    assert api.lista()["total"] == 2


def test_what_was_refused_is_issued_once_it_is_put_right_under_the_same_key(api):
    bodies = [factura(), factura(cliente_cif="B12345675"), factura()]
    lote(api, bodies, clave=CLAVE)
    resultados = lote(api, [factura(), factura(), factura()], clave=CLAVE)
    assert suertes(resultados) == ["F-2026-000001", "F-2026-000003", "F-2026-000002"]
    assert [r["repetida"] for r in resultados] == [True, False, True]


def test_the_longest_key_serves_a_lote_too(api):
    clave = "k" * 128
    first = lote(api, [factura()] * 11, clave=clave)
    assert [r["factura"] for r in lote(api, [factura()] * 11, clave=clave)] == [r["factura"] for r in first]
    assert enviar(api, [factura()], clave="k" * 129).status_code == 422
    assert api.lista()["total"] == 11


def test_each_company_has_keys_of_its_own(api):
    otra = Api(api.servicio.empresa())
    ours, theirs = lote(api, [factura()], clave=CLAVE), lote(otra, [factura()], clave=CLAVE)
    assert ours[0]["factura"]["id"] != theirs[0]["factura"]["id"]
    api.pedir("POST", "/api/series", {"codigo": "NUESTRA"})
    assert suertes(lote(otra, [factura(serie="NUESTRA")])) == ["datos_invalidos"]


def test_after_thirty_days_each_key_answers_its_invoice_as_it_stands(api):
    first = lote(api, [factura(), factura()], clave=CLAVE)
    api.pagar(first[0]["factura"]["id"], "21.00")
    api.reloj.avanzar(days=31)
    with api.servicio.database.unit_of_work() as session:
        forget(session, api.reloj())
    again = lote(api, [factura(), factura()], clave=CLAVE)
    assert [r["factura"] for r in again] == [api.leer(r["factura"]["id"]) for r in first]
    assert [(r["status"], r["repetida"]) for r in again] == [(201, True)] * 2
    assert api.lista()["total"] == 2


def test_numbers_follow_the_order_of_the_lote_within_each_series(api):
    api.pedir("POST", "/api/series", {"codigo": "T"})
    bodies = [factura(serie="FT"[n % 2]) for n in range(2 * TANDA)]
    issued = [r["factura"] for r in lote(api, bodies)]
    for serie in "FT":
        assert [f["numero"][-6:] for f in issued if f["serie"] == serie] == [
            f"{n:06}" for n in range(1, TANDA + 1)
        ]
    assert [f["verifactu"]["huella_anterior"] for f in issued[1:]] == [
        f["verifactu"]["huella"] for f in issued[:-1]
    ]


def test_a_thousand_invoices_are_issued_and_sent_again_are_the_same(api):
    bodies = [factura(descripcion=f"n.º {n}") for n in range(1_000)]
    first = lote(api, bodies, clave=CLAVE)
    assert suertes(first) == numeros(1, 1_000)
    again = lote(api, bodies, clave=CLAVE)
    assert all(r["repetida"] for r in again)
    assert [r["factura"] for r in again] == [r["factura"] for r in first]
    assert api.verificacion() == {"correcta": True, "registros": 1_000, "hallazgos": []}


def test_long_invoices_are_issued_in_order_too(api):
    many = [linea(precio_unitario=1)] * (LINEAS_DE_TANDA - 1)
    resultados = lote(api, [factura(), factura(lineas=many), factura(), factura(lineas=many * 2), factura()])
    assert suertes(resultados) == numeros(1, 5)
    assert [len(r["factura"]["lineas"]) for r in resultados] == [1, 999, 1, 1998, 1]


@pytest.mark.parametrize("estados", ["ee", "eb", "be", "bb", "xeb"])
def test_of_two_with_one_external_reference_the_first_that_is_good_has_it(api, estados):
    kinds = {
        "e": factura(referencia_externa="r"),
        "b": factura(referencia_externa="r", estado="borrador"),
        "x": factura(referencia_externa="r", cliente_cif="B12345675"),
    }
    resultados = [r for r in lote(api, [kinds[each] for each in estados]) if r["status"] != 422]
    first, second = resultados
    assert (first["status"], second["status"]) == (201, 409)
    assert second["problema"]["codigo"] == "referencia_duplicada"
    assert second["problema"]["factura_id"] == first["factura"]["id"]
    assert api.ids(referencia_externa="r") == [first["factura"]["id"]]


def test_drafts_of_a_lote_are_drafts(api):
    draft = lote(api, [factura(estado="borrador")] * 3, clave=CLAVE)[1]["factura"]
    assert (draft["estado"], draft["numero"]) == ("borrador", None)
    assert api.mover(draft["id"], "emitida").json()["numero"] == "F-2026-000001"
    assert lote(api, [factura(estado="borrador")] * 3, clave=CLAVE)[1]["factura"] == draft


def test_every_invoice_of_a_lote_is_audited_with_the_request_that_asked_for_it(api):
    lote(api, [factura(), factura(estado="borrador")], headers={"X-Request-ID": "peticion-0042"})
    rows = api.filas(
        "SELECT accion, peticion FROM auditoria WHERE empresa_id = :e AND recurso LIKE 'fac%'",
        e=api.empresa.id,
    )
    assert sorted(rows) == [
        ("factura.borrador_creado", "peticion-0042"),
        ("factura.emitida", "peticion-0042"),
    ]


@pytest.mark.parametrize(
    ("body", "campo"),
    [
        ({}, "facturas"),
        ({"facturas": []}, "facturas"),
        ({"facturas": [factura()] * 1_001}, "facturas"),
        ({"facturas": None}, "facturas"),
        ({"facturas": {"0": factura()}}, "facturas"),
        ({"facturas": "todas"}, "facturas"),
        ({"facturas": [factura()], "serie": "F"}, "serie"),
        ([factura()], "cuerpo"),
        (None, "cuerpo"),
    ],
)
def test_an_envelope_that_is_wrong_issues_nothing(api, body, campo):
    answer = api.pedir("POST", "/api/facturas/lote", body, clave=CLAVE)
    assert [field for field, _ in faltas(answer)] == [campo]
    assert api.lista()["total"] == 0


@pytest.mark.parametrize(
    "rota",
    [
        b'{"facturas": [%b',
        b'{"facturas": [%b, {"tipo": NaN}]}',
        b'{"facturas": [%b, {"tipo": "F1", "tipo": "F2"}]}',
        b'{"facturas": [%b, {"tipo": "\\u0000"}]}',
        b'{"facturas": [%b, ' + b"[" * 70 + b"]" * 70 + b"]}",
    ],
)
def test_json_that_means_nothing_certain_issues_nothing(api, rota):
    raw = rota % json.dumps(factura()).encode()
    answer = api.servicio.http.post("/api/facturas/lote", content=raw, headers=api.empresa.con_clave | JSON)
    assert answer.status_code == 422
    assert api.lista()["total"] == 0


def relleno(size):
    """A lote of one invoice, and blanks up to `size` bytes."""
    raw = json.dumps({"facturas": [factura()]}).encode()
    return raw + b" " * (size - len(raw))


def test_a_body_has_up_to_16_mib_whether_its_length_is_said_or_not(api):
    def post(content):
        return api.servicio.http.post(
            "/api/facturas/lote", content=content, headers=api.empresa.con_clave | JSON
        )

    assert post(relleno(16 * MIB)).json()["recuento"]["creadas"] == 1
    for content in (relleno(16 * MIB + 1), iter([relleno(16 * MIB), b" "])):
        assert problema(post(content)) == (413, "cuerpo_demasiado_grande")
    assert api.lista()["total"] == 1


def test_only_who_writes_invoices_may_send_a_lote(api):
    body = {"facturas": [factura()]}
    for rol, status in (("lectura", 403), ("comercial", 403), ("facturacion", 200), ("admin", 200)):
        answer = api.servicio.http.post("/api/facturas/lote", json=body, headers=api.empresa.como(rol))
        assert answer.status_code == status
    nobody = api.servicio.http.post("/api/facturas/lote", content=relleno(17 * MIB), headers=JSON)
    assert problema(nobody) == (401, "no_autenticado")
    assert api.lista()["total"] == 2


RAROS = (
    None,
    True,
    0,
    -1,
    "1" * 40,
    "",
    "x" * 20_000,
    [],
    {},
    [None],
    {"lineas": {}},
    "2026-13-45",
    "9" * 400,
)


def test_an_invoice_with_very_many_faults_is_told_so_in_a_few_words(api):
    hostile = factura() | {f"campo_{n}": 1 for n in range(50_000)}
    resultados = lote(api, [factura(), hostile, factura()])
    assert suertes(resultados) == ["F-2026-000001", "datos_invalidos", "F-2026-000002"]
    assert [row["codigo"] for row in resultados[1]["problema"]["errores"]] == ["demasiadas_faltas"]


JSON_CUALQUIERA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text("ab \n€ñ\u202e", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(factura())), inner),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "campo", sorted(factura(estado="emitida", serie="F", referencia_externa="r", tipo="F1"))
)
def test_no_value_in_any_field_harms_the_neighbours(api, campo):
    resultados = lote(api, [factura(), *(factura(**{campo: raro}) for raro in RAROS), factura()])
    issued = [r["factura"]["numero"] for r in resultados if r["factura"]]
    assert issued == numeros(1, len(issued))
    assert (resultados[0]["status"], resultados[-1]["status"]) == (201, 201)
    assert {r["status"] for r in resultados} <= {201, 409, 422}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(intruso=JSON_CUALQUIERA)
def test_whatever_json_stands_between_invoices_they_are_issued(comun, intruso):
    resultados = lote(Api(comun.empresa()), [factura(), intruso, factura()])
    assert [r["status"] for r in resultados] == [201, 422, 201]
    assert [r["factura"]["numero"] for r in resultados[::2]] == numeros(1, 2)


CLASES = {
    "emitida": factura(),
    "borrador": factura(estado="borrador"),
    "mala": factura(cliente_cif="B12345675"),
    "con r": factura(referencia_externa="r"),
    "borrador con r": factura(referencia_externa="r", estado="borrador"),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    clases=st.lists(st.sampled_from(sorted(CLASES)), min_size=1, max_size=12),
    cortes=st.lists(st.integers(1, 12)),
)
def test_however_often_it_was_cut_a_lote_sent_again_is_each_invoice_once(comun, clases, cortes):
    """A cut lote is one of which only the first ones were done."""
    api, bodies = Api(comun.empresa()), [CLASES[clase] for clase in clases]
    for corte in cortes:
        lote(api, bodies[:corte], clave=CLAVE)
    resultados = lote(api, bodies, clave=CLAVE)
    visto = False
    for clase, resultado in zip(clases, resultados, strict=True):
        expected = 422 if clase == "mala" else 409 if clase.endswith(" r") and visto else 201
        assert resultado["status"] == expected
        visto = visto or clase.endswith(" r")
    issued = [r["factura"]["numero"] for r in resultados if r["factura"] and r["factura"]["numero"]]
    assert issued == numeros(1, len(issued))
    done = [r for r in resultados if r["factura"]]
    assert api.lista()["total"] == len(done)
    again = lote(api, bodies, clave=CLAVE)
    assert [r["factura"] for r in again] == [r["factura"] for r in resultados]
    assert all(r["repetida"] for r in again if r["factura"])


def test_parallel_twins_are_one_lote(api):
    bodies = [factura(), factura(estado="borrador"), factura(cliente_cif="B12345675")] * TANDA
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: lote(api, bodies, clave=CLAVE), range(8)))
    for answer in answers:
        assert [r["factura"] for r in answer] == [r["factura"] for r in answers[0]]
    assert sum(not r["repetida"] for answer in answers for r in answer if r["factura"]) == 2 * TANDA
    assert [n for n in suertes(answers[0]) if n.startswith("F")] == numeros(1, TANDA)
    assert api.verificacion() == {"correcta": True, "registros": TANDA, "hallazgos": []}


def test_a_lote_has_few_invoices_in_the_queue_and_leaves_room_to_others(api):
    with ThreadPoolExecutor(4) as pool:
        with escritor_ocupado(api):
            lotes = [pool.submit(lote, api, [factura()] * 3 * TANDA) for _ in range(3)]
            esperar(lambda: en_cola(api) == TANDA)
            alone = pool.submit(api.crear, factura())
            esperar(lambda: en_cola(api) == TANDA + 1)
        assert alone.result(20).json()["numero"] == f"F-2026-{TANDA + 1:06}"
        done = sorted(numero for each in lotes for numero in suertes(each.result(60)))
    assert done == sorted({*numeros(1, 9 * TANDA + 1)} - {f"F-2026-{TANDA + 1:06}"})


def test_when_the_queue_is_full_the_rest_is_told_to_come_back_and_then_issued(api):
    bodies = [factura()] * (TANDA + 2)
    emisor = api.servicio.app.state.emisor
    with ThreadPoolExecutor(1) as pool:
        with escritor_ocupado(api):
            for _ in range(CAPACIDAD - 3):
                emisor.encolar(Nada(api.empresa.id))
            waiting = pool.submit(lote, api, bodies, clave=CLAVE)
            esperar(lambda: en_cola(api) == CAPACIDAD)
        resultados = waiting.result(30)
    assert suertes(resultados) == numeros(1, 3) + ["sobrecarga"] * (TANDA - 1)
    assert {(r["status"], r["reintentar_en"]) for r in resultados[3:]} == {(503, 2)}
    assert {r["reintentar_en"] for r in resultados[:3]} == {None}
    assert suertes(lote(api, bodies, clave=CLAVE)) == numeros(1, TANDA + 2)


def test_tax_data_changed_while_a_lote_waits_are_the_ones_its_invoices_bear(api):
    nif = api.servicio.nif()
    with ThreadPoolExecutor(1) as pool:
        with escritor_ocupado(api) as session:
            waiting = pool.submit(lote, api, [factura()] * 5, clave=CLAVE)
            esperar(lambda: en_cola(api) == 5)
            session.execute(
                text("UPDATE empresas SET nif = :n, version = version + 1 WHERE id = :e"),
                {"n": nif, "e": api.empresa.id},
            )
        resultados = waiting.result(10)
    assert suertes(resultados) == numeros(1, 5)
    assert all(nif in r["factura"]["verifactu"]["qr_url"] for r in resultados)


def test_a_stopped_writer_is_told_once_and_nothing_is_tried_again(api_propia):
    api_propia.servicio.app.state.emisor.stop()
    resultados = lote(api_propia, [factura()] * (TANDA + 1), clave=CLAVE)
    assert suertes(resultados) == ["emision_parada"] * TANDA + ["sobrecarga"]
    assert {r["status"] for r in resultados} == {503}
    assert api_propia.lista()["total"] == 0


def test_a_chain_that_cannot_be_read_stops_its_own_series_only(api):
    api.emitir()
    with api.servicio.database.unit_of_work() as session:
        session.execute(text("UPDATE cabezas SET secuencia = 9 WHERE empresa_id = :e"), {"e": api.empresa.id})
    resultados = lote(api, [factura()] * TANDA + [factura(), factura(estado="borrador")])
    assert suertes(resultados) == ["cadena_ilegible"] * (TANDA + 1) + ["borrador"]
