"""What bad input gets: a 4xx problem with its code, never a 500, and nothing written."""

import copy
import json

import pytest

from smartbilling.db import metadata

from ..facturacion import Api, factura
from .rutas import rutas

MIB = 1024 * 1024
JSON = "application/json"
CRUDOS = {
    "empty": (b"", JSON, 422, None),
    "blank": (b"   \n", JSON, 422, None),
    "cut short": (b'{"lineas": [', JSON, 422, "json_invalido"),
    "not JSON": (b"nombre=Ana&nif=1", JSON, 422, "json_invalido"),
    "no UTF-8": (b'{"nombre": "\xff\xfe"}', JSON, 422, "json_invalido"),
    "UTF-16": ('{"nombre": "x"}'.encode("utf-16"), JSON, 422, "json_invalido"),
    "NaN": (b'{"nombre": NaN}', JSON, 422, "json_invalido"),
    "Infinity": (b'{"nombre": -Infinity}', JSON, 422, "json_invalido"),
    "a field twice": (b'{"nombre": "a", "nombre": "b"}', JSON, 422, "json_invalido"),
    "a field twice, deep": (b'{"lineas": [{"a": 1, "a": 1}]}', JSON, 422, "json_invalido"),
    "an unknown field": (b'{"campo_inventado": 1}', JSON, 422, "datos_invalidos"),
    "a list": (b"[]", JSON, 422, "datos_invalidos"),
    "a text": (b'"hola"', JSON, 422, "datos_invalidos"),
    "a number": (b"7", JSON, 422, "datos_invalidos"),
    "true": (b"true", JSON, 422, "datos_invalidos"),
    "NUL": (b'{"nombre": "a\\u0000b"}', JSON, 422, "datos_invalidos"),
    "NUL, raw": (b'{"nombre": "a\x00b"}', JSON, 422, None),
    "a lone surrogate": (b'{"nombre": "\\ud800"}', JSON, 422, "datos_invalidos"),
    "a lone surrogate in a name": (b'{"\\udfff": 1}', JSON, 422, "datos_invalidos"),
    "an integer of 5,000 digits": (b'{"nombre": ' + b"9" * 5_000 + b"}", JSON, 422, "json_invalido"),
    "an exponent without end": (b'{"nombre": 1e999999999}', JSON, 422, "json_invalido"),
    "20,000 brackets": (b"[" * 20_000 + b"]" * 20_000, JSON, 422, "json_invalido"),
    "20,000 braces": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, JSON, 422, "json_invalido"),
    "2 MiB": (b'{"nombre": "' + b"x" * 2 * MIB + b'"}', JSON, 413, "cuerpo_demasiado_grande"),
    "plain text": (b'{"nombre": "x"}', "text/plain", 415, "tipo_de_contenido_no_admitido"),
    "a form": (b"nombre=x", "application/x-www-form-urlencoded", 415, "tipo_de_contenido_no_admitido"),
    "multipart": (b"--x--", "multipart/form-data; boundary=x", 415, "tipo_de_contenido_no_admitido"),
    "no type": (b'{"nombre": "x"}', "", 415, "tipo_de_contenido_no_admitido"),
}
RAROS = (
    10**30,
    -(10**30),
    "1" * 40,
    "1e5",
    -1,
    0.1,
    True,
    "",
    "   ",
    "\u202ecif\u202c\U0001f680",
    "x" * 20_000,
    [],
    {},
    [None],
    "2026-13-45",
    "0000-00-00",
)
IDS = {
    "factura_id": "fac_" + "0" * 32,
    "pago_id": "pag_" + "0" * 32,
    "empresa_id": "emp_" + "0" * 32,
    "usuario_id": "usr_" + "0" * 32,
    "clave_id": "cla_" + "0" * 32,
    "cliente_id": "cli_" + "0" * 32,
    "registro_id": "reg_" + "0" * 32,
    "alarma_id": "ala_" + "0" * 32,
    "codigo": "F",
}


@pytest.fixture
def plataforma(comun):
    """A company whose key can do everything, so that only the bodies are at fault."""
    return Api(comun.empresa(plataforma=True))


