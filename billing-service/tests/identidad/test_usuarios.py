"""Who has access to a company, and as what."""

from concurrent.futures import ThreadPoolExecutor


def crear(servicio, empresa, usuario="luis@prueba.example", rol="facturacion", **mas):
    headers = mas.pop("headers", empresa.con_clave)
    return servicio.http.post("/api/usuarios", json={"usuario": usuario, "rol": rol, **mas}, headers=headers)


def test_a_new_user_gets_a_password_that_is_shown_once_and_works(servicio, empresa):
    answer = crear(servicio, empresa, "Luis@Prueba.example")
    made = answer.json()
    assert answer.status_code == 201
    assert sorted(made) == ["clave", "creado", "id", "rol", "usuario"]
    assert (made["usuario"], made["rol"]) == ("luis@prueba.example", "facturacion")
    assert answer.headers["location"] == f"/api/usuarios/{made['id']}"
    shown = servicio.http.get(answer.headers["location"], headers=empresa.con_clave)
    assert shown.headers["etag"] == answer.headers["etag"]
    assert shown.json() == {name: value for name, value in made.items() if name != "clave"}
    assert servicio.entrar("luis@prueba.example", made["clave"]).status_code == 200


def test_a_password_may_be_chosen_and_is_long(servicio, empresa):
    short = crear(servicio, empresa, clave="once letras")
    assert [(e["campo"], e["codigo"]) for e in short.json()["errores"]] == [("clave", "demasiado_corto")]
    assert crear(servicio, empresa, clave="una docena y más").json()["clave"] == "una docena y más"
    assert servicio.entrar("luis@prueba.example", "una docena y más").status_code == 200


def test_a_replay_answers_the_same_user_without_the_password(servicio, empresa):
    headers = empresa.con_clave | {"Idempotency-Key": "usuario-luis"}
    first = crear(servicio, empresa, headers=headers)
    again = crear(servicio, empresa, headers=headers)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert again.json() == {name: value for name, value in first.json().items() if name != "clave"}
    servicio.reloj.avanzar(days=31)
    later = crear(servicio, empresa, headers=headers)
    assert (later.status_code, later.json()) == (201, again.json())


def test_a_user_of_another_company_is_let_in_with_the_password_it_has(servicio, empresa):
    otra = servicio.empresa()
    otra.miembro("comercial", "luis@prueba.example")
    answer = crear(servicio, empresa, clave="otra que no vale")
    assert (answer.status_code, answer.json()["clave"]) == (201, None)
    assert servicio.entrar("luis@prueba.example", "otra que no vale").status_code == 401
    assert servicio.entrar("luis@prueba.example", empresa_id=empresa.id).status_code == 200


def test_the_same_user_twice_is_refused(servicio, empresa):
    crear(servicio, empresa)
    answer = crear(servicio, empresa, "LUIS@prueba.example")
    assert (answer.status_code, answer.json()["codigo"]) == (409, "usuario_duplicado")


def test_a_name_that_cannot_be_one_is_refused(servicio, empresa):
    for usuario in ("ab", "con espacio", "salto\nde línea", "invisible\u200b", 7):
        answer = crear(servicio, empresa, usuario)
        assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "usuario")


def test_a_name_may_be_of_any_alphabet(servicio, empresa):
    for usuario in ("josé.ñíguez", "עדי-לוי", "🧾🧾🧾"):
        assert crear(servicio, empresa, usuario, clave="una docena y más").status_code == 201
        assert servicio.entrar(usuario, "una docena y más").status_code == 200


def test_nobody_gives_a_role_that_may_do_more_than_they(servicio, empresa):
    body = {"nombre": "Altas", "scopes": ["empresa:administrar", "facturas:leer", "crm:leer"]}
    clave = servicio.http.post("/api/claves-api", json=body, headers=empresa.con_clave).json()["clave"]
    headers = {"X-API-Key": clave}
    assert crear(servicio, empresa, "a@prueba.example", "lectura", headers=headers).status_code == 201
    refused = crear(servicio, empresa, "b@prueba.example", "admin", headers=headers)
    assert (refused.status_code, refused.json()["falta"]) == (403, ["crm:escribir", "facturas:escribir"])


def test_a_list_shows_the_company_s_users_page_by_page(servicio, empresa):
    servicio.empresa().miembro("lectura", "ajena@prueba.example")
    for n in range(4):
        empresa.miembro("lectura", f"u{n}@prueba.example")
    seen, cursor = [], None
    while True:
        params = {"limite": 2} | ({"cursor": cursor} if cursor else {})
        answer = servicio.http.get("/api/usuarios", params=params, headers=empresa.con_clave).json()
        assert (answer["total"], answer["total_exacto"]) == (5, True)
        seen += [row["usuario"] for row in answer["datos"]]
        if not (cursor := answer["siguiente"]):
            break
    assert sorted(seen) == sorted([empresa.usuario, *(f"u{n}@prueba.example" for n in range(4))])


