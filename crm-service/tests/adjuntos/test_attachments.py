"""Attachments: kept outside the database as they came, and never shown as pages."""

import hashlib
import os
from pathlib import Path

import pytest

from crm.adjuntos import Almacen, barrer

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, no-store",
}


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


@pytest.fixture
def send(api, client_id):
    """Sends a file to the client."""

    def post(content, kind="application/octet-stream", **params):
        path = f"clientes/{client_id}/adjuntos"
        key = params.pop("key", None)
        headers = {"Content-Type": kind} | ({"Idempotency-Key": key} if key else {})
        return api("POST", path, params=params, content=content, headers=headers)

    return post


def files(folder):
    """Every file that the service keeps."""
    return [path for path in Path(folder, "adjuntos").rglob("*") if path.is_file()]


def test_a_file_comes_back_byte_for_byte_to_be_saved(api, client_id, send, reloj):
    answer = send(PDF, "application/pdf", nombre="Contrato año 2026.pdf")
    assert answer.status_code == 201
    shown = answer.json()
    instant = reloj.now.isoformat()
    assert shown == {
        "id": shown["id"],
        "cliente_id": client_id,
        "actividad_id": None,
        "nombre": "Contrato año 2026.pdf",
        "tipo": "application/pdf",
        "tamano": len(PDF),
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "archivado": False,
        "creado": instant,
        "actualizado": instant,
    }
    assert answer.headers["location"] == f"/api/crm/adjuntos/{shown['id']}"
    assert api.get(f"adjuntos/{shown['id']}").json() == shown
    assert api.rows(f"clientes/{client_id}/adjuntos") == [shown]
    content = api.get(f"adjuntos/{shown['id']}/contenido")
    assert (content.content, content.headers["content-type"]) == (PDF, "application/pdf")
    saved_as = "attachment; filename*=utf-8''Contrato%20a%C3%B1o%202026.pdf"
    assert content.headers["content-disposition"] == saved_as
    assert {name: content.headers[name] for name in SAFE} == SAFE


@pytest.mark.parametrize(
    ("content", "nombre", "tipo"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "pagina.html", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "dibujo.svg", "text/plain"),
        ("café;1\n".encode("latin-1"), "lista.csv", "text/plain"),
        (b"\x89PNG\r\n\x1a\n<script>", "foto.html", "image/png"),
        (b"PK\x03\x04" + b"\0" * 30, "datos.zip", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 30, "viejo.doc", "application/x-ole-storage"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "foto.webp", "image/webp"),
    ],
)
def test_a_file_is_what_its_bytes_say_and_no_browser_shows_it_as_a_page(api, send, content, nombre, tipo):
    shown = send(content, "text/html", nombre=nombre).json()
    assert (shown["tipo"], shown["nombre"]) == (tipo, nombre)
    answer = api.get(f"adjuntos/{shown['id']}/contenido")
    assert answer.content == content
    assert answer.headers["content-type"].split(";")[0] == tipo
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert {name: answer.headers[name] for name in SAFE} == SAFE


def test_an_office_document_is_named_by_its_extension(send):
    sheet = send(b"PK\x03\x04" + b"\0" * 30, nombre="precios.XLSX").json()
    assert sheet["tipo"].endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("content", "nombre", "status", "codigo"),
    [
        (b"", "vacio.pdf", 422, "adjunto_no_admitido"),
        (b"MZ\x90\0" + b"\0" * 60, "factura.pdf", 422, "adjunto_no_admitido"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "a", 422, "adjunto_no_admitido"),
        (b"#!/bin/sh\nrm -rf /\n", "texto.txt", 422, "adjunto_no_admitido"),
        (b"echo hola", "factura.pdf.BAT", 422, "adjunto_no_admitido"),
        (b"echo hola", "factura.vbs. ", 422, "adjunto_no_admitido"),
        (b"a\0b", "texto.txt", 422, "adjunto_no_admitido"),
        (b"%PDF-" + b"0" * (25 * 2**20 - 4), "grande.pdf", 413, "cuerpo_demasiado_grande"),
    ],
)
def test_what_is_not_kept_is_refused_and_leaves_nothing(send, folder, content, nombre, status, codigo):
    before = files(folder)
    answer = send(content, nombre=nombre)
    assert (answer.status_code, answer.json()["codigo"]) == (status, codigo)
    assert files(folder) == before


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(send, folder):
    before = files(folder)
    sent = 0

    def endless():
        nonlocal sent
        while sent < 200:
            sent += 1
            yield b"%PDF-" + b"0" * 2**20

    answer = send(endless(), nombre="grande.pdf")
    assert (answer.status_code, answer.json()["codigo"]) == (413, "cuerpo_demasiado_grande")
    assert files(folder) == before


def test_a_form_is_told_to_send_the_file_alone(send):
    answer = send(b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x")
    assert (answer.status_code, answer.json()["codigo"]) == (415, "tipo_de_contenido_no_admitido")
    assert "?nombre=" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\oferta.pdf", "oferta.pdf"),
        ("..", "adjunto.pdf"),
        (None, "adjunto.pdf"),
        ("fac\u202efdp.exe.pdf", "facfdp.exe.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("ñ" * 400 + ".pdf", "ñ" * 196 + ".pdf"),
    ],
)
def test_a_name_is_of_no_folder_and_shows_what_it_is(send, given, kept):
    params = {"nombre": given} if given is not None else {}
    assert send(PDF, **params).json()["nombre"] == kept


