"""Logging in, staying so, changing company, leaving."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

en_una_base = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


class Ana(NamedTuple):
    """A user of two companies: the first, where she is admin, and another, where she reads."""

    nombre: str
    primera: Any
    segunda: Any


@pytest.fixture
def ana(servicio):
    primera = servicio.empresa(usuario="ana@prueba.example", nombre="Primera")
    segunda = servicio.empresa(nombre="Segunda")
    return Ana(segunda.miembro("lectura", primera.usuario), primera, segunda)


def bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def yo(servicio, tokens):
    return servicio.http.get("/api/auth/yo", headers=bearer(tokens)).json()


def refresh(servicio, refresh_token):
    return servicio.http.post("/api/auth/refresh", json={"refresh_token": refresh_token})


def test_a_login_answers_a_token_that_says_who_asks_where_and_what_they_may(servicio, ana):
    answer = servicio.entrar(ana.nombre)
    tokens = answer.json()
    assert answer.status_code == 200
    assert sorted(tokens) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    who = yo(servicio, tokens)
    assert who["usuario"]["usuario"] == ana.nombre
    assert who["empresa"] == {"id": ana.primera.id, "nombre": "Primera"}
    assert who["rol"] == "admin"
    assert who["scopes"] == [
        "facturas:leer",
        "facturas:escribir",
        "crm:leer",
        "crm:escribir",
        "empresa:administrar",
    ]
    assert [(e["id"], e["rol"]) for e in who["empresas"]] == [
        (ana.primera.id, "admin"),
        (ana.segunda.id, "lectura"),
    ]


def test_forty_people_log_in_at_once(servicio, ana):
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: servicio.entrar(ana.nombre), range(40)))
    assert {a.status_code for a in answers} == {200}


def test_a_user_is_the_same_however_its_name_is_written(servicio, ana):
    for written in (ana.nombre.upper(), f"  {ana.nombre} ", ana.nombre.replace("@", "＠")):
        assert servicio.entrar(written).status_code == 200


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(servicio, ana):
    wrong = servicio.entrar(ana.nombre, "otra clave distinta")
    unknown = servicio.entrar("nadie@prueba.example", "otra clave distinta")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["codigo"] == "credenciales_incorrectas"
    assert wrong.headers["www-authenticate"] == "Bearer"


def test_a_login_without_company_goes_into_the_last_used_one(servicio, ana):
    assert servicio.entrar(ana.nombre, empresa_id=ana.segunda.id).status_code == 200
    assert yo(servicio, servicio.entrar(ana.nombre).json())["empresa"]["id"] == ana.segunda.id


def test_a_login_into_a_company_of_others_finds_none(servicio, ana):
    ajena = servicio.empresa()
    for empresa_id in (ajena.id, "emp_" + "0" * 32, "cualquier cosa"):
        answer = servicio.entrar(ana.nombre, empresa_id=empresa_id)
        assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


def test_a_user_without_companies_cannot_get_in(servicio):
    servicio.usuario("sola@prueba.example")
    answer = servicio.entrar("sola@prueba.example")
    assert (answer.status_code, answer.json()["codigo"]) == (403, "sin_permiso")


def test_renewing_gives_another_refresh_token_and_the_role_of_now(servicio, ana):
    first = servicio.entrar(ana.nombre, empresa_id=ana.segunda.id).json()
    usuario_id = yo(servicio, first)["usuario"]["id"]
    changed = servicio.http.patch(
        f"/api/usuarios/{usuario_id}", json={"rol": "comercial"}, headers=ana.segunda.como("admin")
    )
    assert changed.status_code == 200
    second = refresh(servicio, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    who = yo(servicio, second)
    assert (who["empresa"]["id"], who["rol"]) == (ana.segunda.id, "comercial")
    assert "crm:escribir" in who["scopes"]


def test_a_refresh_token_used_twice_ends_its_whole_family(servicio, ana):
    first = servicio.entrar(ana.nombre).json()["refresh_token"]
    second = refresh(servicio, first).json()["refresh_token"]
    third = refresh(servicio, second).json()["refresh_token"]
    stolen = refresh(servicio, first)
    assert (stolen.status_code, stolen.json()["codigo"]) == (401, "sesion_terminada")
    assert refresh(servicio, third).status_code == 401


def test_of_many_renewals_at_once_with_one_token_at_most_one_is_good(servicio, ana):
    token = servicio.entrar(ana.nombre).json()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(servicio, token), range(8)))
    assert sorted(a.status_code for a in answers) == [200] + [401] * 7
    (good,) = [a.json()["refresh_token"] for a in answers if a.status_code == 200]
    assert refresh(servicio, good).status_code == 401


def test_ending_one_family_leaves_the_others_alone(servicio, ana):
    one = servicio.entrar(ana.nombre).json()["refresh_token"]
    other = servicio.entrar(ana.nombre).json()["refresh_token"]
    refresh(servicio, one)
    assert refresh(servicio, one).status_code == 401
    assert refresh(servicio, other).status_code == 200


def test_a_refresh_token_works_for_thirty_days(servicio, ana):
    tokens = servicio.entrar(ana.nombre).json()
    servicio.reloj.avanzar(days=29)
    tokens = refresh(servicio, tokens["refresh_token"]).json()
    servicio.reloj.avanzar(days=30)
    assert refresh(servicio, tokens["refresh_token"]).status_code == 401


def test_logging_out_ends_the_session_and_may_be_said_twice(servicio, ana):
    token = servicio.entrar(ana.nombre).json()["refresh_token"]
    for _ in range(2):
        answer = servicio.http.post("/api/auth/logout", json={"refresh_token": token})
        assert (answer.status_code, answer.content) == (204, b"")
    assert refresh(servicio, token).status_code == 401


def test_a_refresh_token_that_never_was_opens_nothing(servicio):
    for token in ("x", "ses_", "ses_" + "0" * 32 + ".secreto", "." * 200):
        assert refresh(servicio, token).status_code == 401
        answer = servicio.http.post("/api/auth/logout", json={"refresh_token": token})
        assert answer.status_code == 204


def test_a_user_goes_on_in_another_of_its_companies(servicio, ana):
    tokens = servicio.entrar(ana.nombre, empresa_id=ana.primera.id).json()
    answer = servicio.http.post(
        "/api/auth/empresa", json={"empresa_id": ana.segunda.id}, headers=bearer(tokens)
    )
    assert answer.status_code == 200
    assert sorted(answer.json()) == sorted(tokens)
    assert yo(servicio, answer.json())["empresa"]["id"] == ana.segunda.id
    later = refresh(servicio, answer.json()["refresh_token"]).json()
    assert yo(servicio, later)["empresa"]["id"] == ana.segunda.id


def test_a_user_cannot_go_into_a_company_of_others(servicio, ana):
    ajena = servicio.empresa()
    answer = servicio.http.post(
        "/api/auth/empresa", json={"empresa_id": ajena.id}, headers=ana.primera.como("admin")
    )
    assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


def test_an_api_key_neither_leaves_its_company_nor_hears_of_others(servicio, ana):
    answer = servicio.http.post(
        "/api/auth/empresa", json={"empresa_id": ana.segunda.id}, headers=ana.primera.con_clave
    )
    assert (answer.status_code, answer.json()["codigo"]) == (403, "sin_permiso")
    who = servicio.http.get("/api/auth/yo", headers=ana.primera.con_clave).json()
    assert [e["id"] for e in who["empresas"]] == [ana.primera.id]


def test_the_routes_of_access_ignore_an_idempotency_key(servicio, ana):
    headers = {"Idempotency-Key": "la misma clave"}
    body = {"usuario": ana.nombre, "clave": servicio.clave}
    answers = [servicio.http.post("/api/auth/login", json=body, headers=headers) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json()["refresh_token"] != answers[1].json()["refresh_token"]
    assert "idempotent-replayed" not in answers[1].headers


ILEGIBLES = [
    ({"usuario": "ana"}, "clave", "requerido"),
    ({"usuario": "ana", "clave": "x", "otro": 1}, "otro", "campo_desconocido"),
    ({"usuario": 5, "clave": "x"}, "usuario", "tipo_incorrecto"),
    ({"usuario": "a" * 300, "clave": "x"}, "usuario", "demasiado_largo"),
    ({"usuario": "ana", "clave": "x" * 300}, "clave", "demasiado_largo"),
    ({"usuario": "an\u0000a", "clave": "x"}, "usuario", "caracteres_no_validos"),
]


def test_a_login_that_cannot_be_read_says_why(servicio):
    for body, campo, codigo in ILEGIBLES:
        answer = servicio.http.post("/api/auth/login", json=body)
        assert answer.status_code == 422, body
        assert [(e["campo"], e["codigo"]) for e in answer.json()["errores"]] == [(campo, codigo)]


@en_una_base
def test_no_secret_is_kept_as_itself(servicio, empresa):
    made = servicio.http.post(
        "/api/usuarios",
        json={"usuario": "eva@prueba.example", "rol": "lectura"},
        headers=empresa.con_clave | {"Idempotency-Key": "clave-de-eva"},
    ).json()
    tokens = servicio.entrar("eva@prueba.example", made["clave"]).json()
    with sqlite3.connect(servicio.settings.url.removeprefix("sqlite:///")) as connection:
        everything = "\n".join(connection.iterdump())
    assert "eva@prueba.example" in everything
    for secret in (made["clave"], empresa.clave_api, *tokens["refresh_token"].split(".")[1:]):
        assert secret not in everything
    assert tokens["access_token"] not in everything
