"""Both services together on databases of their own, and the companies in them."""

import itertools
import random
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
from ports import Port
from services import Service
from stdnum.es import cif
from waiting import wait_for

_NUMBERS = itertools.count(random.randrange(1_000_000, 5_000_000))


def new_nif():
    """A valid NIF of an organisation that nobody else here has."""
    number = f"B{next(_NUMBERS):07}"
    return number + cif.calc_check_digits(number)[0]


def invoice(**changes):
    """The body of an invoice of 121.00 to Talleres Ruiz."""
    return {
        "cliente_nombre": "Talleres Ruiz, S.L.",
        "cliente_cif": "B10000008",
        "cliente_email": "pagos@talleresruiz.example",
        "lineas": [{"descripcion": "Revisión anual", "cantidad": 1, "precio_unitario": "100.00"}],
    } | changes


class Deployment:
    """Billing and the CRM, each knowing where the other is. `way` makes what stands between them.

    `settings` are what every process is told besides.
    """

    def __init__(self, databases, folder, way=None, **settings):
        self.databases, self.folder, self._settings = databases, folder, settings
        ports = {"billing": Port(), "crm": Port()}
        self.way = way(ports["crm"]) if way else None
        self._crm_url = self.way.url if self.way else ports["crm"].url
        self.billing = self._billing(ports["billing"])
        self.crm = self._crm(ports["crm"])
        self._others = []

    def start(self):
        """Start both at once, and wait until both are ready."""
        for service in (self.crm, self.billing):
            service.begin()
        for service in (self.crm, self.billing):
            service.wait_until_ready()

    def another_billing(self):
        """One more billing process on the same database, started."""
        return self._another(self._billing(Port()))

    def another_crm(self):
        """One more CRM process on the same database, started."""
        return self._another(self._crm(Port()))

    def worker(self):
        """A process that delivers to the CRM and does nothing else, started."""
        port = Port()
        return self._another(self._billing(port, ("worker", "--puerto", str(port.number))))

    def _another(self, service):
        self._others.append(service)
        service.start()
        return service

    def close(self):
        """End all of it."""
        services = [self.billing, *self._others, self.crm]
        for service in services:
            if service.is_running:
                service.ask_to_stop()
        for service in services:
            service.close()
        if self.way:
            self.way.close()

    def company(self, **data):
        """A new company, with an administrator of its own."""
        data = {
            "nombre": "Instalaciones Vega, S.L.",
            "nif": new_nif(),
            "direccion": "Calle Sol 2, Soria",
        } | data
        with self.client(self.billing, {"X-API-Key": self.databases.first["clave_api"]}) as first:
            made = said(201, first.post("/api/empresas", json=data))
        return Company(self, made["id"], made["clave_api"])

    @staticmethod
    def client(service, headers):
        """Somebody who speaks to `service`, and waits long."""
        return httpx.Client(base_url=service.url, headers=headers, timeout=60, trust_env=False)

    def _billing(self, port, arguments=("servir",)):
        settings = self.databases.billing.environment | {"BILLING_CRM_URL": self._crm_url}
        return Service("billing", port, self.folder, settings | self._settings, arguments)

    def _crm(self, port):
        settings = self.databases.crm.environment | {
            "CRM_JWKS_URL": f"{self.billing.url}/.well-known/jwks.json",
            "CRM_BILLING_URL": self.billing.url,
        }
        return Service("crm", port, self.folder, settings | self._settings)


@contextmanager
def running(kind, folder, way=None, **settings):
    """A deployment on fresh databases, while the block runs."""
    databases = kind.fresh(folder)
    deployment = Deployment(databases, folder, way, **settings)
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.close()
        kind.drop(databases)


class Company:
    """A company, as its administrator sees both services: `billing` by its API key, `crm` by a token."""

    def __init__(self, deployment, empresa_id, key):
        self.deployment, self.id, self.key = deployment, empresa_id, key
        self.billing = deployment.client(deployment.billing, {"X-API-Key": key})
        self.user = self.member("admin")
        self.token = self.log_in(self.user)["access_token"]
        self.crm = deployment.client(deployment.crm, {"Authorization": f"Bearer {self.token}"})

    def member(self, rol):
        """A new user with this role: name and password."""
        nombre = f"{rol}-{next(_NUMBERS)}@e2e.example"
        return said(201, self.billing.post("/api/usuarios", json={"usuario": nombre, "rol": rol}))

    def log_in(self, user):
        """The tokens of a member."""
        credentials = {"usuario": user["usuario"], "clave": user["clave"]}
        return said(200, self.billing.post("/api/auth/login", json=credentials))

    def issue(self, **changes):
        """An invoice just issued."""
        return said(201, self.billing.post("/api/facturas", json=invoice(**changes)))

    def draft(self, **changes):
        """A draft just saved."""
        return self.issue(estado="borrador", **changes)

    def invoice(self, factura_id):
        """An invoice as it stands."""
        return said(200, self.billing.get(f"/api/facturas/{factura_id}"))

    def pay(self, factura_id, monto, **more):
        """A payment just registered."""
        return said(
            201, self.billing.post(f"/api/facturas/{factura_id}/pagos", json={"monto": monto, **more})
        )

    def refund(self, pago_id, **more):
        """A payment given back."""
        return said(201, self.billing.post(f"/api/pagos/{pago_id}/devolucion", json=more))

    def annul(self, factura_id, motivo="Error en el pedido"):
        """An invoice just annulled."""
        body = {"estado": "anulada", "motivo": motivo}
        return said(200, self.billing.put(f"/api/facturas/{factura_id}/estado", json=body))

    def integration(self):
        """What waits for the CRM."""
        return said(200, self.billing.get("/api/integracion/crm"))

    def wait_until_delivered(self, seconds=60.0):
        """Nothing waits for the CRM any more."""
        wait_for(lambda: self.integration()["pendientes"] == 0, "all is delivered to the CRM", seconds)

    def chain(self):
        """What billing says of its chain."""
        return said(200, self.billing.get("/api/verifactu/verificacion"))

    def activities(self, path="/api/crm/actividades"):
        """What the CRM shows of the company's activities, by their reference."""
        return {row["referencia_externa"]: row for row in self.every_row(self.crm, path)}

    @staticmethod
    def every_row(client, path):
        """All pages of a list."""
        rows, cursor = [], {}
        while cursor is not None:
            page = said(200, client.get(path, params={"limite": 200, **cursor}))
            rows += page["datos"]
            cursor = {"cursor": page["siguiente"]} if page["siguiente"] else None
        return rows


def said(status, answer):
    """The body of an answer that has this status."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json()


def instant(text):
    """An instant of an answer, to compare."""
    return datetime.fromisoformat(text).astimezone(UTC)
