"""What must be true of a company whatever happened, by its raw rows and the law's words, not ours."""

import hashlib
from collections import Counter
from xml.etree import ElementTree as ET

_HASHED = {
    "RegistroAlta": (
        "IDEmisorFactura",
        "NumSerieFactura",
        "FechaExpedicionFactura",
        "TipoFactura",
        "CuotaTotal",
        "ImporteTotal",
    ),
    "RegistroAnulacion": (
        "IDEmisorFacturaAnulada",
        "NumSerieFacturaAnulada",
        "FechaExpedicionFacturaAnulada",
    ),
}
"""What a record's huella is made of, before the previous one and the instant (AEAT huella spec 0.1.2)."""


def assert_one_chain(company, findings=None):
    """Each record follows the one before it, and its huella is that of what its own XML says.

    Billing's own verification finds nothing wrong, but what `findings` counts by its code.
    """
    records = company.deployment.databases.billing.rows("registros", empresa_id=company.id)
    records.sort(key=lambda row: row["secuencia"])
    assert [row["secuencia"] for row in records] == list(range(1, len(records) + 1))
    previous = ""
    for row in records:
        document = ET.fromstring(bytes(row["xml"]))  # noqa: S314 - written by the service under test
        kind = document.tag.rpartition("}")[2]
        values = {name: _text(document, name) for name in _HASHED[kind]}
        values |= {
            "Huella": previous,
            "FechaHoraHusoGenRegistro": _text(document, "FechaHoraHusoGenRegistro"),
        }
        hashed = "&".join(f"{name}={value}" for name, value in values.items())
        assert row["huella_anterior"] == previous
        assert row["huella"] == hashlib.sha256(hashed.encode()).hexdigest().upper(), hashed
        assert row["huella"] == document.findtext("./{*}Huella")
        previous = row["huella"]
    seen = company.chain()
    found = Counter(hallazgo["codigo"] for hallazgo in seen["hallazgos"])
    assert (seen["registros"], found) == (len(records), Counter(findings or {}))
    assert seen["correcta"] is not bool(findings)


def _text(document, name):
    return next(element.text.strip() for element in document.iter() if element.tag.rpartition("}")[2] == name)


def assert_every_invoice_is_whole(company, how_many):
    """So many invoices, numbered from 1 without a gap, each with all that belongs to it, nothing besides."""

    def rows(table):
        return company.deployment.databases.billing.rows(table, empresa_id=company.id)

    facturas = sorted(rows("facturas"), key=lambda row: row["secuencia"])
    assert [row["secuencia"] for row in facturas] == list(range(1, how_many + 1))
    assert [row["numero"][-6:] for row in facturas] == [f"{n:06}" for n in range(1, how_many + 1)]
    ids = {row["id"] for row in facturas}
    (counter,) = rows("contadores")
    assert counter["ultimo"] == how_many
    states = {row["factura_id"]: row["estado"] for row in rows("facturas_situacion")}
    annulled = {factura_id for factura_id, estado in states.items() if estado == "anulada"}
    records = Counter((row["factura_id"], row["id"]) for row in rows("registros"))
    assert {(row["id"], row["registro_id"]) for row in facturas} <= records.keys()
    corrected = [row["factura_id"] for row in rows("subsanaciones")]
    assert Counter(factura_id for factura_id, _ in records) == Counter([*ids, *annulled, *corrected])
    assert {factura_id for factura_id, estado in states.items() if estado != "borrador"} == ids
    for table in ("lineas", "desgloses", "entregas_crm"):
        assert {row["factura_id"] for row in rows(table)} == ids, table
    written = {row["recurso"] for row in rows("auditoria")}
    assert ids | {row["id"] for row in rows("pagos")} <= written


def references(company):
    """The reference of every fact that the CRM must hear of, by billing's own rows of those facts."""

    def rows(table):
        return company.deployment.databases.billing.rows(table, empresa_id=company.id)

    states = {row["factura_id"]: row["estado"] for row in rows("facturas_situacion")}
    facturas = [row["id"] for row in rows("facturas")]
    return Counter(
        [
            *facturas,
            *(row["id"] for row in rows("pagos")),
            *(f"{row['pago_id']}:devuelto" for row in rows("devoluciones")),
            *(f"{factura_id}:anulada" for factura_id in facturas if states[factura_id] == "anulada"),
        ]
    )


def assert_told_exactly_once(company):
    """The CRM has one activity, and one line in a timeline, for each fact of billing; and one client each."""

    def rows(table):
        return company.deployment.databases.crm.rows(table, empresa_id=company.id)

    activities = rows("actividades")
    assert Counter(row["referencia_externa"] for row in activities) == references(company)
    told = Counter(row["recurso_id"] for row in rows("historial") if row["recurso_id"].startswith("act_"))
    assert told == Counter(row["id"] for row in activities)
    named = Counter(row["cif_nif"] for row in rows("clientes"))
    assert named == Counter(
        {
            row["cliente_cif"]
            for row in company.deployment.databases.billing.rows("facturas", empresa_id=company.id)
        }
    )


def assert_told_in_order(company, by="creado"):
    """The CRM heard each client's sales in the order of their numbers.

    What it heard first is told by when it wrote them down, or by its `id`s where its clock was stepped.
    """
    databases = company.deployment.databases
    numbers = {
        row["id"]: row["secuencia"] for row in databases.billing.rows("facturas", empresa_id=company.id)
    }
    heard = {}
    activities = databases.crm.rows("actividades", empresa_id=company.id)
    for row in sorted(activities, key=lambda row: str(row[by])):
        if row["tipo"] == "venta":
            heard.setdefault(row["cliente_id"], []).append(numbers[row["referencia_externa"]])
    assert all(order == sorted(order) for order in heard.values()), heard


def assert_all_came_through(company, how_many, seconds=60.0):
    """So many invoices, each whole, in one chain; and the CRM, once all is delivered, told once, in order."""
    company.wait_until_delivered(seconds)
    assert_every_invoice_is_whole(company, how_many)
    assert_one_chain(company)
    assert_told_exactly_once(company)
    assert_told_in_order(company)
