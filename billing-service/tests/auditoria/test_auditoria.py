"""The audit trail: who did what and when, a digest that never changes with its values beside it."""

import hashlib
import json

from ..facturacion import factura


def apuntes(api, recurso):
    """What was done to a resource: action, values and digest, in order."""
    rows = api.filas(
        "SELECT a.accion, a.quien, a.peticion, a.huella, v.valores FROM auditoria a JOIN auditoria_valores v "
        "ON v.empresa_id = a.empresa_id AND v.id = a.id "
        "WHERE a.empresa_id = :e AND a.recurso = :r ORDER BY a.id",
        e=api.empresa.id,
        r=recurso,
    )
    return [
        (row.accion, json.loads(row.valores) if isinstance(row.valores, str) else row.valores, row)
        for row in rows
    ]


def test_everything_done_to_an_invoice_is_written_down_once(api):
    draft = api.borrador()["id"]
    api.pedir("PUT", f"/api/facturas/{draft}", factura())
    api.mover(draft, "emitida", clave="una-sola-vez")
    api.mover(draft, "emitida", clave="una-sola-vez")
    pago = api.pagar(draft, "21.00").json()["id"]
    api.devolver(pago, {"motivo": "Cobro duplicado"})
    api.anular(draft)
    api.anular(draft)
    done = apuntes(api, draft)
    assert [accion for accion, _, _ in done] == [
        "factura.borrador_creado",
        "factura.borrador_cambiado",
        "factura.emitida",
        "factura.anulada",
    ]
    assert done[2][1]["numero"] == "F-2026-000001"
    assert done[2][1]["total"] == "121.00"
    assert done[3][1]["motivo"] == "No llegó a hacerse"
    assert [(accion, valores.get("motivo")) for accion, valores, _ in apuntes(api, pago)] == [
        ("pago.registrado", None),
        ("pago.devuelto", "Cobro duplicado"),
    ]


def test_a_digest_is_of_its_values_and_says_who_and_in_which_request(api):
    answer = api.crear(factura(), headers={"X-Request-ID": "peticion-de-prueba"})
    ((_, valores, row),) = apuntes(api, answer.json()["id"])
    text = json.dumps(valores, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert row.huella == hashlib.sha256(text.encode()).hexdigest()
    assert row.peticion == "peticion-de-prueba"
    assert row.quien.startswith("usr_")


def test_what_was_refused_leaves_no_trace_and_a_deleted_draft_does(api):
    refused = api.crear(factura(cliente_cif="B12345675"))
    assert refused.status_code == 422
    draft = api.borrador()["id"]
    api.pedir("DELETE", f"/api/facturas/{draft}")
    assert [accion for accion, _, _ in apuntes(api, draft)] == [
        "factura.borrador_creado",
        "factura.borrador_borrado",
    ]
    sql = "SELECT count(*) FROM auditoria WHERE empresa_id = :e AND accion LIKE 'factura.%'"
    assert api.filas(sql, e=api.empresa.id)[0][0] == 2
