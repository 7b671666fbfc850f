"""What each line needs by itself: its text and its numbers."""

from collections.abc import Iterator
from decimal import Decimal

from contratos import Fault

from .impuestos import IVA, REGIMEN_GENERAL
from .lineas import Linea
from .money import CIEN, es_importe
from .textos import faltas_de_texto

_LIMITE = Decimal(10) ** 9
_DECIMALES = 6
_CERO = Decimal(0)


def faltas_de_linea(linea: Linea, campo: str) -> Iterator[Fault]:
    """Text, and quantity, price and percentages within what the contract takes (api.md, "money")."""
    yield from faltas_de_texto(f"{campo}.descripcion", linea.descripcion, varias_lineas=True)
    yield from _faltas_de_numero(f"{campo}.cantidad", linea.cantidad, -_LIMITE)
    if linea.cantidad.is_zero():
        yield Fault(
            f"{campo}.cantidad", "cantidad_cero", "La cantidad no puede ser 0: quita la línea o corrígela."
        )
    yield from _faltas_de_numero(f"{campo}.precio_unitario", linea.precio_unitario, _CERO)
    yield from faltas_de_porcentaje(f"{campo}.descuento", linea.descuento)
    for nombre, valor in (
        ("tipo_iva", linea.tipo_iva),
        ("recargo_equivalencia", linea.recargo_equivalencia),
        ("irpf", linea.irpf),
    ):
        if valor is not None:
            yield from faltas_de_porcentaje(f"{campo}.{nombre}", valor)
    if linea.base_a_coste is not None and not es_importe(linea.base_a_coste):
        yield Fault(
            f"{campo}.base_a_coste",
            "fuera_de_rango",
            "Escribe la base a coste en euros, con dos decimales y como mucho 12 cifras enteras.",
        )


def faltas_de_porcentaje(campo: str, valor: Decimal) -> Iterator[Fault]:
    """A percentage is a number from 0 to 100 with up to 6 decimals."""
    if not valor.is_finite() or not _CERO <= valor <= CIEN:
        yield Fault(campo, "porcentaje_no_valido", "Escribe un porcentaje de 0 a 100.")
    elif _demasiados_decimales(valor):
        yield _falta_de_decimales(campo)


def faltas_de_suplido(linea: Linea, campo: str) -> Iterator[Fault]:
    """A suplido carries no tax (LIVA art. 78.Tres.3.º): `tipo_iva` 0 is the same as none."""
    con_impuestos = {
        "tipo_iva": bool(linea.tipo_iva),
        "recargo_equivalencia": bool(linea.recargo_equivalencia),
        "irpf": bool(linea.irpf),
        "impuesto": linea.impuesto not in (None, IVA),
        "clave_regimen": linea.clave_regimen not in (None, REGIMEN_GENERAL),
        "calificacion": linea.calificacion is not None,
        "exencion": linea.exencion is not None,
        "base_a_coste": linea.base_a_coste is not None,
    }
    for nombre, sobra in con_impuestos.items():
        if sobra:
            yield Fault(
                f"{campo}.{nombre}",
                "suplido_con_impuestos",
                "Un suplido no lleva impuestos: quita este campo o no lo marques como suplido.",
            )


def _faltas_de_numero(campo: str, valor: Decimal, minimo: Decimal) -> Iterator[Fault]:
    if not valor.is_finite() or valor < minimo or valor.copy_abs() >= _LIMITE:
        desde = "0" if minimo == _CERO else "-999999999"
        yield Fault(campo, "fuera_de_rango", f"Escribe un número entre {desde} y 999999999.")
    elif _demasiados_decimales(valor):
        yield _falta_de_decimales(campo)


def _demasiados_decimales(valor: Decimal) -> bool:
    _, cifras, exponente = valor.as_tuple()
    if not isinstance(exponente, int) or exponente >= -_DECIMALES:
        return False
    return any(cifras[exponente + _DECIMALES :])


def _falta_de_decimales(campo: str) -> Fault:
    return Fault(campo, "demasiados_decimales", f"Escribe como mucho {_DECIMALES} decimales.")
