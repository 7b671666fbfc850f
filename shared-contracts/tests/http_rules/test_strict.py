"""Strict JSON in, before anything else looks at a request."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from contratos import DomainError, InvalidData
from http_rules import request_digest
from http_rules.strict import MAX_BODY, UNREADABLE, JsonInvalido, parse

ANA = (b"x-api-key", b"clave-de-ana")
JSON = (b"content-type", b"application/json")


def cosa(**changes):
    return {"nombre": "Martillo"} | changes


HOSTILE_BODIES: dict[str, tuple[bytes, int, str, list[str]]] = {
    # name: body, status, codigo, the fields at fault
    "not JSON": (b"{nombre: 1}", 422, "json_invalido", ["cuerpo"]),
    "cut short": (b'{"nombre": "a"', 422, "json_invalido", ["cuerpo"]),
    "two values": (b'{"nombre": "a"} {}', 422, "json_invalido", ["cuerpo"]),
    "a comment": (b'{"nombre": "a"} // si', 422, "json_invalido", ["cuerpo"]),
    "single quotes": (b"{'nombre': 'a'}", 422, "json_invalido", ["cuerpo"]),
    "leading zeros": (b'{"nombre": "a", "unidades": 007}', 422, "json_invalido", ["cuerpo"]),
    "a byte order mark": (b'\xef\xbb\xbf{"nombre": "a"}', 422, "json_invalido", ["cuerpo"]),
    "Latin-1": ('{"nombre": "Peña"}'.encode("latin-1"), 422, "json_invalido", ["cuerpo"]),
    "UTF-16": ('{"nombre": "a"}'.encode("utf-16"), 422, "json_invalido", ["cuerpo"]),
    "a surrogate in UTF-8": (b'{"nombre": "\xed\xa0\x80"}', 422, "json_invalido", ["cuerpo"]),
    "a raw NUL": (b'{"nombre": "a\x00"}', 422, "json_invalido", ["cuerpo"]),
    "a raw line break": (b'{"nombre": "a\nb"}', 422, "json_invalido", ["cuerpo"]),
    "an empty body": (b"", 422, "datos_invalidos", ["cuerpo"]),
    "blanks alone": (b" \n\t ", 422, "datos_invalidos", ["cuerpo"]),
    "null": (b"null", 422, "datos_invalidos", ["cuerpo"]),
    "a list": (b"[]", 422, "datos_invalidos", ["cuerpo"]),
    "a text": (b'"nombre"', 422, "datos_invalidos", ["cuerpo"]),
    "a number": (b"1", 422, "datos_invalidos", ["cuerpo"]),
    "an unknown field": (b'{"nombre": "a", "admin": true}', 422, "datos_invalidos", ["admin"]),
    "an unknown field that is null": (b'{"nombre": "a", "admin": null}', 422, "datos_invalidos", ["admin"]),
    "an unknown field deep inside": (
        b'{"nombre": "a", "lineas": [{}, {"iva": 1}]}',
        422,
        "datos_invalidos",
        ["lineas.1.iva"],
    ),
    "a field twice": (b'{"nombre": "a", "nombre": "b"}', 422, "json_invalido", ["cuerpo"]),
    "a field twice, once in disguise": (
        b'{"nombre": "a", "nombr\\u0065": "b"}',
        422,
        "json_invalido",
        ["cuerpo"],
    ),
    "a field twice, deep inside": (
        b'{"nombre": "a", "lineas": [{"precio": 1, "precio": 2}]}',
        422,
        "json_invalido",
        ["cuerpo"],
    ),
    "NaN": (b'{"nombre": "a", "importe": NaN}', 422, "json_invalido", ["cuerpo"]),
    "Infinity": (b'{"nombre": "a", "importe": Infinity}', 422, "json_invalido", ["cuerpo"]),
    "-Infinity": (b'{"nombre": "a", "importe": -Infinity}', 422, "json_invalido", ["cuerpo"]),
    "NaN as text": (b'{"nombre": "a", "importe": "NaN"}', 422, "datos_invalidos", ["importe"]),
    "a 10^30 amount": (b'{"nombre": "a", "importe": 1e30}', 422, "datos_invalidos", ["importe"]),
    "a 10^30 amount in digits": (
        b'{"nombre": "a", "importe": 1' + b"0" * 30 + b"}",
        422,
        "datos_invalidos",
        ["importe"],
    ),
    "a 10^30 amount as text": (
        b'{"nombre": "a", "importe": "1' + b"0" * 30 + b'"}',
        422,
        "datos_invalidos",
        ["importe"],
    ),
    "an exponent without end": (
        b'{"nombre": "a", "importe": 1e9999999999999999999}',
        422,
        "json_invalido",
        ["cuerpo"],
    ),
    "an exponent without end, below": (
        b'{"nombre": "a", "importe": 1e-9999999999999999999}',
        422,
        "json_invalido",
        ["cuerpo"],
    ),
    "nothing, with a huge exponent": (
        b'{"nombre": "a", "importe": 0e999999}',
        422,
        "json_invalido",
        ["cuerpo"],
    ),
    "a 5,000-digit integer": (
        b'{"nombre": "a", "unidades": ' + b"9" * 5000 + b"}",
        422,
        "json_invalido",
        ["cuerpo"],
    ),
    "a 5,000-digit fraction": (
        b'{"nombre": "a", "importe": 0.' + b"9" * 5000 + b"}",
        422,
        "json_invalido",
        ["cuerpo"],
    ),
    "5,000 digits as text": (
        b'{"nombre": "a", "importe": "' + b"9" * 5000 + b'"}',
        422,
        "datos_invalidos",
        ["importe"],
    ),
    "NUL": (b'{"nombre": "a\\u0000b"}', 422, "datos_invalidos", ["nombre"]),
    "NUL in a name": (b'{"nombre": "a", "extra": {"b\\u0000": "c"}}', 422, "datos_invalidos", ["extra.b�"]),
    "backspace": (b'{"nombre": "a\\bb"}', 422, "datos_invalidos", ["nombre"]),
    "form feed": (b'{"nombre": "a\\fb"}', 422, "datos_invalidos", ["nombre"]),
    "escape": (b'{"nombre": "a\\u001bb"}', 422, "datos_invalidos", ["nombre"]),
    "a lone surrogate": (b'{"nombre": "a\\ud83d"}', 422, "datos_invalidos", ["nombre"]),
    "a lone surrogate in an unknown name": (b'{"nombre": "a", "\\udfff": 1}', 422, "datos_invalidos", ["�"]),
    "no character": (b'{"nombre": "a\\uffff"}', 422, "datos_invalidos", ["nombre"]),
    "20,000 open brackets": (b"[" * 20_000, 422, "json_invalido", ["cuerpo"]),
    "20,000 nested brackets": (b"[" * 20_000 + b"]" * 20_000, 422, "json_invalido", ["cuerpo"]),
    "20,000 nested objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, 422, "json_invalido", ["cuerpo"]),
    "65 nested brackets": (b"[" * 65 + b"]" * 65, 422, "json_invalido", ["cuerpo"]),
    "2 MiB": (b'{"nombre": "' + b"a" * 2 * MAX_BODY + b'"}', 413, "cuerpo_demasiado_grande", []),
    "wrong types everywhere": (
        (
            b'{"nombre": 1, "email": [], "importe": true, "unidades": "x", "activa": 1, "estado": 3,'
            b' "fecha": 20261124, "cuando": 1.5, "lineas": {}, "extra": []}'
        ),
        422,
        "datos_invalidos",
        ["nombre", "email", "importe", "unidades", "activa", "estado", "fecha", "cuando", "lineas", "extra"],
    ),
    "amounts that are no amounts": (
        b'{"nombre": "a", "importe": "1e2", "descuento": "1,5", "cantidad": "1_000"}',
        422,
        "datos_invalidos",
        ["importe", "descuento", "cantidad"],
    ),
    "amounts out of range": (
        b'{"nombre": "a", "importe": -0.01, "descuento": 100.01, "cantidad": 1000000000}',
        422,
        "datos_invalidos",
        ["importe", "descuento", "cantidad"],
    ),
    "too many decimals": (
        b'{"nombre": "a", "importe": 0.001, "cantidad": "0.0000001", "lineas": [{"precio": 1e-7}]}',
        422,
        "datos_invalidos",
        ["importe", "cantidad", "lineas.0.precio"],
    ),
    "an invalid NIF and e-mail": (
        b'{"nombre": "a", "nif": "B12345678", "email": "a@b"}',
        422,
        "datos_invalidos",
        ["email", "nif"],
    ),
    "days that are none": (
        b'{"nombre": "a", "fecha": "2026-02-30", "cuando": "2026-02-30T00:00:00Z"}',
        422,
        "datos_invalidos",
        ["fecha", "cuando"],
    ),
    "too many elements": (
        b'{"nombre": "a", "lineas": [{}, {}, {}, {}]}',
        422,
        "datos_invalidos",
        ["lineas"],
    ),
    "names too long and too short": (
        b'{"nombre": "' + b"a" * 121 + b'", "telefono": "1"}',
        422,
        "datos_invalidos",
        ["nombre", "telefono"],
    ),
}


@pytest.mark.parametrize(("body", "status", "codigo", "fields"), HOSTILE_BODIES.values(), ids=HOSTILE_BODIES)
def test_a_hostile_body_is_refused_with_its_field_and_writes_nothing(http, body, status, codigo, fields):
    before = http.get("/api/cosas").json()["total"]
    answer = http.post("/api/cosas", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["codigo"]) == (status, codigo)
    assert answer.headers["content-type"] == "application/problem+json"
    assert sorted(fault["campo"] for fault in answer.json().get("errores", [])) == sorted(fields)
    assert http.get("/api/cosas").json()["total"] == before


@pytest.mark.parametrize("body", [case[0] for case in HOSTILE_BODIES.values()], ids=HOSTILE_BODIES)
def test_without_credentials_a_hostile_body_hears_401_and_nothing_else(http, body):
    answer = http.post(
        "/api/cosas?inventado=1", content=body, headers={"Content-Type": "text/csv", "X-API-Key": "mala"}
    )
    assert (answer.status_code, answer.json()["codigo"]) == (401, "no_autenticado")
    assert "errores" not in answer.json()


def test_who_may_not_write_hears_403_and_nothing_else(http):
    answer = http.post("/api/cosas", content=b"{", headers={"X-API-Key": "clave-de-luz"})
    assert (answer.status_code, answer.json()["codigo"]) == (403, "sin_permiso")
    assert answer.json()["falta"] == ["crm:escribir"]


@pytest.mark.parametrize(
    "nombre", ["😀 Ferretería", "مطرقة", "\u202emartillo", "Ñ" * 120, "  Peña  ", "a\tb"]
)
def test_any_name_that_people_write_is_taken(http, nombre):
    answer = http.post("/api/cosas", json=cosa(nombre=nombre))
    assert (answer.status_code, answer.json()["nombre"]) == (201, nombre.strip())


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", ""],
)
def test_another_content_type_is_415(http, kind):
    answer = http.post("/api/cosas", content=json.dumps(cosa()), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["codigo"]) == (415, "tipo_de_contenido_no_admitido")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON;charset=utf-8", "application/json; a=\xff"]
)
def test_json_by_any_spelling_is_read(raw, kind):
    body = json.dumps(cosa()).encode()
    answer = raw("POST", "/api/cosas", body, headers=[ANA, (b"content-type", kind.encode("latin-1"))])
    assert answer.status == 201


def test_a_body_streamed_beyond_the_limit_is_413_before_it_ends(raw):
    chunks = [b"a" * 65_536] * 100
    answer = raw("POST", "/api/cosas", *chunks, headers=[ANA, JSON])
    assert (answer.status, answer.problem["codigo"]) == (413, "cuerpo_demasiado_grande")
    assert answer.chunks_read == 17


def test_a_body_of_just_the_limit_is_read_however_it_comes(raw):
    body = json.dumps(cosa()).encode()
    body += b" " * (MAX_BODY - len(body))
    chunks = [body[at : at + 10_001] for at in range(0, len(body), 10_001)]
    assert raw("POST", "/api/cosas", *chunks, headers=[ANA, JSON]).status == 201
    assert raw("POST", "/api/cosas", *chunks, b" ", headers=[ANA, JSON]).status == 413


@pytest.mark.parametrize("length", [b"2000000", b"9" * 19, b"9" * 5_000])
def test_a_body_that_says_it_is_too_large_is_not_read_at_all(raw, length):
    answer = raw("POST", "/api/cosas", b"{}", headers=[ANA, JSON, (b"content-length", length)])
    assert (answer.status, answer.chunks_read) == (413, 0)


@pytest.mark.parametrize("length", [b"1", b"0", b"-5", b"x", b"\xb2", b"1e9", b" ", b"\xff"])
def test_a_content_length_that_lies_changes_nothing(raw, length):
    body = json.dumps(cosa()).encode()
    answer = raw("POST", "/api/cosas", body, headers=[ANA, JSON, (b"content-length", length)])
    assert answer.status == 201
    endless = raw(
        "POST", "/api/cosas", *[b"a" * MAX_BODY] * 3, headers=[ANA, JSON, (b"content-length", length)]
    )
    assert (endless.status, endless.chunks_read) == (413, 2)


def test_a_caller_who_leaves_in_the_middle_is_no_error_of_ours(raw):
    answer = raw("POST", "/api/cosas", b'{"nombre"', headers=[ANA, JSON], leaves=True)
    assert (answer.status, answer.problem["codigo"]) == (422, "json_invalido")


def test_a_route_without_credentials_reads_as_strictly(http):
    assert http.post("/api/abierta", json=cosa()).status_code == 200
    assert http.post("/api/abierta", content=b'{"nombre": NaN}').status_code == 415
    assert http.post("/api/abierta?x=1", json=cosa()).json()["codigo"] == "datos_invalidos"


@pytest.mark.parametrize(
    ("query", "codigos"),
    [
        (b"inventado=1", {"inventado": "parametro_desconocido"}),
        (b"inventado", {"inventado": "parametro_desconocido"}),
        (b"&&inventado=&", {"inventado": "parametro_desconocido"}),
        (b"LIMITE=5", {"LIMITE": "parametro_desconocido"}),
        (b"limite=5&limite=5", {"limite": "parametro_repetido"}),
        (b"limite=5&limit%65=6", {"limite": "parametro_repetido"}),
        (b"buscar=a%00b", {"buscar": "caracteres_no_validos"}),
        (b"buscar=%1b", {"buscar": "caracteres_no_validos"}),
        (b"a%00=1", {"a�": "parametro_desconocido"}),
        (b"x=1&y=2&limite=1&limite=2", {"x": "parametro_desconocido", "y": "parametro_desconocido",
         "limite": "parametro_repetido"}),
    ],
)  # fmt: skip
def test_a_query_that_is_not_understood_is_422_with_all_its_faults(raw, query, codigos):
    answer = raw("GET", "/api/cosas", query=query, headers=[ANA])
    assert answer.status == 422
    assert {fault["campo"]: fault["codigo"] for fault in answer.problem["errores"]} == codigos


@pytest.mark.parametrize(
    ("query", "campo"),
    [
        (b"limite=0", "limite"),
        (b"limite=201", "limite"),
        (b"limite=", "limite"),
        (b"limite=1.5", "limite"),
        (b"limite=" + b"9" * 5_000, "limite"),
        (b"limite=%EF%BC%95%00", "limite"),
        (b"orden=precio", "orden"),
        (b"buscar=" + b"a" * 201, "buscar"),
    ],
)
def test_a_parameter_out_of_its_bounds_is_422(raw, query, campo):
    answer = raw("GET", "/api/cosas", query=query, headers=[ANA])
    assert (answer.status, [f["campo"] for f in answer.problem["errores"]]) == (422, [campo])


@pytest.mark.parametrize(
    "query", [b"buscar=\xff", b"buscar=%ff", b"buscar=%ed%a0%80", b"buscar=%", b"buscar=%zz", b""]
)
def test_bytes_that_are_no_text_are_only_a_search_without_finds(raw, query):
    assert raw("GET", "/api/cosas", query=query, headers=[ANA]).status == 200


def test_a_query_without_end_is_414(raw):
    answer = raw("GET", "/api/cosas", query=b"a&" * 50_000, headers=[ANA])
    assert (answer.status, answer.problem["codigo"]) == (414, "direccion_demasiado_larga")
    assert raw("GET", "/api/cosas", query=b"a&" * 50_000).status == 401


# --- the reader itself -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"0.1", "0.1"),
        (b"1e2", "1E+2"),
        (b"1E-2", "0.01"),
        (b"-0.0", "-0.0"),
        (b"0." + b"3" * 60, "0." + "3" * 60),
        (b"9" * 30 + b"." + b"9" * 30, "9" * 30 + "." + "9" * 30),
    ],
)
def test_a_number_with_a_point_is_exactly_what_was_written(text, value):
    read = parse(text)
    assert isinstance(read, Decimal)
    assert str(read) == value


@pytest.mark.parametrize(
    "text", [b"9" * 60, b"-" + b"9" * 60, b"9" * 59 + b".5", b"-0." + b"5" * 60, b"5e59"]
)
def test_60_digits_are_a_number_and_one_more_is_not(text):
    assert Decimal(parse(text)) == Decimal(text.decode())
    with pytest.raises(DomainError, match="más de 60 cifras"):
        parse(text + b"9")


def test_64_levels_are_read_and_65_are_not():
    assert parse(b"[" * 64 + b"]" * 64)
    with pytest.raises(DomainError):
        parse(b"[" * 65 + b"]" * 65)
    assert len(parse(b"[" + b"[]," * 99 + b"[]]")) == 100


readable = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**59), 10**59) | readable,
    lambda inner: st.lists(inner) | st.dictionaries(readable, inner),
    max_leaves=20,
)


@given(values)
def test_any_json_that_means_one_thing_is_read_as_it_is(value):
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_but_never_fail(raw):
    try:
        parse(raw)
    except (JsonInvalido, InvalidData):
        return


@given(st.text(st.sampled_from('{}[]",:\\u0019e-+.dtrfnulsaNI "\ud800'), max_size=60))
def test_any_text_that_resembles_json_is_read_or_refused(text):
    try:
        value = parse(text.encode(errors="replace"))
    except DomainError:
        return
    assert not UNREADABLE.search(json.dumps(value, ensure_ascii=False, default=str))


# --- what makes two requests the same ----------------------------------------------------------------------


def digest(body, *, method="POST", path="/api/cosas", query=b"", headers=()):
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": list(headers)}
    request = Request(scope)
    request.state.body = parse(body) if body else None
    return request_digest(request)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a": 1, "b": 2}', b'{"b":2,"a":1}'),
        (b'{"a": 1}', b' {\n"a" :\t1.0 } '),
        (b'{"a": 1}', b'{"a": 1e0}'),
        (b'{"a": 100}', b'{"a": 1E2}'),
        (b'{"a": 0}', b'{"a": -0.00}'),
        (b'{"a": 1.5}', b'{"a": 15e-1}'),
        (b'{"a": 1.5}', b'{"a": 1.500}'),
        (b'{"a": "\xc3\xb1"}', b'{"\\u0061": "\\u00f1"}'),
        (b'{"a": {"c": [1, {"e": 1, "d": 2}], "b": null}}', b'{"a":{"b":null,"c":[1.0,{"d":2,"e":1}]}}'),
        (b"", b"null"),
    ],
)
def test_the_same_json_written_otherwise_is_the_same_request(one, other):
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a": 1}', b'{"a": "1"}'),
        (b'{"a": 1.5}', b'{"a": "1.5"}'),
        (b'{"a": 1.5}', b'{"a": "#1.5"}'),
        (b'{"a": 1.5}', b'{"a": {"0": "1.5"}}'),
        (b'{"a": 1.5}', b'{"a": {"": "1.5"}}'),
        (b'{"a": 1}', b'{"a": true}'),
        (b'{"a": 0}', b'{"a": null}'),
        (b'{"a": null}', b"{}"),
        (b'{"a": [1, 2]}', b'{"a": [2, 1]}'),
        (b'{"a": 0.1234567890123456789012345678901}', b'{"a": 0.1234567890123456789012345678902}'),
        (b'{"a": "\xc3\xb1"}', b'{"a": "n\xcc\x83"}'),
    ],
)
def test_json_that_says_something_else_is_another_request(one, other):
    assert digest(one) != digest(other)


def test_method_path_and_query_are_part_of_the_request():
    same = {"method": "POST", "path": "/api/cosas", "query": b"a=1&b=2"}
    one = digest(b"{}", **same)
    assert one == digest(b"{}", **same | {"query": b"b=2&a=1"})
    for change in ({"method": "PUT"}, {"path": "/api/cosas/1"}, {"query": b""}, {"query": b"a=2&b=1"}):
        assert one != digest(b"{}", **same | change)


def test_headers_are_no_part_of_the_request():
    assert digest(b"{}") == digest(b"{}", headers=[(b"host", b"x"), (b"x-request-id", b"y")])


@given(values)
def test_any_value_has_one_digest_however_its_fields_are_ordered(value):
    def turned(inner):
        if isinstance(inner, dict):
            return {name: turned(inner[name]) for name in reversed(inner)}
        return [turned(item) for item in inner] if isinstance(inner, list) else inner

    assert digest(json.dumps(value).encode()) == digest(json.dumps(turned(value), indent=1).encode())


@pytest.mark.parametrize(
    "character",
    [*map(chr, (*range(9), 0xB, 0xC, *range(0xE, 0x20), 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xFFFE, 0xFFFF))],
)
def test_an_unreadable_character_is_refused_however_it_is_escaped(character):
    escapes = [json.dumps(character)[1:-1], f"\\u{ord(character):04x}", f"\\u{ord(character):04X}"]
    for escape in dict.fromkeys(escapes):
        with pytest.raises(InvalidData):
            parse(b'{"a": ["x%by"]}' % escape.encode())


def test_an_escape_of_a_readable_character_is_read():
    text = 'Revisión\t\n\r"\\ 😀 \\u0000'
    assert parse(json.dumps({"a": text}).encode()) == {"a": text}
