"""Keys with which programs speak for a company."""

import hashlib

from sqlmodel import select

from smartbilling.identidad import ClaveApi


def crear(servicio, empresa, scopes=("facturas:leer",), nombre="Tienda", headers=None):
    body = {"nombre": nombre, "scopes": list(scopes)}
    return servicio.http.post("/api/claves-api", json=body, headers=headers or empresa.con_clave)


def test_a_key_is_shown_once_and_kept_as_its_sha256(servicio, empresa):
    answer = crear(servicio, empresa, ["facturas:leer", "crm:leer", "crm:leer"])
    made = answer.json()
    assert answer.status_code == 201
    assert (made["nombre"], made["scopes"]) == ("Tienda", ["crm:leer", "facturas:leer"])
    assert answer.headers["location"] == f"/api/claves-api/{made['id']}"
    seen = {name: value for name, value in made.items() if name != "clave"}
    assert servicio.http.get(answer.headers["location"], headers=empresa.con_clave).json() == seen
    listed = servicio.http.get("/api/claves-api", headers=empresa.con_clave).json()
    assert listed["datos"][0] == seen
    assert listed["total"] == 2
    with servicio.database.reading() as session:
        row = session.exec(select(ClaveApi).where(ClaveApi.id == made["id"])).one()
        assert row.huella == hashlib.sha256(made["clave"].encode()).hexdigest()


def test_a_key_may_do_what_its_scopes_say_and_no_more(servicio, empresa):
    headers = {"X-API-Key": crear(servicio, empresa, ["facturas:leer"]).json()["clave"]}
    assert servicio.http.get("/api/series", headers=headers).status_code == 200
    refused = servicio.http.get("/api/usuarios", headers=headers)
    assert (refused.status_code, refused.json()["falta"]) == (403, ["empresa:administrar"])


def test_a_key_cannot_do_more_than_its_maker(servicio, empresa):
    refused = crear(servicio, empresa, ["facturas:leer", "plataforma"])
    assert (refused.status_code, refused.json()["falta"]) == (403, ["plataforma"])
    narrow = crear(servicio, empresa, ["empresa:administrar"]).json()["clave"]
    assert crear(servicio, empresa, ["crm:leer"], headers={"X-API-Key": narrow}).status_code == 403


def test_a_key_never_may_more_than_its_user_still_may(servicio, empresa):
    nombre = empresa.miembro("admin", "luis@prueba.example")
    made = crear(servicio, empresa, ["crm:escribir", "crm:leer"], headers=servicio.token(nombre, empresa.id))
    headers = {"X-API-Key": made.json()["clave"]}
    path = f"/api/usuarios/{made.json()['usuario_id']}"
    servicio.http.patch(path, json={"rol": "lectura"}, headers=empresa.con_clave)
    assert servicio.http.get("/api/auth/yo", headers=headers).json()["scopes"] == ["crm:leer"]


def test_a_revoked_key_stops_at_once(servicio, empresa):
    made = crear(servicio, empresa).json()
    headers = {"X-API-Key": made["clave"]}
    path = f"/api/claves-api/{made['id']}"
    assert servicio.http.get("/api/series", headers=headers).status_code == 200
    assert [servicio.http.delete(path, headers=empresa.con_clave).status_code for _ in range(2)] == [204, 204]
    assert servicio.http.get("/api/series", headers=headers).status_code == 401
    assert servicio.http.get(path, headers=empresa.con_clave).status_code == 404


def test_a_replay_answers_the_same_key_without_the_secret(servicio, empresa):
    headers = empresa.con_clave | {"Idempotency-Key": "clave-tienda"}
    first, again = (crear(servicio, empresa, headers=headers) for _ in range(2))
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {name: value for name, value in first.json().items() if name != "clave"}
    servicio.reloj.avanzar(days=31)
    assert crear(servicio, empresa, headers=headers).json() == again.json()
    assert servicio.http.get("/api/claves-api", headers=empresa.con_clave).json()["total"] == 2


def test_keys_of_another_company_are_not_found(servicio, empresa):
    path = f"/api/claves-api/{crear(servicio, servicio.empresa()).json()['id']}"
    for answer in (
        servicio.http.get(path, headers=empresa.con_clave),
        servicio.http.delete(path, headers=empresa.con_clave),
    ):
        assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


NO_VALIDAS = [
    ("", ["crm:leer"], "nombre"),
    ("Tienda", [], "scopes"),
    ("Tienda", ["crm:borrar"], "scopes.0"),
    ("Tienda", ["crm:leer"] * 7, "scopes"),
    ("Tienda", "crm:leer", "scopes"),
]


def test_a_key_that_cannot_be_made_says_why(servicio, empresa):
    for nombre, scopes, campo in NO_VALIDAS:
        body = {"nombre": nombre, "scopes": scopes}
        answer = servicio.http.post("/api/claves-api", json=body, headers=empresa.con_clave)
        assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, campo)
