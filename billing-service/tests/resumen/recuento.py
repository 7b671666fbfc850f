"""The dashboard's figures, counted again from the raw rows and from nothing else."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal


def dia(value):
    return date.fromisoformat(value) if isinstance(value, str) else value


def euros(cents):
    return f"{Decimal(int(cents)) / 100:.2f}"


def recuento(api, hoy):
    """What `GET /api/dashboard/resumen` must answer on the day `hoy`."""
    facturas = api.filas(
        "SELECT f.id, f.total, f.total_a_pagar, f.fecha_expedicion, f.fecha_vencimiento, s.compensado, "
        "s.saldada "
        "FROM facturas f JOIN facturas_situacion s ON s.empresa_id = f.empresa_id AND s.factura_id = f.id "
        "WHERE f.empresa_id = :e AND s.estado <> 'anulada'",
        e=api.empresa.id,
    )
    pagos = api.filas(
        "SELECT p.factura_id, p.monto, p.fecha FROM pagos p WHERE p.empresa_id = :e AND NOT EXISTS "
        "(SELECT 1 FROM devoluciones d WHERE d.empresa_id = p.empresa_id AND d.pago_id = p.id)",
        e=api.empresa.id,
    )
    sustituidas = {
        row.otra_id
        for row in api.filas(
            "SELECT v.otra_id FROM vinculos_facturas v JOIN facturas_situacion n "
            "ON n.empresa_id = v.empresa_id AND n.factura_id = v.nueva_id "
            "WHERE v.empresa_id = :e AND v.metodo = 'S' AND n.estado <> 'anulada'",
            e=api.empresa.id,
        )
    }
    cobrado = {f.id: sum(int(p.monto) for p in pagos if p.factura_id == f.id) for f in facturas}
    debido = {f.id: int(f.total_a_pagar) - cobrado[f.id] - int(f.compensado) for f in facturas}
    facturado = sum(int(f.total) for f in facturas)
    sustituido = sum(int(f.total) for f in facturas if f.id in sustituidas)
    vencidas = [f for f in facturas if debido[f.id] > 0 and dia(f.fecha_vencimiento) < hoy]
    plazos = [
        max((dia(p.fecha) - dia(f.fecha_expedicion)).days for p in pagos if p.factura_id == f.id)
        for f in facturas
        if f.saldada
    ]
    return {
        "total_facturado": euros(facturado),
        "total_sustituido": euros(sustituido),
        "total_neto": euros(facturado - sustituido),
        "facturas_emitidas": len(facturas),
        "facturas_pendientes": sum(1 for f in facturas if debido[f.id] > 0),
        "importe_pendiente": euros(sum(max(cuanto, 0) for cuanto in debido.values())),
        "importe_vencido": euros(sum(debido[f.id] for f in vencidas)),
        "facturas_vencidas": len(vencidas),
        "total_cobrado": euros(sum(int(p.monto) for p in pagos)),
        "promedio_pago": _media(sum(int(p.monto) for p in pagos), len(pagos), "0.01", cents=True),
        "dias_medios_cobro": _media(sum(plazos), len(plazos), "0.1"),
    }


def _media(total, count, unit, *, cents=False):
    if not count:
        return None
    mean = (Decimal(total) / count / (100 if cents else 1)).quantize(Decimal(unit), ROUND_HALF_UP)
    return f"{mean:.2f}" if cents else float(mean)