def test_a_key_keeps_one_file_however_often_it_is_sent(api, client_id, send, folder):
    before = len(files(folder))
    first, again = (send(PDF, nombre="a.pdf", key="fichero-01") for _ in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = send(PDF + b"x", nombre="a.pdf", key="fichero-01")
    assert (other.status_code, other.json()["codigo"]) == (422, "idempotencia_conflicto")
    assert len(api.rows(f"clientes/{client_id}/adjuntos")) == 1
    assert len(files(folder)) == before + 1


def test_it_is_renamed_archived_and_brought_back_and_its_file_stays(api, client_id, send):
    path = f"adjuntos/{send(PDF, nombre='a.pdf').json()['id']}"
    assert api.patch(path, {"nombre": "b.pdf"}, If_Match='"9"').status_code == 412
    assert api.patch(path, {"nombre": "b.pdf"}).json()["nombre"] == "b.pdf"
    assert api.patch(path, {"nombre": "b.exe"}).status_code == 422
    assert [api.delete(path).status_code for _ in range(2)] == [204, 204]
    assert api.rows(f"clientes/{client_id}/adjuntos") == []
    assert len(api.rows(f"clientes/{client_id}/adjuntos", archivados="true")) == 1
    assert api.get(f"{path}/contenido").content == PDF
    assert api.patch(path, {"archivado": False}).status_code == 200
    kinds = [row["tipo"] for row in api.rows(f"clientes/{client_id}/historial")]
    assert sorted(kinds) == ["adjunto_archivado", "adjunto_guardado", "adjunto_recuperado"]


def test_it_may_go_with_an_activity_of_its_client(api, client_id, send):
    activity = api.actividad(client_id)["id"]
    with_it = send(PDF, nombre="a.pdf", actividad_id=activity).json()
    send(PDF, nombre="b.pdf")
    assert api.rows(f"clientes/{client_id}/adjuntos", actividad_id=activity) == [with_it]
    foreign = api.actividad(api.cliente(nombre_completo="Otro")["id"])["id"]
    assert send(PDF, actividad_id=foreign).status_code == 422
    assert send(PDF, actividad_id="act_" + "0" * 32).status_code == 404


def test_a_reader_and_a_stranger_send_nothing(api, client_id, folder, service):
    before = files(folder)
    strange = api.client.post(f"/api/crm/clientes/{client_id}/adjuntos", content=PDF)
    assert strange.status_code == 401
    other = service.company()
    kind = {"Content-Type": "application/pdf"}
    assert other("POST", f"clientes/{client_id}/adjuntos", content=PDF, headers=kind).status_code == 404
    assert files(folder) == before


def test_a_row_whose_file_was_lost_says_so(api, send, folder):
    adjunto = send(PDF, nombre="a.pdf").json()
    (file,) = (path for path in files(folder) if path.name == adjunto["id"])
    file.unlink()
    answer = api.get(f"adjuntos/{adjunto['id']}/contenido")
    assert (answer.status_code, answer.json()["codigo"]) == (410, "contenido_perdido")
    assert api.get(f"adjuntos/{adjunto['id']}").status_code == 200


def test_a_sweep_deletes_old_files_without_a_row_and_nothing_else(api, send, folder, service, reloj):
    kept = [send(PDF, nombre="a.pdf").json()["id"] for _ in range(2)]
    (place,) = (path for path in files(folder) if path.name == kept[0])
    old, young = (place.with_name(f"adj_{letter * 32}") for letter in "ab")
    unfinished = Path(folder, "adjuntos", "entrada", "tmp_viejo")
    for path in (old, young, unfinished):
        path.write_bytes(PDF)
    week_ago = reloj.now.timestamp() - 8 * 24 * 3600
    for path in (*files(folder), unfinished):
        os.utime(path, (week_ago, week_ago))
    os.utime(young, (reloj.now.timestamp(), reloj.now.timestamp()))
    assert barrer(service.database, Almacen(Path(folder, "adjuntos")), reloj.now) == 2
    assert {path.name for path in (old, young, unfinished) if path.exists()} == {young.name}
    assert all(api.get(f"adjuntos/{each}/contenido").content == PDF for each in kept)


def test_without_room_or_permission_nothing_is_kept_and_the_refusal_says_so(
    api, client_id, service, tmp_path
):
    state = service.client.app.state
    blocked = tmp_path / "fichero"
    blocked.write_bytes(b"")
    before, state.incoming_files = state.incoming_files, blocked / "entrada"
    try:
        answer = api("POST", f"clientes/{client_id}/adjuntos", content=PDF)
    finally:
        state.incoming_files = before
    assert (answer.status_code, answer.json()["codigo"]) == (503, "almacen_no_disponible")
    assert api.rows(f"clientes/{client_id}/adjuntos") == []
