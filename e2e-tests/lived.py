"""A company in which everything has happened at least once, with an id of each kind and all of its rows."""

import io
import re
from dataclasses import dataclass

from behind import change
from deployment import Company, invoice, said
from PIL import Image
from waiting import wait_for

ID = re.compile(r"\b[a-z]{3}_[0-9a-f]{32}\b")


@dataclass(frozen=True)
class Lived:
    """A company in which everything has happened at least once, and one id of each kind."""

    company: Company
    ids: dict[str, str]
    draft: str

    @property
    def rows(self):
        """Every row of the company in both databases, as text that shows any change."""
        databases = self.company.deployment.databases
        return {
            (name, table): sorted(map(repr, rows))
            for name, database in (("billing", databases.billing), ("crm", databases.crm))
            for table in database.tables()
            if (rows := _of_company(database, table, self.company.id))
        }

    @property
    def every_id(self):
        """All ids that stand in its rows, but for those of users, who may belong to several companies."""
        found = {each for rows in self.rows.values() for row in rows for each in ID.findall(row)}
        return {each for each in found if not each.startswith(("usr_", "req_"))}


def _of_company(database, table, empresa_id):
    if table == "empresas":
        return database.rows(table, id=empresa_id)
    columns = database.read(f"SELECT * FROM {table} LIMIT 1")
    return database.rows(table, empresa_id=empresa_id) if columns and "empresa_id" in columns[0] else []


def live(company, serie, mark=""):
    """Let everything happen in a company: to clients that every other company here has too.

    `mark` stands in every text of its own.
    """
    theirs = {"cliente_nombre": f"Talleres Ruiz, S.L.{mark}", "descripcion": f"Trabajos{mark}"}
    said(201, company.billing.post("/api/series", json={"codigo": serie}))
    key = said(
        201,
        company.billing.post("/api/claves-api", json={"nombre": f"web{mark}", "scopes": ["facturas:leer"]}),
    )
    user = company.member("lectura")
    factura = company.issue(**theirs)
    nameless = {"cliente_cif": None, "tipo": "F2", "cliente_email": "Sola@Correo.example"}
    by_email = company.issue(**theirs | nameless, referencia_externa=f"r1{mark}")
    passport = {"pais": "FR", "tipo": "03", "id": "P123"}
    annulled = company.issue(**theirs, cliente_id_otro=passport, cliente_cif=None, cliente_email=None)
    pago = company.pay(factura["id"], "21.00")
    company.refund(company.pay(by_email["id"], "1.00")["id"])
    company.annul(annulled["id"])
    draft = company.draft(**theirs)
    _put_a_logo(company)
    registro_id = _one_record(company)
    alarma_id = _one_alarm(company)
    wait_for(lambda: company.integration()["pendientes"] == 0, "all is delivered")
    cliente_id = company.invoice(factura["id"])["crm"]["cliente_id"]

    def post(path, **body):
        return said(201, company.crm.post(f"/api/crm/{path}", json=body))["id"]

    etapa = post("etapas", nombre=f"Propia {serie}{mark}", probabilidad=35)
    ids = {
        "factura_id": factura["id"],
        "pago_id": pago["id"],
        "cliente_id": cliente_id,
        "empresa_id": company.id,
        "codigo": serie,
        "usuario_id": user["id"],
        "clave_id": key["id"],
        "contacto_id": post(
            f"clientes/{cliente_id}/contactos", nombre=f"Marta Gil{mark}", email="marta@ruiz.example"
        ),
        "actividad_id": post(
            f"clientes/{cliente_id}/actividades",
            tipo="tarea",
            titulo=f"Llamar{mark}",
            fecha="2026-11-24T09:30:00+01:00",
        ),
        "oportunidad_id": post(
            f"clientes/{cliente_id}/oportunidades",
            titulo=f"Mantenimiento{mark}",
            valor="5.00",
            etapa_id=etapa,
        ),
        "etapa_id": etapa,
        "adjunto_id": said(
            201,
            company.crm.post(
                f"/api/crm/clientes/{cliente_id}/adjuntos",
                content=f"hola{mark}".encode(),
                params={"nombre": f"hola{mark}.txt"},
            ),
        )["id"],
        "embudo_id": post("embudos", nombre=f"Contratos{mark}"),
        "motivo_id": post("motivos", nombre=f"Precio{mark}", estado="perdida"),
        "campo_id": post("campos", entidad="cliente", nombre=f"Sector{mark}", tipo="texto"),
        # one that is on would be tried again and again, and its rows change, whatever others do
        "webhook_id": post(
            "webhooks", url="https://avisos.example/", descripcion=f"Copia{mark}", activo=False
        ),
        **_tidied(company, mark),
        "instalacion_id": said(200, company.billing.get(f"/api/empresas/{company.id}"))["instalaciones"][0][
            "id"
        ],
        "registro_id": registro_id,
        "alarma_id": alarma_id,
    }
    _read_the_feed(company)
    return Lived(company, ids, draft["id"])


def _read_the_feed(company):
    """To its end: changes get their numbers when somebody reads them, and later nothing changes any more."""
    asked = {}
    while asked is not None:
        page = said(200, company.crm.get("/api/crm/cambios", params=asked))
        asked = {"desde": page["cursor"]} if page["siguiente"] else None


def _tidied(company, mark):
    """A merge, two clients that are not the same, and an import."""

    def post(path, **how):
        return said(201, company.crm.post(f"/api/crm/{path}", **how))["id"]

    one, other, third = (
        post("clientes", json={"nombre_completo": f"Parecida {name}{mark}"}) for name in ("A", "B", "C")
    )
    table = {"content": f"nombre\nImportada{mark}\n".encode(), "headers": {"Content-Type": "text/csv"}}
    return {
        "fusion_id": post(f"clientes/{one}/fusion", json={"cliente_id": other}),
        "otro_id": third,
        "descarte_id": post("duplicados/descartes", json={"cliente_id": one, "otro_id": third}),
        "importacion_id": post("importaciones", params={"nombre": f"clientes{mark}.csv"}, **table),
    }


def _put_a_logo(company):
    drawn = io.BytesIO()
    Image.new("RGB", (60, 20), (200, 30, 30)).save(drawn, "PNG")
    path, headers = f"/api/empresas/{company.id}/logo", {"Content-Type": "image/png"}
    said(200, company.billing.put(path, content=drawn.getvalue(), headers=headers))


def _one_record(company):
    (last, *_) = said(200, company.billing.get("/api/verifactu/registros"))["datos"]
    return last["id"]


def _one_alarm(company):
    """Of a chain whose end could not be read for a moment."""
    heads, where = company.deployment.databases.billing, {"empresa_id": company.id}
    (head,) = heads.rows("cabezas", **where)
    change(heads, "cabezas", where, secuencia=head["secuencia"] + 1)
    said(503, company.billing.post("/api/facturas", json=invoice()))
    change(heads, "cabezas", where, secuencia=head["secuencia"])
    (alarm,) = said(200, company.billing.get("/api/verifactu/alarmas"))["datos"]
    return alarm["id"]