def test_a_change_honours_the_version_it_saw(servicio, empresa):
    made = crear(servicio, empresa)
    path = made.headers["location"]
    seen = {"If-Match": made.headers["etag"]}

    def cambiar(rol):
        return servicio.http.patch(path, json={"rol": rol}, headers=empresa.con_clave | seen)

    first, second = cambiar("lectura"), cambiar("comercial")
    assert (first.status_code, first.json()["rol"]) == (200, "lectura")
    assert (second.status_code, second.json()["codigo"]) == (412, "version_obsoleta")
    removed = servicio.http.delete(path, headers=empresa.con_clave | seen)
    assert removed.status_code == 412


def test_a_removed_user_is_gone_with_its_sessions_and_keys(servicio, empresa):
    nombre = empresa.miembro("admin", "luis@prueba.example")
    headers = servicio.token(nombre, empresa.id)
    clave = servicio.http.post(
        "/api/claves-api", json={"nombre": "De Luis", "scopes": ["crm:leer"]}, headers=headers
    ).json()
    refresh_token = servicio.entrar(nombre).json()["refresh_token"]
    path = f"/api/usuarios/{clave['usuario_id']}"
    assert servicio.http.delete(path, headers=empresa.con_clave).status_code == 204
    assert servicio.http.get(path, headers=empresa.con_clave).status_code == 404
    assert servicio.http.delete(path, headers=empresa.con_clave).status_code == 404
    refreshed = servicio.http.post("/api/auth/refresh", json={"refresh_token": refresh_token})
    assert refreshed.status_code == 401
    for credentials in (headers, {"X-API-Key": clave["clave"]}):
        assert servicio.http.get("/api/auth/yo", headers=credentials).status_code == 401
    listed = servicio.http.get("/api/claves-api", headers=empresa.con_clave).json()["datos"]
    assert clave["id"] not in [row["id"] for row in listed]
    assert servicio.entrar(nombre).status_code == 403


def test_a_removed_user_keeps_its_other_companies(servicio, empresa):
    otra = servicio.empresa()
    otra.miembro("lectura", "luis@prueba.example")
    made = crear(servicio, empresa).json()
    servicio.http.delete(f"/api/usuarios/{made['id']}", headers=empresa.con_clave)
    headers = servicio.token("luis@prueba.example", otra.id)
    assert servicio.http.get("/api/auth/yo", headers=headers).status_code == 200


def test_the_last_administrator_stays(servicio, empresa):
    headers = empresa.como("admin")
    path = f"/api/usuarios/{servicio.http.get('/api/auth/yo', headers=headers).json()['usuario']['id']}"

    def intentos():
        return [
            servicio.http.patch(path, json={"rol": "lectura"}, headers=headers),
            servicio.http.delete(path, headers=headers),
        ]

    assert [(a.status_code, a.json()["codigo"]) for a in intentos()] == [(409, "ultimo_administrador")] * 2
    assert servicio.http.patch(path, json={"rol": "admin"}, headers=headers).status_code == 200
    empresa.miembro("admin", "otra@prueba.example")
    assert servicio.http.delete(path, headers=headers).status_code == 204


def test_two_administrators_cannot_remove_one_another_at_once(servicio, empresa):
    who = [empresa.como("admin"), servicio.token(empresa.miembro("admin", "otra@prueba.example"), empresa.id)]
    ids = [servicio.http.get("/api/auth/yo", headers=h).json()["usuario"]["id"] for h in who]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda n: servicio.http.delete(f"/api/usuarios/{ids[1 - n]}", headers=who[n]), range(2))
        )
    assert sorted(a.status_code for a in answers) in ([204, 401], [204, 409])
    assert servicio.http.get("/api/usuarios", headers=who[0]).status_code in (200, 401)


def test_users_of_another_company_are_not_found(servicio, empresa):
    otra = servicio.empresa()
    path = f"/api/usuarios/{crear(servicio, otra).json()['id']}"
    for answer in (
        servicio.http.get(path, headers=empresa.con_clave),
        servicio.http.patch(path, json={"rol": "lectura"}, headers=empresa.con_clave),
        servicio.http.delete(path, headers=empresa.con_clave),
        servicio.http.get("/api/usuarios/otro", headers=empresa.con_clave),
    ):
        assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


def test_a_change_that_cannot_be_read_is_refused(servicio, empresa):
    path = crear(servicio, empresa).headers["location"]
    for body in ({}, {"rol": None}, {"rol": "jefe"}, {"rol": "lectura", "clave": "x" * 12}):
        assert servicio.http.patch(path, json=body, headers=empresa.con_clave).status_code == 422
