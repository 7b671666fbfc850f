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