def con_cuerpo(api):
    doc = api.servicio.http.get("/openapi.json").json()
    return [ruta for ruta in rutas(doc) if ruta.esquema]


def ids(api):
    """Ids of the company's own, so that bodies are looked at to the end."""
    hecha = api.emitir()["id"]
    return IDS | {
        "factura_id": hecha,
        "pago_id": api.pagar(hecha, "1.00").json()["id"],
        "empresa_id": api.empresa.id,
    }


def filas(api):
    """How many rows each table has, save those that every login and look leave."""
    names = [
        table.name for table in metadata.sorted_tables if not table.name.startswith(("sesiones", "familias"))
    ]
    return {name: api.filas(f"SELECT count(*) FROM {name}")[0][0] for name in names}


@pytest.mark.parametrize("caso", CRUDOS)
def test_no_body_like_this_is_taken_by_any_route(plataforma, caso):
    raw, kind, status, codigo = CRUDOS[caso]
    own = ids(plataforma)
    before = filas(plataforma)
    headers = plataforma.empresa.con_clave | ({"Content-Type": kind} if kind else {})
    for ruta in con_cuerpo(plataforma):
        if not raw.strip() and not ruta.pide_cuerpo:
            continue
        if status == 413 and ruta.camino == "/api/facturas/lote":
            continue  # it takes more: its own tests say how much
        answer = plataforma.servicio.http.request(ruta.metodo, ruta.con(own), content=raw, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json", ruta
        problem = answer.json()
        assert (answer.status_code, problem["status"]) == (status, status), (ruta, answer.text)
        assert codigo is None or problem["codigo"] == codigo, (ruta, answer.text)
        assert problem["title"]
        assert problem["detail"]
        if problem["codigo"] == "datos_invalidos":
            assert all(fault["codigo"] and fault["mensaje"] for fault in problem["errores"]), ruta
    assert filas(plataforma) == before


def hojas(value, path=()):
    """Where every value of a body stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from hojas(inner, (*path, name))
        yield path
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from hojas(inner, (*path, n))
        yield path
    else:
        yield path


def cambiado(body, path, value):
    changed = copy.deepcopy(body)
    here = changed
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return changed


def test_no_value_in_any_field_breaks_any_route(plataforma):
    own = ids(plataforma)
    for ruta in con_cuerpo(plataforma):
        if ruta.camino.startswith("/api/auth"):
            continue
        for path in hojas(ruta.ejemplo):
            if not path:
                continue
            for value in RAROS:
                body = cambiado(ruta.ejemplo, path, value)
                answer = plataforma.pedir(ruta.metodo, ruta.con(own), body)
                assert answer.status_code < 500, (ruta, path, value, answer.text)
                if answer.status_code == 422:
                    assert answer.json()["errores"], (ruta, path, value, answer.text)


def test_null_in_a_required_field_is_refused_and_in_an_optional_one_is_leaving_it_out(api):
    body = {"tipo": None, "cliente_id": None, "retencion_irpf": None, "estado": "borrador", "lineas": None}
    assert api.crear(body).status_code == 201
    for name in ("descripcion", "cantidad", "precio_unitario"):
        line = {"descripcion": "x", "cantidad": 1, "precio_unitario": 1, "descuento": None} | {name: None}
        answer = api.crear(factura(lineas=[line]))
        assert [fault["campo"] for fault in answer.json()["errores"]] == [f"lineas.0.{name}"]


CAMPOS = {
    "cliente_nombre": ["", "x" * 121, 7, "a\nb"],
    "cliente_email": ["no-es-correo", "@", "a@b", "x" * 300 + "@a.example", 1],
    "cliente_cif": ["B12345675", "X", "00000000A", "ES", 12345678, "Ｂ12345674"],
    "cliente_id": ["cli_", "emp_" + "0" * 32, "cli_" + "G" * 32, "cli_" + "0" * 31],
    "cliente_id_otro": [
        {},
        {"tipo": "01", "id": "x"},
        {"tipo": "02", "id": ""},
        {"tipo": "03", "id": "x", "pais": "fr"},
    ],
    "serie": ["", "x" * 21],
    "tipo": ["F4", "R6", "f1", 1],
    "fecha_expedicion": ["24-11-2026", "2026-02-30", "2026-11-24T10:00:00", 20261124, "mañana", "9999-99-99"],
    "fecha_operacion": ["x", "1990-01-01"],
    "fecha_vencimiento": ["x", "3000-01-01"],
    "referencia_externa": ["", "x" * 61],
    "descuento_global": [-1, 101, "x", "1.0000001", True],
    "retencion_irpf": [-1, 101, "15%"],
    "redondeo": ["otro"],
    "precios_con_impuestos": ["sí", 1, "true"],
    "destinatarios": [{}, [{}], [{"nombre": ""}], [{"nombre": "x", "cif": "malo"}]],
    "lineas": [{}, [], [1], [[]], "x"],
    "estado": ["pagada", "anulada", ""],
}
DE_LINEA = {
    "descripcion": ["", "   ", "x" * 501, 1],
    "cantidad": [0, "0.0000001", 10**9, "1,5", "1e3", "", True, "NaN", "-0"],
    "precio_unitario": [-1, "0.0000001", 10**9, "diez", "-0.01"],
    "descuento": [-1, 100.01],
    "tipo_iva": [20, "21%", -21, 101],
    "recargo_equivalencia": ["5.3", -1],
    "irpf": [-1, 101],
    "suplido": ["no", 0],
    "impuesto": ["04", "1", 1],
    "clave_regimen": ["1", "99", "ab"],
    "calificacion": ["S3", "s1"],
    "exencion": ["E7", "E9"],
}


@pytest.mark.parametrize(
    ("campo", "valor"), [(campo, valor) for campo, valores in CAMPOS.items() for valor in valores]
)
def test_an_invoice_with_a_bad_field_is_refused_by_its_name(api, campo, valor):
    _rechazada(api, campo, {campo: valor})


@pytest.mark.parametrize(
    ("campo", "valor"), [(campo, valor) for campo, valores in DE_LINEA.items() for valor in valores]
)
def test_an_invoice_with_a_bad_line_is_refused_by_its_place_and_name(api, campo, valor):
    line = {"descripcion": "x", "cantidad": 1, "precio_unitario": 1} | {campo: valor}
    _rechazada(api, f"lineas.0.{campo}", {"lineas": [line]})


def _rechazada(api, campo, cambios):
    body = {
        "cliente_nombre": "Ana",
        "cliente_cif": "B12345674",
        "lineas": [{"descripcion": "x", "cantidad": 1, "precio_unitario": 1}],
    }
    answer = api.crear(body | cambios)
    assert answer.status_code == 422, answer.text
    fields = [fault["campo"] for fault in answer.json()["errores"]]
    assert any(field == campo or field.startswith(f"{campo}.") for field in fields), answer.text
    assert api.lista()["total"] == 0


def test_a_body_of_a_mebibyte_is_read(api):
    body = json.dumps({"estado": "borrador", "descripcion": "x"}).encode()
    headers = api.empresa.con_clave | {"Content-Type": JSON}
    padded = body + b" " * (MIB - len(body))
    assert api.servicio.http.post("/api/facturas", content=padded, headers=headers).status_code == 201
    too_much = api.servicio.http.post("/api/facturas", content=padded + b" ", headers=headers)
    assert too_much.status_code == 413


def test_other_methods_and_addresses_are_problems_too(api):
    for metodo, path, status in (
        ("PATCH", "/api/facturas", 405),
        ("DELETE", "/api/facturas", 405),
        ("GET", "/api/nada", 404),
        ("GET", "/nada", 404),
        ("GET", "/api/facturas/fac_1", 404),
        ("GET", "/api/facturas/%00", 404),
        ("GET", "/api/facturas/..%2f..%2fetc", 404),
    ):
        answer = api.pedir(metodo, path)
        assert (answer.status_code, answer.json()["status"]) == (status, status), path
        assert answer.headers["content-type"] == "application/problem+json"
