"""What an invoice says of others, on the wire: which it rectifies or replaces, and who speaks of it."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from contratos import Entrada, Salida
from contratos.types import Euros, Fecha, ImporteConSigno, Texto

CITADAS_MAXIMAS = 1_000

Metodo = Literal["S", "I"]
TipoRectificativa = Literal["R1", "R2", "R3", "R4", "R5"]
NumeroDeFactura = Annotated[str, Field(min_length=1, max_length=60, examples=["F-2026-000001"])]

_CERO = Decimal("0.00")


class CitaNueva(Entrada):
    """An invoice of the company, by its number and its issue date."""

    numero: NumeroDeFactura
    fecha: Fecha


class RectificacionNueva(Entrada):
    """What a rectifying invoice corrects, and how.

    `metodo`: S by substitution, I by difference. By substitution the amounts replaced are worked out for
    invoices issued here, and given for others. No `facturas` when a rebate covers a period.
    """

    metodo: Metodo
    motivo: Texto
    facturas: Annotated[list[CitaNueva], Field(default_factory=list, max_length=CITADAS_MAXIMAS)]
    base_rectificada: ImporteConSigno | None = None
    cuota_rectificada: ImporteConSigno | None = None
    recargo_rectificado: ImporteConSigno | None = None


class Cita(Salida):
    """An invoice, by its number and its issue date."""

    numero: str
    fecha: Fecha


class RectificacionPublica(Salida):
    """What a rectifying invoice corrects, and how; by difference it replaces nothing."""

    metodo: Metodo
    motivo: str
    facturas: list[Cita]
    base_rectificada: Euros = _CERO
    cuota_rectificada: Euros = _CERO
    recargo_rectificado: Euros = _CERO


class FacturaCitada(Cita):
    """An invoice that this one speaks of; `id` is null when it was not issued here.

    `fuera_de_cadena`: then it has no record in our chain.
    """

    id: str | None = None
    fuera_de_cadena: bool = False


class RectificativaDeFactura(Salida):
    """An invoice that rectifies this one, and was not annulled."""

    id: str
    numero: str
    tipo: str
    metodo: Metodo


class Aviso(Salida):
    """What the AEAT would accept with errors, or the law asks to be warned of."""

    campo: str
    codigo: str
    mensaje: str
    codigo_aeat: str | None = None
