"""Invoices through the public door: what most of billing's tests say and ask."""

import shutil
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from smartbilling.app import create_app
from smartbilling.settings import Settings

from .conftest import EMPIEZA, PLANTILLA, EmpresaDePrueba, Reloj, Servicio

CIF = "B12345674"
CLIENTE = {
    "cliente_nombre": "Talleres Ruiz, S.L.",
    "cliente_cif": CIF,
    "cliente_email": "pagos@talleresruiz.example",
    "cliente_direccion": "Calle Mayor 1, 28013 Madrid",
}
"""Somebody who may be invoiced."""


def linea(**cambios):
    """A line that comes to 100 €, IVA 21 %."""
    return {"descripcion": "Revisión anual", "cantidad": 1, "precio_unitario": "100.00"} | cambios


def factura(**cambios):
    """What to send for an invoice of 121 €."""
    return CLIENTE | {"lineas": [linea()]} | cambios


def simplificada(**cambios):
    """What to send for a simplified invoice of 121 € to nobody in particular."""
    return {"tipo": "F2", "lineas": [linea()]} | cambios


def faltas(answer):
    """What a 422 finds wrong: field and code of each fault."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [(fault["campo"], fault["codigo"]) for fault in answer.json()["errores"]]


def problema(answer):
    """The status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["codigo"]


@dataclass
class Api:
    """Billing as one company's API key sees it."""

    empresa: EmpresaDePrueba

    @property
    def servicio(self) -> Servicio:
        return self.empresa.servicio

    @property
    def reloj(self) -> Reloj:
        return self.servicio.reloj

    def pedir(self, method, path, body=None, *, clave=None, if_match=None, headers=None, **mas):
        """Any request, with the company's key."""
        given = self.empresa.con_clave | (headers or {})
        given |= {"Idempotency-Key": clave} if clave else {}
        given |= {"If-Match": if_match} if if_match else {}
        return self.servicio.http.request(method, path, json=body, headers=given, **mas)

    def crear(self, body, **mas):
        return self.pedir("POST", "/api/facturas", body, **mas)

    def emitir(self, **cambios):
        """An invoice that is issued, as answered."""
        answer = self.crear(factura(**cambios))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def borrador(self, **cambios):
        """A draft, as answered."""
        answer = self.crear(factura(estado="borrador", **cambios))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def leer(self, factura_id):
        answer = self.pedir("GET", f"/api/facturas/{factura_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def lista(self, **filtros):
        """One page, as answered."""
        answer = self.pedir("GET", "/api/facturas", params=filtros)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, **filtros):
        return [fila["id"] for fila in self.lista(**filtros)["datos"]]

    def mover(self, factura_id, estado, motivo=None, **mas):
        body = {"estado": estado} | ({"motivo": motivo} if motivo else {})
        return self.pedir("PUT", f"/api/facturas/{factura_id}/estado", body, **mas)

    def anular(self, factura_id, **mas):
        return self.mover(factura_id, "anulada", "No llegó a hacerse", **mas)

    def pagar(self, factura_id, monto="121.00", *, clave=None, if_match=None, **cambios):
        body = {"monto": monto} | cambios
        return self.pedir("POST", f"/api/facturas/{factura_id}/pagos", body, clave=clave, if_match=if_match)

    def devolver(self, pago_id, body=None, **mas):
        return self.pedir("POST", f"/api/pagos/{pago_id}/devolucion", body, **mas)

    def resumen(self):
        return self.pedir("GET", "/api/dashboard/resumen").json()["facturacion"]

    def verificacion(self):
        return self.pedir("GET", "/api/verifactu/verificacion").json()

    def filas(self, sql, **valores):
        """Raw rows of the database, whatever the service thinks of them."""
        return filas(self.servicio.database, sql, **valores)


def filas(database, sql, **valores):
    with database.reading() as session:
        return session.execute(text(sql), valores).all()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def comun(request, tmp_path_factory):
    """Billing for all the tests of a module, each with a company of its own; on each database in turn."""
    folder = tmp_path_factory.mktemp(f"comun-{request.param}")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("plantilla_sqlite"), folder / "billing.db")
        yield from _servicio(f"sqlite:///{folder / 'billing.db'}", folder)
        return
    server = request.getfixturevalue("servidor_postgresql")
    name = f"comun_{uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {PLANTILLA}")
        yield from _servicio(server.get_uri(name), folder)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _servicio(url, folder):
    settings, reloj = Settings(database_url=url, data_dir=folder), Reloj()
    app = create_app(settings, reloj)
    with TestClient(app) as http:
        yield Servicio(app, http, reloj, settings)


@pytest.fixture
def api(comun):
    """A new company in the module's service, at the instant at which every test begins."""
    comun.reloj.ahora = EMPIEZA
    return Api(comun.empresa())


@pytest.fixture
def api_propia(servicio):
    """A company in a service of this test's own, which the test may break."""
    return Api(servicio.empresa())
