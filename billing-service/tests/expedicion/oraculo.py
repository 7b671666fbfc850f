"""What an invoice comes to, computed again from the contract's own words, with fractions."""

from collections import defaultdict
from fractions import Fraction


def redondo(x):
    """Half up, away from zero, to cents."""
    cents = abs(x) * 100 + Fraction(1, 2)
    whole = Fraction(cents.numerator // cents.denominator, 100)
    return whole if x >= 0 else -whole


def euros(x):
    cents = x * 100
    assert cents.denominator == 1
    sign, cents = ("-" if cents < 0 else ""), abs(cents.numerator)
    return f"{sign}{cents // 100}.{cents % 100:02}"


def totales(body):
    """The figures of the answer to `body`, and its desglose by rate and recargo."""
    general = Fraction(body.get("descuento_global", 0)) / 100
    bruto, por_linea = body.get("precios_con_impuestos", False), body.get("redondeo") == "por_linea"
    suplidos, importes, partes = Fraction(0), [], []
    for fila in body["lineas"]:
        importe = Fraction(fila["cantidad"]) * Fraction(fila["precio_unitario"])
        if fila.get("suplido"):
            importes.append(redondo(importe))
            suplidos += importes[-1]
            continue
        importes.append(redondo(importe * (1 - Fraction(fila.get("descuento", 0)) / 100) * (1 - general)))
        irpf = Fraction(fila.get("irpf", body.get("retencion_irpf", 0)))
        grupo = (_tipo(fila), Fraction(fila.get("recargo_equivalencia", 0)), _clase(fila))
        partes.append((grupo, irpf, importes[-1]))
    a_la_vez = partes if por_linea else _juntas(partes, aparte_por_irpf=bruto)
    desglose = defaultdict(lambda: [Fraction(0), Fraction(0), Fraction(0)])
    sujeto = defaultdict(Fraction)
    for (tipo, recargo, clase), irpf, importe in a_la_vez:
        if bruto:
            base = redondo(importe / (1 + (tipo + recargo) / 100))
            del_recargo = redondo(base * recargo / 100)
            cuota = importe - base - del_recargo
            sujeto[irpf] += base
        else:
            base, cuota, del_recargo = (
                importe,
                redondo(importe * tipo / 100),
                redondo(importe * recargo / 100),
            )
        for n, amount in enumerate((base, cuota, del_recargo)):
            desglose[tipo, recargo, clase][n] += amount
    if not bruto:
        for _, irpf, importe in partes:
            sujeto[irpf] += importe
    retencion = sum((redondo(base * irpf / 100) for irpf, base in sujeto.items()), Fraction(0))
    base, cuota, recargo = (sum((fila[n] for fila in desglose.values()), Fraction(0)) for n in range(3))
    total = base + cuota + recargo
    return {
        "importes": [euros(x) for x in importes],
        "desglose": {clave: [euros(x) for x in fila] for clave, fila in desglose.items()},
        "base_imponible": euros(base),
        "cuota_total": euros(cuota),
        "recargo_total": euros(recargo),
        "retencion": euros(retencion),
        "suplidos": euros(suplidos),
        "total": euros(total),
        "total_a_pagar": euros(total - retencion + suplidos),
    }


def _tipo(fila):
    """21 unless it is exempt, reversed or not subject."""
    if fila.get("exencion") or fila.get("calificacion") in {"S2", "N1", "N2"}:
        return Fraction(0)
    return Fraction(fila.get("tipo_iva", 21))


def _clase(fila):
    return fila.get("exencion") or fila.get("calificacion", "S1")


def _juntas(partes, *, aparte_por_irpf):
    sums = defaultdict(Fraction)
    for grupo, irpf, importe in partes:
        sums[grupo, irpf if aparte_por_irpf else None] += importe
    return [(grupo, irpf, importe) for (grupo, irpf), importe in sums.items()]


def contestado(factura):
    """The same figures, as the service answers them."""
    return {
        "importes": [fila["importe"] for fila in factura["lineas"]],
        "desglose": {
            (
                Fraction(fila["tipo_iva"] or 0),
                Fraction(fila["recargo_equivalencia"] or 0),
                fila["exencion"] or fila["calificacion"],
            ): [fila["base"], fila["cuota"], fila["recargo"]]
            for fila in factura["desglose"]
        },
    } | {
        name: factura[name]
        for name in (
            "base_imponible",
            "cuota_total",
            "recargo_total",
            "retencion",
            "suplidos",
            "total",
            "total_a_pagar",
        )
    }
