"""Routes whose body is a file: it goes to disk as it comes, and nothing stays that is not kept."""

import hashlib
from typing import Annotated

import pytest
from fastapi import Depends, Request
from fastapi.testclient import TestClient

from http_rules import Received, file_router, received, request_digest
from http_rules.files import HEAD

from ..cosas import Escribe, crear_app, crear_tablas

ANA = {"X-API-Key": "clave-de-ana"}
LIMIT = 3 * 2**20


async def _fichero(request: Request, _quien: Escribe) -> Received:
    return received(request)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "entrada"


@pytest.fixture
def http(opened, sqlite, reloj, folder):
    """The small service, with a route that tells of a file, and keeps it if asked."""
    router = file_router(
        "/api/ficheros",
        "Cosas",
        LIMIT,
        admits=lambda kind: kind in {"", "image/png"},
        instead="Envía un PNG.",
    )

    @router.post("")
    def contar(
        request: Request,
        fichero: Annotated[Received, Depends(_fichero)],
        guardar: bool = False,  # noqa: FBT001, FBT002
    ) -> dict[str, str | int]:
        """Cuenta sus bytes."""
        if guardar:
            fichero.path.rename(folder / "guardado")
        return {
            "size": fichero.size,
            "sha256": fichero.sha256,
            "head": len(fichero.head),
            "same": fichero.path.parent == folder,
            "digest": request_digest(request).hex(),
        }

    database = opened(sqlite)
    crear_tablas(database)
    app = crear_app(database, reloj)
    app.include_router(router)
    app.state.incoming_files = folder
    with TestClient(app) as client:
        yield client


def send(http, content, headers=ANA, **params):
    return http.post("/api/ficheros", content=content, headers=headers, params=params)


@pytest.mark.parametrize("size", [0, 1, HEAD, HEAD + 1, 2**20, LIMIT])
def test_a_file_that_fits_is_told_and_gone_once_the_answer_is_out(http, folder, size):
    content = b"x" * size
    answer = send(http, content).json()
    assert (answer["size"], answer["head"], answer["same"]) == (size, min(size, HEAD), True)
    assert answer["sha256"] == hashlib.sha256(content).hexdigest()
    assert list(folder.iterdir()) == []


def test_one_that_was_moved_stays(http, folder):
    assert send(http, b"hola", guardar="true").status_code == 200
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("guardado", b"hola")]


def test_what_makes_two_requests_the_same_is_the_whole_file(http):
    digests = [
        send(http, content).json()["digest"] for content in (b"a" * 5000, b"a" * 5000, b"a" * 4999 + b"b")
    ]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("content", "headers", "status", "codigo"),
    [
        (b"x" * (LIMIT + 1), ANA, 413, "cuerpo_demasiado_grande"),
        (iter([b"x" * 2**20] * 4), ANA, 413, "cuerpo_demasiado_grande"),
        (b"x", ANA | {"Content-Type": "text/html"}, 415, "tipo_de_contenido_no_admitido"),
        (b"x", {}, 401, "no_autenticado"),
        (b"x", {"X-API-Key": "inventada"}, 401, "no_autenticado"),
    ],
)
def test_what_is_not_taken_leaves_nothing(http, folder, content, headers, status, codigo):
    answer = send(http, content, headers)
    assert (answer.status_code, answer.json()["codigo"]) == (status, codigo)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_503_that_says_so(http, folder):
    folder.write_bytes(b"")
    answer = send(http, b"hola")
    assert (answer.status_code, answer.json()["codigo"]) == (503, "almacen_no_disponible")
