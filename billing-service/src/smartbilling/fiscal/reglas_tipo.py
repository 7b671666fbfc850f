"""The type of an invoice, and the marks that only some types carry."""

from collections.abc import Iterator

from contratos import Fault

from .propuesta import SIMPLIFICADAS, TIPOS, FacturaPropuesta
from .textos import faltas_de_texto

_CON_CUPON = frozenset({"R1", "R5"})
_ACUERDO_DE_FACTURACION_MAXIMO = 15
_ACUERDO_DEL_SISTEMA_MAXIMO = 16


def faltas_de_tipo(propuesta: FacturaPropuesta) -> Iterator[Fault]:
    """AEAT 1106 (which types there are), 1157 (cupón) and 1185 (recipient that need not be identified)."""
    if propuesta.tipo not in TIPOS:
        yield Fault("tipo", "tipo_no_valido", "Cambia el tipo de factura: es F1, F2, F3 o R1 a R5.", "1106")
    if propuesta.sin_identificar and propuesta.tipo not in SIMPLIFICADAS:
        yield Fault(
            "sin_identificar_destinatario",
            "marca_no_admitida",
            "Quita la marca de destinatario sin identificar (art. 6.1.d): solo va en F2 y R5.",
            "1185",
        )
    if propuesta.cupon and propuesta.tipo not in _CON_CUPON:
        yield Fault(
            "cupon", "marca_no_admitida", "Quita el cupón: solo va en rectificativas R1 y R5.", "1157"
        )
    if propuesta.acuerdo_facturacion is not None:
        yield from faltas_de_texto(
            "acuerdo_facturacion", propuesta.acuerdo_facturacion, _ACUERDO_DE_FACTURACION_MAXIMO
        )
    if propuesta.acuerdo_sistema is not None:
        yield from faltas_de_texto("acuerdo_sistema", propuesta.acuerdo_sistema, _ACUERDO_DEL_SISTEMA_MAXIMO)
