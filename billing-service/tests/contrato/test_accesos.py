"""Who may do what, on every route of the OpenAPI document."""

import pytest

from contratos import SCOPES_DE_ROL, Rol
from http_rules import new_id

from ..facturacion import Api, problema
from .rutas import rutas

DE_TODOS = ("/api/auth", "/health", "/metrics", "/.well-known")
CON_CRM = "/api/integracion/crm/conciliacion"
"""What answers nothing but 503 where there is no CRM, as here."""


@pytest.fixture
def todas(api):
    """Every route that needs to know who asks."""
    doc = api.servicio.http.get("/openapi.json").json()
    found = [ruta for ruta in rutas(doc) if ruta.scopes is not None]
    assert len(found) > 20
    return found


@pytest.fixture
def ajenos(api):
    """One of everything that another company has, by the names that paths give it."""
    otra = Api(api.servicio.empresa())
    hecha = otra.emitir(cliente_id=new_id("cli"))
    otra.pedir("POST", "/api/series", {"codigo": "AJENA"})
    admin = otra.servicio.token(otra.empresa.usuario, otra.empresa.id)
    usuario = otra.servicio.http.post(
        "/api/usuarios", json={"usuario": f"{new_id('usu')}@otra.example", "rol": "lectura"}, headers=admin
    ).json()
    clave = otra.servicio.http.post(
        "/api/claves-api", json={"nombre": "suya", "scopes": ["facturas:leer"]}, headers=admin
    ).json()
    return {
        "factura_id": hecha["id"],
        "pago_id": otra.pagar(hecha["id"], "1.00").json()["id"],
        "cliente_id": hecha["cliente"]["cliente_id"],
        "empresa_id": otra.empresa.id,
        "usuario_id": usuario["id"],
        "clave_id": clave["id"],
        "codigo": "AJENA",
        "borrador_id": otra.borrador()["id"],
        "otra": otra,
    }


INEXISTENTES = {
    "factura_id": "fac_" + "0" * 32,
    "pago_id": "pag_" + "0" * 32,
    "cliente_id": "cli_" + "0" * 32,
    "empresa_id": "emp_" + "0" * 32,
    "usuario_id": "usr_" + "0" * 32,
    "clave_id": "cla_" + "0" * 32,
    "codigo": "NADIE",
}


def test_another_company_s_ids_are_not_found_and_look_like_none(api, todas, ajenos):
    admin = api.servicio.token(api.empresa.usuario, api.empresa.id)
    walked = [ruta for ruta in todas if ruta.parametros]
    assert len(walked) > 10
    for ruta in walked:
        theirs, nobody = (
            api.servicio.http.request(ruta.metodo, ruta.con(ids), json=ruta.ejemplo, headers=admin)
            for ids in (ajenos, INEXISTENTES)
        )
        assert problema(theirs) == (404, "no_encontrado"), (str(ruta), theirs.text)
        assert theirs.json() | {"instance": ""} == nobody.json() | {"instance": ""}, str(ruta)
    for metodo in ("GET", "PUT", "DELETE"):
        body = {"lineas": []} if metodo == "PUT" else None
        draft = api.pedir(metodo, f"/api/facturas/{ajenos['borrador_id']}", body)
        assert problema(draft) == (404, "no_encontrado")


def test_no_list_shows_what_another_company_has(api, todas, ajenos):
    admin = api.servicio.token(api.empresa.usuario, api.empresa.id)
    hidden = [value for value in ajenos.values() if isinstance(value, str)]
    for ruta in todas:
        if ruta.metodo == "GET" and not ruta.parametros:
            answer = api.servicio.http.get(ruta.camino, headers=admin)
            assert answer.status_code == (503 if ruta.camino == CON_CRM else 200), ruta
            assert not [value for value in hidden if value in answer.text], ruta


MALAS = {
    "none": {},
    "a key of nobody": {"X-API-Key": "sbk_inventada"},
    "an empty key": {"X-API-Key": ""},
    "a token that is no token": {"Authorization": "Bearer nada"},
    "another scheme": {"Authorization": "Basic YTpi"},
    "a token that nobody signed": {
        "Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSIsImVtcHJlc2FfaWQiOiJlbXBfMSJ9."
    },
    "a cookie": {"Cookie": "session=algo"},
}


@pytest.mark.parametrize("malas", MALAS)
def test_without_good_credentials_every_route_is_closed_before_anything_else(api, todas, malas):
    for ruta in todas:
        path = ruta.con(INEXISTENTES)
        for body in (ruta.ejemplo, {"nada": 1}):
            answer = api.servicio.http.request(ruta.metodo, path, json=body, headers=MALAS[malas])
            assert problema(answer) == (401, "no_autenticado"), ruta
            assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_out_of_date_opens_nothing(api, todas):
    token = api.servicio.token(api.empresa.usuario, api.empresa.id)
    api.reloj.avanzar(minutes=17)
    for ruta in todas:
        answer = api.servicio.http.request(ruta.metodo, ruta.con(INEXISTENTES), headers=token)
        assert problema(answer) == (401, "no_autenticado"), ruta


@pytest.mark.parametrize("rol", list(Rol))
def test_each_role_opens_what_its_scopes_say_and_no_more(api, todas, rol):
    token = api.empresa.como(rol)
    for ruta in todas:
        if ruta.camino.startswith(DE_TODOS):
            continue
        answer = api.servicio.http.request(
            ruta.metodo, ruta.con(INEXISTENTES), json={"nada": 1} if ruta.esquema else None, headers=token
        )
        if set(ruta.scopes) <= SCOPES_DE_ROL[rol]:
            let_in = {503} if ruta.camino == CON_CRM else {200, 404, 422}
            assert answer.status_code in let_in, (ruta, answer.text)
        else:
            assert problema(answer) == (403, "sin_permiso"), ruta
            assert answer.json()["falta"] == ruta.scopes


def test_a_key_opens_what_its_own_scopes_say(api, todas):
    admin = api.servicio.token(api.empresa.usuario, api.empresa.id)
    body = {"nombre": "solo lee", "scopes": ["facturas:leer"]}
    clave = api.servicio.http.post("/api/claves-api", json=body, headers=admin).json()["clave"]
    headers = {"X-API-Key": clave}
    assert api.servicio.http.get("/api/facturas", headers=headers).status_code == 200
    for ruta in todas:
        if ruta.scopes and "facturas:leer" not in ruta.scopes:
            answer = api.servicio.http.request(ruta.metodo, ruta.con(INEXISTENTES), headers=headers)
            assert problema(answer) == (403, "sin_permiso"), ruta
