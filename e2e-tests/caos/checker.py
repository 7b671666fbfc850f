"""What must be true after a trial: the history against the public API and against the raw rows."""

import itertools
import traceback
from collections import Counter

from deployment import said
from proof import (
    assert_every_invoice_is_whole,
    assert_one_chain,
    assert_told_exactly_once,
    assert_told_in_order,
)

_LONGEST = 600
"""Characters of a violation that are kept."""


def violations(company, history, findings=None):
    """What does not hold of billing, in words; nothing when all holds.

    `findings`: how many of each fault the chain's verification must name, where a trial broke the past.
    """
    checks = [
        (_nothing_refused, history),
        (_answers_are_one, history),
        (_nothing_lost_nothing_besides, company, history),
        (_numbers_follow_time, history),
        (_amounts_are_those_acknowledged, company, history),
        (_dashboard_is_a_recount, company),
        (assert_every_invoice_is_whole, company, len(history.issued)),
        (assert_one_chain, company, findings or {}),
        (_instants_never_go_back, company, (findings or {}).get("instante_retrocede", 0)),
    ]
    return _found(checks)


def violations_at_the_crm(company):
    """What does not hold of the effects in the CRM, once nothing waits any more."""
    return _found(
        [
            (_nothing_failed, company),
            (assert_told_exactly_once, company),
            (assert_told_in_order, company, "id"),
            (_crm_figures_are_a_recount, company),
        ]
    )


def _found(checks):
    """The words of each check that does not hold."""
    found = []
    for check, *arguments in checks:
        try:
            check(*arguments)
        except Exception as error:  # noqa: BLE001 - what cannot even be compared does not hold
            line = traceback.extract_tb(error.__traceback__)[-1].line
            found.append(f"{check.__name__.strip('_')}: {line}: {error!r}"[:_LONGEST])
    return found


def _nothing_refused(history):
    """Each client minds its own invoices, so that nothing it asks may be refused, nor left without an end."""
    for operation in history.operations:
        last = operation.attempts[-1] if operation.attempts else None
        assert operation.done, f"{operation.kind} {operation.key}: {last}"
        for attempt in operation.attempts:
            if not attempt.is_done and attempt.status is not None:
                assert attempt.problem, f"{operation.key} got what is no problem: {attempt}"
                assert attempt.problem != "error_interno", f"{operation.key}: {attempt}"


def _answers_are_one(history):
    """Whatever a key was answered with success, it was the same bytes, made once and then repeated."""
    for operation in history.operations:
        done = [attempt for attempt in operation.attempts if attempt.is_done]
        assert len({(attempt.status, attempt.content) for attempt in done}) <= 1, operation.key
        assert sum(not attempt.replayed for attempt in done) <= 1, f"{operation.key} was done twice"


def _nothing_lost_nothing_besides(company, history):
    """The rows are those that were acknowledged: each is there, as it was told, and there is no other."""
    rows = _rows(company)
    made = {"factura": {}, "pago": {}, "devolucion": {}, "borrador": {}}
    for operation in history.operations:
        if operation.done and operation.kind in made:
            answer = operation.done.json()
            assert answer["id"] not in made[operation.kind], f"two keys made {answer['id']}"
            made[operation.kind][answer["id"]] = answer
    issued = {factura.id for factura in history.issued}
    told = {
        answer["id"]: answer
        for operation in history.operations
        if operation.done and operation.kind in {"factura", "emitir"}
        for answer in [operation.done.json()]
    }
    stored = {row["id"]: row for row in rows("facturas")}
    assert told.keys() == issued
    assert stored.keys() == issued, f"lost {issued - stored.keys()}, besides {stored.keys() - issued}"
    for factura_id, answer in told.items():
        row = stored[factura_id]
        assert (row["numero"], row["huella"], row["huella_anterior"]) == (
            answer["numero"],
            answer["verifactu"]["huella"],
            answer["verifactu"]["huella_anterior"] or "",
        ), factura_id
    assert {row["id"] for row in rows("pagos")} == made["pago"].keys()
    assert {row["pago_id"] for row in rows("devoluciones")} == made["devolucion"].keys()
    states = {row["factura_id"]: row["estado"] for row in rows("facturas_situacion")}
    annulled = {factura.id for factura in history.facturas if factura.annulled}
    assert {ident for ident, estado in states.items() if estado == "anulada"} == annulled
    keys = {row["clave"] for row in rows("claves_idempotencia") if row["clave"].startswith("caos-")}
    assert keys == {operation.key for operation in history.acknowledged}


