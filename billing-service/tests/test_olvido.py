"""What is kept only for a time is forgotten while the service runs."""

import time

from fastapi.testclient import TestClient

from smartbilling.app import create_app

from .facturacion import Api, factura


def cuerpos(api):
    return [bytes(row.cuerpo) for row in api.filas("SELECT cuerpo FROM claves_idempotencia ORDER BY creada")]


def test_answers_older_than_thirty_days_are_forgotten_and_their_keys_are_not(servicio):
    api = Api(servicio.empresa())
    old = api.crear(factura(), clave="una-de-hace-un-mes")
    servicio.reloj.avanzar(days=31)
    new = api.crear(factura(), clave="una-de-hoy-mismo")
    with TestClient(create_app(servicio.settings, servicio.reloj)):
        end = time.monotonic() + 10
        while cuerpos(api)[0] and time.monotonic() < end:
            time.sleep(0.01)
    assert cuerpos(api) == [b"", new.content]
    again = api.crear(factura(), clave="una-de-hace-un-mes")
    assert (again.json(), again.headers["idempotent-replayed"]) == (api.leer(old.json()["id"]), "true")


def quedan(servicio):
    """How many rows each table of what logins leave behind has."""
    tables = ("accesos_fallidos", "direcciones_conocidas", "accesos_revocados")
    with servicio.database.reading() as session:
        connection = session.connection()
        counts = (connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in tables)
        return dict(zip(tables, counts, strict=True))


def test_what_logins_left_behind_is_forgotten_once_it_says_nothing_any_more(servicio):
    empresa = servicio.empresa()
    luis = servicio.usuario(empresa.miembro("lectura", "luis@prueba.example"))
    assert servicio.entrar(luis.usuario).status_code == 200
    assert servicio.entrar(luis.usuario, "otra clave distinta").status_code == 401
    servicio.http.delete(f"/api/usuarios/{luis.id}", headers=empresa.con_clave)
    assert list(quedan(servicio).values()) == [3, 1, 1]
    for days, left in ((2, [0, 1, 0]), (180, [0, 0, 0])):
        servicio.reloj.avanzar(days=days)
        with TestClient(create_app(servicio.settings, servicio.reloj)):
            end = time.monotonic() + 10
            while list(quedan(servicio).values()) != left and time.monotonic() < end:
                time.sleep(0.01)
        assert list(quedan(servicio).values()) == left
