"""The CRM's lists asked nonsense, and its uploads sent hostile files: a clear answer, always.

`HOSTIL_PETICIONES`: how many nonsensical questions (400) each list gets its share of. `HOSTIL_SEED`: others.
"""

import email.message
import io
import json
import os
import random
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from crm_alone import crm_alone, on_each_database
from hostility import FRAGMENTS, QUERIES

HOW_MANY, SEED = int(os.environ.get("HOSTIL_PETICIONES", "400")), int(os.environ.get("HOSTIL_SEED", "1"))
FIELDS = {"type", "title", "status", "detail", "instance", "codigo"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "xl/worksheets/sheet1.xml"
MEBIBYTE = 2**20
BODY_TYPES = {"text/csv", XLSX, "message/rfc822", "application/octet-stream"}

pytestmark = on_each_database


@pytest.fixture
def crm(kind, tmp_path):
    """A CRM of this test's own."""
    with crm_alone(kind, tmp_path) as made:
        yield made


def document(crm):
    """What the CRM says of itself."""
    return crm.company().api.http.get(f"{crm.process.url}/openapi.json").json()


def refusal(answer):
    """What is wrong with an answer, if anything is."""
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.status_code < 400:
        return None
    if answer.headers["content-type"] != "application/problem+json":
        return "a refusal that is no problem"
    problem = answer.json()
    if not problem.keys() >= FIELDS or not problem["detail"]:
        return "a problem that lacks something"
    if answer.status_code == 422 and not all(row["mensaje"] for row in problem["errores"]):
        return "a 422 that does not say what"
    return None


def some_of_everything(api):
    """One id of each kind, in a company where every list has several pages of one row."""
    ids = {}
    for n in range(3):
        client = api.post("clientes", nombre_completo=f"Talleres {n}", etiquetas=["vip"], estado="activo")[
            "id"
        ]
        where = f"clientes/{client}"
        ids |= {"cliente_id": client}
        ids["contacto_id"] = api.post(f"{where}/contactos", nombre=f"Marta {n}")["id"]
        deal = api.post(f"{where}/oportunidades", titulo=f"Proyecto {n}", valor="10.00")
        ids |= {"oportunidad_id": deal["id"], "etapa_id": deal["etapa"]["id"], "embudo_id": deal["embudo_id"]}
        when = datetime.now(UTC).isoformat()
        known = {
            "titulo": f"Llamar {n}",
            "fecha": when,
            "vence": when,
            "subtipo": f"Propio {n}",
            "recordatorio": when,
        }
        ids["actividad_id"] = api.post(f"{where}/actividades", tipo="llamada", **known)["id"]
        api.post(f"{where}/notas", texto="Cierra en agosto")
        ids["motivo_id"] = api.post("motivos", nombre=f"Precio {n}", estado="perdida")["id"]
        ids["campo_id"] = api.post("campos", entidad="cliente", nombre=f"Sector {n}", tipo="texto")["id"]
        ids["webhook_id"] = api.post("webhooks", url=f"https://avisos.example/{n}")["id"]
        file = {"content": b"hola", "params": {"nombre": f"hola{n}.txt"}}
        ids["adjunto_id"] = api.http.post(f"{where}/adjuntos", **file).json()["id"]
        ids["importacion_id"] = api.upload(f"nombre\nImportada {n}\n".encode())["id"]
    one, other, third = (row["id"] for row in api.rows("clientes"))
    ids["descarte_id"] = api.post("duplicados/descartes", cliente_id=one, otro_id=third)["id"]
    ids["fusion_id"] = api.post(f"clientes/{third}/fusion", cliente_id=other)["id"]
    return ids | {"cliente_id": third}


class Nonsense:
    """Makes up, by chance from a seed, what to ask a list beside what its parameters are for."""

    def __init__(self, operation, cursors, ids, chance):
        self._parameters = [each for each in operation["parameters"] if each["in"] == "query"]
        self._cursors, self._ids, self._chance = cursors, ids, chance

    def params(self):
        """Some of its parameters, each good, spoilt, or nonsense."""
        some = self._chance.sample(self._parameters, min(len(self._parameters), self._chance.randrange(1, 4)))
        needed = [each for each in self._parameters if each.get("required") and each not in some]
        asked = [(each["name"], self._value(each)) for each in (*some, *needed)]
        if self._chance.random() < 0.1:
            asked += self._chance.choice([asked, [("inventado", "1")], [("", "")]])
        return asked

    def _value(self, parameter):
        chance, name = self._chance, parameter["name"]
        if name == "cursor" and self._cursors and chance.random() < 0.7:
            return self._spoilt(chance.choice(self._cursors))
        if chance.random() < 0.3:
            return chance.choice(self._good(parameter["schema"]))
        return chance.choice([*QUERIES, *(text.strip('"') for text in FRAGMENTS if len(text) < 3000)])

    def _good(self, schema):
        """Values that a parameter takes, or may take for another one's."""
        for option in schema.get("anyOf", [schema]):
            if "enum" in option:
                return option["enum"]
        return [
            *self._ids.values(),
            "2026-11-24",
            "1",
            "200",
            "true",
            "activo",
            "perdida",
            "llamada",
            "Lucía",
        ]

    def _spoilt(self, cursor):
        if self._chance.random() < 0.4:
            return cursor
        at = self._chance.randrange(len(cursor))
        letter = self._chance.choice("AZaz09-_=%é")
        return self._chance.choice(
            [cursor[:at], cursor[:at] + letter + cursor[at + 1 :], cursor * 2, cursor[::-1]]
        )


def test_no_filter_and_no_cursor_of_any_list_breaks_it(crm):
    api, paths = crm.company().api, document(crm)["paths"]
    ids, chance = some_of_everything(api), random.Random(SEED)
    lists = {
        path.removeprefix("/api/crm/").format(**ids): operations["get"]
        for path, operations in paths.items()
        if path.startswith("/api/crm/")
        and any(each["in"] == "query" for each in operations.get("get", {}).get("parameters", ()))
    }
    assert len(lists) > 30
    cursors = []
    for path in lists:
        page = api.http.get(path, params={"limite": 1})
        if page.is_success and page.headers["content-type"] == "application/json":
            cursors += filter(None, [page.json().get("siguiente")])
    assert len(cursors) > 10
    wrong, statuses = [], set()
    for path, operation in lists.items():
        nonsense = Nonsense(operation, cursors, ids, chance)
        for _ in range(max(4, 2 * HOW_MANY // len(lists))):
            params = nonsense.params()
            answer = api.http.get(
                path, params=[(name, value.encode("utf-8", "replace").decode()) for name, value in params]
            )
            statuses.add(answer.status_code)
            if found := refusal(answer):
                wrong.append((found, path, params, answer.text[:300]))
    assert wrong == []
    assert statuses >= {200, 422}


def book(sheets=1, fill=None):
    """A workbook."""
    made = openpyxl.Workbook()
    for _ in range(sheets - 1):
        made.create_sheet()
    made.active.append(["nombre", "email"])
    made.active.append(["Ana", "ana@x.example"])
    if fill:
        fill(made.active)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def with_part(content, name, part):
    """The workbook with another part in the place of one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
        if name not in old.namelist():
            new.writestr(name, part)
    return out.getvalue()


def mail(**headers):
    """A message of this form."""
    message = email.message.EmailMessage()
    for name, value in {"From": "a@x.example", "To": "b@x.example", "Subject": "Hola"}.items():
        message[name] = value
    message.set_content("Hola")
    return message.as_bytes() + b"".join(f"{n}: {v}\r\n".encode() for n, v in headers.items())


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
)
LOOP = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
FILES = {
    "nothing": b"",
    "zeros": bytes(4096),
    "noise": random.Random(1).randbytes(65_536),
    "a zip of zeros": with_part(book(), SHEET, bytes(60 * MEBIBYTE)),
    "a zip of rows": with_part(book(), SHEET, b"<worksheet><sheetData>" + b"<row><c/></row>" * 2_000_000),
    "a zip cut short": book()[:-200],
    "a zip that climbs": with_part(book(), "../../../../etc/passwd", b"x"),
    "entities": with_part(book(), "xl/sharedStrings.xml", ENTITIES),
    "a sheet of entities": with_part(book(), SHEET, ENTITIES),
    "ten thousand columns in a book": book(fill=lambda sheet: sheet.append([f"c{n}" for n in range(10_000)])),
    "formulas": b"nombre;email\n=cmd|'/c calc'!A1;a@x.example\n@SUM(1);b@x.example\n",
    "ten thousand columns": ";".join(f"c{n}" for n in range(10_000)).encode() + b"\n" + b";" * 9999 + b"\n",
    "one line without end": b"nombre\n" + b"x" * 3 * MEBIBYTE,
    "one cell without end": b'nombre\n"' + b"x\n" * 300_000,
    "nothing but separators": b";" * 100_000 + b"\n" * 100_000,
    "the wrong encoding": "nombre;email\nÑandú;ñ@x.example\n".encode("utf-16-be") + b"\xff",
    "every byte": b"nombre\n" + bytes(range(256)) + b"\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "a page": b"<html><script>alert(1)</script></html>",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a message in a message": LOOP * 2000,
    "a message of headers": mail(**{f"X-{n}": "x" * 50 for n in range(20_000)}),
    "a message without headers": b"\r\n\r\n" * 5000,
    "a broken charset": b"Subject: =?x-nada?q?=ff=fe?=\r\nFrom: \xff\xfe\r\n\r\n\x00\xff",
    "a date of nobody": mail().replace(b"Subject", b"Date: Mon, 99 Zzz 99999 99:99:99 +9999\r\nSubject"),
    "ten thousand recipients": mail().replace(
        b"b@x.example", b", ".join(b"x%d@x.example" % n for n in range(10_000))
    ),
}
TYPES = (
    "",
    "text/csv",
    XLSX,
    "message/rfc822",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "text/html",
)


def test_no_file_breaks_any_route_that_takes_files(crm):
    """Each hostile file to each upload, under every type; what is refused leaves no row."""
    api, paths = crm.company().api, document(crm)["paths"]
    client = api.post("clientes", nombre_completo="Talleres Ruiz")["id"]
    uploads = [
        path.removeprefix("/api/crm/").format(cliente_id=client)
        for path, operations in paths.items()
        if BODY_TYPES & operations.get("post", {}).get("requestBody", {}).get("content", {}).keys()
    ]
    assert len(uploads) == 3
    chance, wrong, statuses = random.Random(SEED), [], set()
    for path in uploads:
        content_types = paths[f"/api/crm/{path.replace(client, '{cliente_id}')}"]["post"]["requestBody"][
            "content"
        ]
        for name, content in FILES.items():
            for kind in (*content_types, chance.choice(TYPES)):
                answer = api.http.post(path, content=content, headers={"Content-Type": kind})
                statuses.add(answer.status_code)
                if found := refusal(answer):
                    wrong.append((found, path, name, kind, answer.text[:300]))
    assert wrong == []
    assert statuses >= {201, 415, 422}
    assert api.get("resumen")["total_clientes"] == 1
    for kept in api.rows(f"clientes/{client}/adjuntos"):
        shown = api.http.get(f"adjuntos/{kept['id']}/contenido")
        assert shown.headers["content-disposition"].startswith("attachment")
        assert shown.headers["x-content-type-options"] == "nosniff"


MANY_ROWS = 1_000
"""A table of more is tried in the long form alone: each row costs a few milliseconds, twice."""


def test_every_table_that_was_taken_can_be_tried_and_imported_without_a_fault(crm):
    """What was not refused at once is read whole later: that ends, with a report of each row."""
    api, done = crm.company().api, 0
    for name, content in FILES.items():
        if content.count(b"\n") > MANY_ROWS and "HOSTIL_PETICIONES" not in os.environ:
            continue
        for kind in ("text/csv", XLSX):
            answer = api.http.post("importaciones", content=content, headers={"Content-Type": kind})
            if answer.status_code == 201:
                done += _tried_and_imported(api, name, answer.json())
    assert done > 5
    csv = api.http.get("exportaciones/clientes", params={"formato": "csv"})
    cells = [cell.strip('"') for line in csv.text.splitlines()[1:] for cell in line.split(";")]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-", "\t"))]
    assert json.loads(api.http.get(f"{crm.process.url}/health/ready").text)["listo"] is True


def _tried_and_imported(api, name, importacion):
    """Whether the table was imported: its rows are all told of, or why it failed is."""
    path = f"importaciones/{importacion['id']}"
    if not any(column["campo"] == "nombre_completo" for column in importacion["columnas"]):
        first = importacion["columnas"][0]["columna"]
        mapped = api.http.patch(path, json={"mapeo": {first: "nombre_completo"}})
        assert refusal(mapped) is None, (name, mapped.text)
        if not mapped.is_success:
            return False
    for phase in ("ensayo", "ejecucion"):
        ended = api.phase(importacion, phase)
        assert ended["estado"] in {"ensayada", "importada", "fallida"}, (name, ended)
        if ended["estado"] == "fallida":
            assert ended["motivo"]
            return False
        told = ("creadas", "actualizadas", "sin_cambios", "errores")
        assert ended["procesadas"] == sum(ended[each] for each in told)
    return True
