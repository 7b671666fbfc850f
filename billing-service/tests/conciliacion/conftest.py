"""What the tests of the reconciliation stand on: a CRM with its side of it, and a company that delivers."""

import asyncio
from collections import defaultdict
from urllib.parse import parse_qs

import pytest

from contratos.conciliacion import CAMPOS, dia_de, linea, resumen_del_dia
from contratos.crm import ActividadNueva
from http_rules import new_id

from ..facturacion import Api
from ..integracion_crm.conftest import until
from ..integracion_crm.fake_crm import FakeCrm, _json

RUTA = "/api/integracion/crm/conciliacion"
REINTENTOS = "/api/integracion/crm/reintentos"
PAGE = 2


class ConciliableCrm(FakeCrm):
    """Shows its activities by day, two rows a page, and lets them be put right."""

    def _write(self, empresa_id, request):
        if request.path == "/api/crm/conciliacion":
            return self._compare(empresa_id, {k: v for k, (v,) in parse_qs(request.query).items()})
        if request.path == "/api/crm/conciliacion/actividad":
            return self._restore(empresa_id, request.body)
        if request.path == "/api/crm/conciliacion/retirada":
            found = self.actividades.pop((empresa_id, request.body["referencia_externa"]), None)
            return 200, _json({"retiradas": int(found is not None)}), {}
        return super()._write(empresa_id, request)

    def _compare(self, empresa_id, query):
        days = defaultdict(list)
        for (company, _), row in sorted(self.actividades.items()):
            if company == empresa_id:
                days[dia_de(_as_read(row)["fecha"])].append(row)
        rows = [
            resumen_del_dia(
                day, [(r["referencia_externa"], linea(r["referencia_externa"], _as_read(r))) for r in found]
            ).model_dump(mode="json")
            for day, found in sorted(days.items())
            if query.get("desde", "") <= day.isoformat() <= query.get("hasta", "9999")
        ]
        if "dia" in query:
            found = {day.isoformat(): rows for day, rows in days.items()}.get(query["dia"], [])
            rows = [row | {"actividad_id": row["id"], "nuevo": 1} for row in found]
        start = int(query.get("cursor", 0))
        left = len(rows) > start + PAGE
        page = {"datos": rows[start : start + PAGE], "siguiente": str(start + PAGE) if left else None}
        return 200, _json(page | {"total": len(rows), "total_exacto": True}), {}

    def _restore(self, empresa_id, body):
        if (empresa_id, body["cliente_id"]) not in self.clientes:
            return 404, _json({"codigo": "no_encontrado", "detail": "No hay ningún cliente así."}), {}
        key = (empresa_id, body["referencia_externa"])
        old = self.actividades.get(key, {"id": new_id("act"), "archivado": False, "vence": None})
        self.actividades[key] = old | body | {"creado": body["fecha"], "actualizado": body["fecha"]}
        return 200, _json(self.actividades[key]), {}


def _as_read(row):
    """As the CRM's database gives it."""
    read = ActividadNueva.model_validate({n: row[n] for n in ActividadNueva.model_fields if n in row})
    return {name: getattr(read, name) for name in CAMPOS[1:]} | {"cliente_id": row["cliente_id"]}


@pytest.fixture(scope="session")
def served_crm():
    fake = ConciliableCrm()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def crm(served_crm):
    served_crm.reset()
    return served_crm


@pytest.fixture
def settings(settings, crm):
    return settings.model_copy(update={"crm_url": crm.url})


class Conciliada(Api):
    """A company beside a CRM, as its key sees it."""

    def comparar(self, **params):
        answer = self.pedir("GET", RUTA, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def nombradas(self, **params):
        """Every difference, as code and reference."""
        found = self.comparar(**params)
        return {(d["codigo"], d["referencia_externa"]) for dia in found["dias"] for d in dia["diferencias"]}

    def corregir(self, **params):
        answer = self.pedir("POST", REINTENTOS, params={"conciliar": "true", **params})
        assert answer.status_code == 200, answer.text
        self.entregada()
        return answer.json()["conciliacion"]

    def entregada(self):
        """Wait until nothing waits for the CRM."""
        asyncio.run(until(lambda: self.pedir("GET", "/api/integracion/crm").json()["pendientes"] == 0))


@pytest.fixture
def api(servicio, crm):
    """A company whose token the CRM knows."""
    made = Conciliada(servicio.empresa())
    crm.company_of = lambda _token: made.empresa.id
    return made