def _numbers_follow_time(history):
    """Who was answered before another asked has the lower number."""
    told = sorted(
        (operation.done.json()["numero"], operation.attempts[0].sent, operation.done.ended)
        for operation in history.operations
        if operation.done and operation.kind in {"factura", "emitir"}
    )
    latest = 0.0
    for numero, sent, answered in told:
        assert answered >= latest, f"{numero} was answered before one with a lower number was asked for"
        latest = max(latest, sent)


def _amounts_are_those_acknowledged(company, history):
    """What each invoice says is collected and due is what its client was told, by the API and by its rows."""
    shown = {row["id"]: row for row in company.every_row(company.billing, "/api/facturas")}
    situations = {row["factura_id"]: row for row in _rows(company)("facturas_situacion")}
    known = {factura.id: factura for factura in history.facturas if factura.id}
    assert shown.keys() == known.keys() == situations.keys()
    for ident, factura in known.items():
        row, situation = shown[ident], situations[ident]
        assert _cents(row["total"]) == factura.cents, ident
        estado = _estado(factura)
        assert (row["estado"], situation["estado"]) == (estado, estado), ident
        due = factura.cents - factura.collected if estado in {"emitida", "pagada"} else 0
        collected = (factura.collected, due)
        assert (_cents(row["pagado"]), _cents(row["pendiente"])) == collected, f"{ident}: {row}"
        if factura.issued:
            assert (situation["cobrado"], situation["pendiente"]) == collected, ident


def _estado(factura):
    if not factura.issued:
        return "borrador"
    if factura.annulled:
        return "anulada"
    return "pagada" if factura.collected == factura.cents else "emitida"


def _dashboard_is_a_recount(company):
    """The figures kept day by day are those of the invoices and payments counted again."""
    figures = said(200, company.billing.get("/api/dashboard/resumen"))["facturacion"]
    shown = company.every_row(company.billing, "/api/facturas")
    live = [row for row in shown if row["estado"] in {"emitida", "pagada"}]
    due = [cents for row in live if (cents := _cents(row["pendiente"]))]
    rows = _rows(company)
    refunded = {row["pago_id"] for row in rows("devoluciones")}
    paid = [row["monto"] for row in rows("pagos") if row["id"] not in refunded]
    assert _cents(figures["total_facturado"]) == sum(_cents(row["total"]) for row in live)
    assert (figures["facturas_pendientes"], _cents(figures["importe_pendiente"])) == (len(due), sum(due))
    assert _cents(figures["total_cobrado"]) == sum(paid)
    mean = (2 * sum(paid) + len(paid)) // (2 * len(paid)) if paid else None
    assert (figures["promedio_pago"] and _cents(figures["promedio_pago"])) == mean


def _instants_never_go_back(company, but):
    """Along the chain no record is of an instant before the last one's, but for so many steps."""
    records = sorted(_rows(company)("registros"), key=lambda row: row["secuencia"])
    back = [
        (before["numero"], after["numero"])
        for before, after in itertools.pairwise(records)
        if str(after["instante"]) < str(before["instante"])
    ]
    assert len(back) == but, f"instants go back {len(back)} times, not {but}: {back[:5]}"


def _nothing_failed(company):
    """Nothing waits for the CRM, nothing was given up, and every invoice says so."""
    seen = company.integration()
    assert (seen["pendientes"], seen["fallidos"]) == (0, 0), seen
    shown = Counter(
        row["crm"]["estado"]
        for row in company.every_row(company.billing, "/api/facturas")
        if row["estado"] != "borrador"
    )
    assert shown.keys() <= {"entregado"}, shown


def _crm_figures_are_a_recount(company):
    """The CRM's figures, as billing's dashboard shows them, are those of its rows."""
    figures = said(200, company.billing.get("/api/dashboard/resumen"))["crm"]
    clients = company.deployment.databases.crm.rows("clientes", empresa_id=company.id)
    assert figures["disponible"]
    assert (figures["total_clientes"], figures["clientes_activos"]) == (len(clients), len(clients))
    assert figures["actividades_pendientes"] == 0


def _rows(company):
    return lambda table: company.deployment.databases.billing.rows(table, empresa_id=company.id)


def _cents(amount):
    euros, _, cents = str(amount).partition(".")
    return int(euros) * 100 + int(cents or 0)
