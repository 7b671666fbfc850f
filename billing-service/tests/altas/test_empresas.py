"""`/api/empresas`: companies made, shown and changed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update
from sqlmodel import select

from smartbilling.auditoria import Auditoria
from smartbilling.registros import Cabeza

DATOS = {"nombre": "Café Ñandú, S.L.", "direccion": "Plaza Mayor 2, 37002 Salamanca"}


@pytest.fixture
def plataforma(servicio):
    """A company whose user and key may make others."""
    return servicio.empresa(plataforma=True)


def crear(servicio, quien, headers=None, **datos):
    body = DATOS | {"nif": servicio.nif()} | datos
    return servicio.http.post("/api/empresas", json=body, headers=quien.con_clave | (headers or {}))


def cambiar(servicio, empresa, headers=None, **cambios):
    path = f"/api/empresas/{empresa.id}"
    return servicio.http.patch(path, json=cambios, headers=empresa.con_clave | (headers or {}))


def test_a_new_company_has_all_it_needs_to_begin(servicio, plataforma):
    answer = crear(servicio, plataforma, nif="a-58818501")
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/empresas/{made['id']}"
    (instalacion,) = made.pop("instalaciones")
    clave_api = made.pop("clave_api")
    assert made.pop("obligacion")["desde"] == "2027-01-01"
    assert made == {
        "id": made["id"],
        "nombre": "Café Ñandú, S.L.",
        "nif": "A58818501",
        "direccion": "Plaza Mayor 2, 37002 Salamanca",
        "zona_horaria": "Europe/Madrid",
        "dias_pago": 30,
        "limite_simplificada": "400.00",
        "email": None,
        "telefono": None,
        "nombre_comercial": None,
        "web": None,
        "color": None,
        "iban": None,
        "idioma": "es",
        "condiciones_pago": None,
        "pie_factura": None,
        "sii": False,
        "creada": "2026-11-24T09:30:00+00:00",
    }
    assert (instalacion["modo"], instalacion["entorno"]) == ("verifactu", "pruebas")
    with servicio.database.reading() as session:
        head = session.get(Cabeza, (made["id"], instalacion["id"]))
        assert (head.secuencia, head.registro_id) == (0, None)
        trail = session.exec(select(Auditoria.accion).where(Auditoria.empresa_id == made["id"])).all()
    assert sorted(trail) == ["clave_api.creada", "empresa.creada", "serie.creada", "usuario.creado"]
    headers = {"X-API-Key": clave_api}
    assert servicio.http.get("/api/series/F", headers=headers).status_code == 200
    who = servicio.http.get("/api/auth/yo", headers=headers).json()
    assert (who["empresa"]["id"], who["usuario"]["usuario"]) == (made["id"], plataforma.usuario)
    assert who["rol"] == "admin"
    assert "plataforma" not in who["scopes"]
    assert len(who["scopes"]) == 5


def test_every_installation_has_a_number_of_its_own(servicio, plataforma):
    numeros = [crear(servicio, plataforma).json()["instalaciones"][0]["numero"] for _ in range(3)]
    assert len(set(numeros)) == 3


def test_a_replay_answers_the_same_company_without_its_key(servicio, plataforma):
    headers, nif = {"Idempotency-Key": "alta-de-nandu"}, servicio.nif()
    first = crear(servicio, plataforma, headers, nif=nif)
    again = crear(servicio, plataforma, headers, nif=nif)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert again.json() == {name: value for name, value in first.json().items() if name != "clave_api"}
    servicio.reloj.avanzar(days=31)
    assert crear(servicio, plataforma, headers, nif=nif).json() == again.json()


def test_a_nif_is_of_one_company_in_the_deployment(servicio, plataforma):
    answer = crear(servicio, plataforma, nif=plataforma.nif.lower())
    assert (answer.status_code, answer.json()["codigo"]) == (409, "nif_duplicado")


def test_twins_in_parallel_make_one_company(servicio, plataforma):
    nif = servicio.nif()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: crear(servicio, plataforma, nif=nif), range(8)))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7
    assert {a.json().get("codigo") for a in answers} == {None, "nif_duplicado"}


NO_VALIDAS = [
    ({"nif": "B12345670"}, "nif", "nif_invalido"),
    ({"nombre": "x" * 121}, "nombre", "demasiado_largo"),
    ({"nombre": None}, "nombre", "tipo_incorrecto"),
    ({"direccion": " "}, "direccion", "demasiado_corto"),
    ({"zona_horaria": "Europe/Paris"}, "zona_horaria", "valor_no_admitido"),
    ({"dias_pago": -1}, "dias_pago", "fuera_de_rango"),
    ({"dias_pago": True}, "dias_pago", "tipo_incorrecto"),
    ({"limite_simplificada": "500.00"}, "limite_simplificada", "limite_no_admitido"),
    ({"email": "no es un correo"}, "email", "email_invalido"),
    ({"entorno": "produccion"}, "entorno", "campo_desconocido"),
]


def test_a_company_that_cannot_be_made_says_why(servicio, plataforma):
    for datos, campo, codigo in NO_VALIDAS:
        answer = crear(servicio, plataforma, **datos)
        assert answer.status_code == 422, datos
        assert [(e["campo"], e["codigo"]) for e in answer.json()["errores"]] == [(campo, codigo)]


def test_the_list_shows_the_companies_of_who_asks(servicio, plataforma):
    mias = [crear(servicio, plataforma).json() for _ in range(2)]
    ajena = servicio.empresa()

    def listed(headers):
        return [e["id"] for e in servicio.http.get("/api/empresas", headers=headers).json()["datos"]]

    todas = [mias[1]["id"], mias[0]["id"], plataforma.id]
    assert listed(plataforma.como("admin")) == todas
    assert listed(plataforma.con_clave) == todas
    assert listed({"X-API-Key": mias[0]["clave_api"]}) == [mias[0]["id"]]
    assert listed(ajena.con_clave) == [ajena.id]
    page = servicio.http.get("/api/empresas?limite=1", headers=plataforma.con_clave).json()
    assert (len(page["datos"]), page["total"]) == (1, 3)


def test_a_token_shows_its_own_company_and_no_other(servicio, plataforma):
    otra = crear(servicio, plataforma).json()
    own = servicio.http.get(f"/api/empresas/{plataforma.id}", headers=plataforma.como("lectura"))
    assert (own.status_code, own.json()["nif"], own.headers["etag"]) == (200, plataforma.nif, '"1"')
    for empresa_id in (otra["id"], servicio.empresa().id, "emp_" + "0" * 32, "otra"):
        path = f"/api/empresas/{empresa_id}"
        for answer in (
            servicio.http.get(path, headers=plataforma.como("admin")),
            servicio.http.patch(path, json={"dias_pago": 1}, headers=plataforma.como("admin")),
        ):
            assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


def test_a_change_touches_only_what_it_names_and_null_clears(servicio, empresa):
    before = servicio.http.get(f"/api/empresas/{empresa.id}", headers=empresa.con_clave).json()
    answer = cambiar(servicio, empresa, telefono="910 000 000", dias_pago=60, limite_simplificada=3000)
    assert answer.json() == before | {
        "telefono": "910 000 000",
        "dias_pago": 60,
        "limite_simplificada": "3000.00",
    }
    assert cambiar(servicio, empresa, telefono=None).json()["telefono"] is None
    refused = cambiar(servicio, empresa, nombre=None, zona_horaria=None)
    assert refused.status_code == 422
    assert {e["campo"] for e in refused.json()["errores"]} == {"nombre", "zona_horaria"}


def test_a_change_honours_the_version_it_saw(servicio, empresa):
    seen = {"If-Match": '"1"'}
    first = cambiar(servicio, empresa, seen, dias_pago=10)
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    stale = cambiar(servicio, empresa, seen, dias_pago=20)
    assert (stale.status_code, stale.json()["codigo"]) == (412, "version_obsoleta")
    assert cambiar(servicio, empresa, dias_pago=10).headers["etag"] == '"2"'


def test_who_may_not_administer_changes_nothing(servicio, empresa):
    path = f"/api/empresas/{empresa.id}"
    for rol in ("facturacion", "comercial", "lectura"):
        answer = servicio.http.patch(path, json={"dias_pago": 1}, headers=empresa.como(rol))
        assert answer.status_code == 403


def test_tax_data_can_change_until_the_first_record_and_the_nif_not_after(servicio, empresa):
    nif = servicio.nif()
    assert cambiar(servicio, empresa, nif=nif, nombre="Otra, S.L.").json()["nif"] == nif
    assert cambiar(servicio, empresa, nif=servicio.empresa().nif).json()["codigo"] == "nif_duplicado"
    with servicio.database.unit_of_work() as session:
        session.execute(update(Cabeza).where(Cabeza.empresa_id == empresa.id).values(secuencia=1))
    refused = cambiar(servicio, empresa, nif=servicio.nif())
    assert (refused.status_code, refused.json()["codigo"]) == (409, "datos_fiscales_fijados")
    kept = cambiar(servicio, empresa, nif=nif, nombre="Otra más, S.L.")
    assert (kept.status_code, kept.json()["nombre"]) == (200, "Otra más, S.L.")


MARCA = {
    "nombre_comercial": "Ruiz",
    "web": "www.ruiz.example",
    "color": "#0B6E4F",
    "iban": "es91 2100-0418 4502 0005 1332",
    "idioma": "ca",
    "condiciones_pago": "Transferencia a 30 días.",
    "pie_factura": "Inscrita en el Registro Mercantil.",
}


def test_how_its_documents_look_is_the_company_s_to_say_and_to_clear(servicio, empresa):
    changed = cambiar(servicio, empresa, **MARCA)
    assert changed.status_code == 200, changed.text
    kept = MARCA | {"color": "#0b6e4f", "iban": "ES9121000418450200051332"}
    assert {name: changed.json()[name] for name in MARCA} == kept
    cleared = cambiar(servicio, empresa, **dict.fromkeys(set(MARCA) - {"idioma"})).json()
    assert {name: cleared[name] for name in MARCA} == dict.fromkeys(MARCA) | {"idioma": "ca"}


MARCAS_NO_VALIDAS = [
    ({"color": "rojo"}, "formato_incorrecto"),
    ({"color": "#12345"}, "formato_incorrecto"),
    ({"color": "#0b6e4f\n"}, "formato_incorrecto"),
    ({"iban": "ES9121000418450200051333"}, "iban_invalido"),
    ({"iban": "ES6621000418401234567892"}, "iban_invalido"),
    ({"iban": "ZZ00 ٣"}, "iban_invalido"),
    ({"idioma": "fr"}, "valor_no_admitido"),
    ({"idioma": None}, "valor_no_admitido"),
    ({"web": "dos palabras"}, "formato_incorrecto"),
    ({"pie_factura": "x" * 501}, "demasiado_largo"),
    ({"condiciones_pago": "x" * 501}, "demasiado_largo"),
]


def test_what_no_document_could_bear_is_refused(servicio, empresa):
    for cambios, codigo in MARCAS_NO_VALIDAS:
        refused = cambiar(servicio, empresa, **cambios)
        assert refused.status_code == 422, cambios
        assert [e["codigo"] for e in refused.json()["errores"]] == [codigo], cambios
