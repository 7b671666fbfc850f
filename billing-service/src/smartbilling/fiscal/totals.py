"""What an invoice adds up to: lines, tax groups, withholding and totals, rounded as the contract says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from .lineas import Linea, resolver_linea
from .money import CERO, CIEN, exact, round_cents

Redondeo = Literal["por_tipo", "por_linea"]

_SIN_DESCUENTO = Decimal(0)


@dataclass(frozen=True, slots=True)
class GrupoDesglose:
    """One row of the tax breakdown; amounts in euros with two decimals, rates in percent.

    `tipo_iva` and `recargo_equivalencia` are None where the tax has none. `base_a_coste` is the sum of its
    lines', on which cuota and recargo are computed when there is one; it is part of no total.
    """

    impuesto: str
    clave_regimen: str
    calificacion: str | None
    exencion: str | None
    tipo_iva: Decimal | None
    base: Decimal
    cuota: Decimal
    recargo_equivalencia: Decimal | None
    recargo: Decimal
    base_a_coste: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Totales:
    """The figures of an invoice, in euros with two decimals.

    `importes` are the lines' own, in their order (gross when prices include tax).
    `total` = Σ bases + Σ cuotas + Σ recargos; `total_a_pagar` = total − retención + suplidos.
    """

    importes: tuple[Decimal, ...]
    desglose: tuple[GrupoDesglose, ...]
    base_imponible: Decimal
    cuota_total: Decimal
    recargo_total: Decimal
    retencion: Decimal
    suplidos: Decimal
    total: Decimal
    total_a_pagar: Decimal


class _Combinacion(NamedTuple):
    """What makes a tax group: lines equal in all of this are taxed together."""

    impuesto: str
    clave_regimen: str
    calificacion: str | None
    exencion: str | None
    tipo_iva: Decimal | None
    recargo_equivalencia: Decimal | None
    a_coste: bool


class _Parte(NamedTuple):
    """An amount whose tax is rounded at once, net or gross as the prices are, and what it cost."""

    combinacion: _Combinacion
    irpf: Decimal | None
    importe: Decimal
    coste: Decimal


class _Reparto(NamedTuple):
    base: Decimal
    cuota: Decimal
    recargo: Decimal
    coste: Decimal


_NADA = _Reparto(CERO, CERO, CERO, CERO)


def calcular(
    lineas: Sequence[Linea],
    *,
    descuento_global: Decimal = _SIN_DESCUENTO,
    redondeo: Redondeo = "por_tipo",
    precios_con_impuestos: bool = False,
    retencion_irpf: Decimal | None = None,
) -> Totales:
    """The totals of `lineas`, resolved or not (see `resolver_linea`).

    Rounding, half up to cents: each line; then cuota and recargo per tax group (`por_tipo`) or per line
    (`por_linea`); the withholding per rate. With gross prices the base is rounded out of the gross amount,
    apart for each `irpf`, the recargo out of that base, and the rest is cuota, so that the total is exactly
    what was charged. Lines with a `base_a_coste` are a group of their own, taxed on it. A suplido carries
    neither tax nor discount.
    Source: LIVA arts. 78, 90, 154-163, 163 octies; LIRPF art. 99; RD 1619/2012 art. 6.
    """
    with exact():
        resueltas = [resolver_linea(linea) for linea in lineas]
        importes = tuple(_importe(linea, descuento_global) for linea in resueltas)
        con_importe = list(zip(resueltas, importes, strict=True))
        gravadas = [
            _Parte(
                _combinacion(linea),
                retencion_irpf if linea.irpf is None else linea.irpf,
                importe,
                round_cents(linea.base_a_coste) if linea.base_a_coste else CERO,
            )
            for linea, importe in con_importe
            if not linea.suplido
        ]
        partes = _partes(gravadas, redondeo, separar_irpf=precios_con_impuestos)
        repartos = [(parte, _repartir(parte, bruto=precios_con_impuestos)) for parte in partes]
        desglose = _desglose(repartos)
        if precios_con_impuestos:
            sujeto = [(parte.irpf, reparto.base) for parte, reparto in repartos]
        else:
            sujeto = [(parte.irpf, parte.importe) for parte in gravadas]
        retencion = _retencion(sujeto)
        suplidos = sum((importe for linea, importe in con_importe if linea.suplido), CERO)
        base = sum((grupo.base for grupo in desglose), CERO)
        cuota = sum((grupo.cuota for grupo in desglose), CERO)
        recargo = sum((grupo.recargo for grupo in desglose), CERO)
        total = base + cuota + recargo
        return Totales(
            importes=importes,
            desglose=desglose,
            base_imponible=base,
            cuota_total=cuota,
            recargo_total=recargo,
            retencion=retencion,
            suplidos=suplidos,
            total=total,
            total_a_pagar=total - retencion + suplidos,
        )


def _importe(linea: Linea, descuento_global: Decimal) -> Decimal:
    importe = linea.cantidad * linea.precio_unitario
    if not linea.suplido:
        if linea.descuento:
            importe *= 1 - linea.descuento / CIEN
        if descuento_global:
            importe *= 1 - descuento_global / CIEN
    return round_cents(importe)


def _combinacion(linea: Linea) -> _Combinacion:
    return _Combinacion(
        linea.impuesto or "",
        linea.clave_regimen or "",
        linea.calificacion,
        linea.exencion,
        linea.tipo_iva,
        linea.recargo_equivalencia,
        linea.base_a_coste is not None,
    )


def _partes(gravadas: Sequence[_Parte], redondeo: Redondeo, *, separar_irpf: bool) -> Iterable[_Parte]:
    """The amounts to round: the lines', or one a tax group (and an `irpf`, when gross), in lines' order."""
    if redondeo == "por_linea":
        return gravadas
    grupos: dict[tuple[_Combinacion, Decimal | None], tuple[Decimal, Decimal]] = {}
    for combinacion, irpf, importe, coste in gravadas:
        clave = (combinacion, (irpf or None) if separar_irpf else None)
        suma, a_coste = grupos.get(clave, (CERO, CERO))
        grupos[clave] = (suma + importe, a_coste + coste if combinacion.a_coste else CERO)
    return [_Parte(combinacion, irpf, *sumas) for (combinacion, irpf), sumas in grupos.items()]


def _repartir(parte: _Parte, *, bruto: bool) -> _Reparto:
    """Base, cuota and recargo of one amount."""
    tipo = parte.combinacion.tipo_iva or _SIN_DESCUENTO
    recargo = parte.combinacion.recargo_equivalencia or _SIN_DESCUENTO
    if parte.combinacion.a_coste:
        return _repartir_a_coste(parte, tipo, recargo, bruto=bruto)
    if bruto:
        base = round_cents(parte.importe / (1 + (tipo + recargo) / CIEN))
        cuota_recargo = round_cents(base * recargo / CIEN)
        return _Reparto(base, parte.importe - base - cuota_recargo, cuota_recargo, CERO)
    base = parte.importe
    return _Reparto(base, round_cents(base * tipo / CIEN), round_cents(base * recargo / CIEN), CERO)


def _repartir_a_coste(parte: _Parte, tipo: Decimal, recargo: Decimal, *, bruto: bool) -> _Reparto:
    """As `_repartir`, of an amount whose tax is that of its cost."""
    cuota = round_cents(parte.coste * tipo / CIEN)
    cuota_recargo = round_cents(parte.coste * recargo / CIEN)
    base = parte.importe - cuota - cuota_recargo if bruto else parte.importe
    return _Reparto(base, cuota, cuota_recargo, parte.coste)


def _desglose(repartos: Sequence[tuple[_Parte, _Reparto]]) -> tuple[GrupoDesglose, ...]:
    """One row per combination, in the order in which the lines first name it."""
    sumas: dict[_Combinacion, _Reparto] = {}
    for parte, reparto in repartos:
        suma = sumas.get(parte.combinacion, _NADA)
        sumas[parte.combinacion] = _Reparto(
            suma.base + reparto.base,
            suma.cuota + reparto.cuota,
            suma.recargo + reparto.recargo,
            suma.coste + reparto.coste if parte.combinacion.a_coste else CERO,
        )
    return tuple(
        GrupoDesglose(
            impuesto=clave.impuesto,
            clave_regimen=clave.clave_regimen,
            calificacion=clave.calificacion,
            exencion=clave.exencion,
            tipo_iva=clave.tipo_iva,
            base=suma.base,
            cuota=suma.cuota,
            recargo_equivalencia=clave.recargo_equivalencia,
            recargo=suma.recargo,
            base_a_coste=suma.coste if clave.a_coste else None,
        )
        for clave, suma in sumas.items()
    )


def _retencion(sujeto: Sequence[tuple[Decimal | None, Decimal]]) -> Decimal:
    """Σ over the rates of round(base subject × rate / 100)."""
    bases: dict[Decimal, Decimal] = {}
    for irpf, base in sujeto:
        if irpf:
            bases[irpf] = bases.get(irpf, CERO) + base
    return sum((round_cents(base * irpf / CIEN) for irpf, base in bases.items()), CERO)
