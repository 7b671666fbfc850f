"""The payments room's shapes on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from contratos import Entrada, Salida
from contratos.types import Cobro, Euros, Fecha, Opcional, Texto
from http_rules import Paging


class Metodo(StrEnum):
    """How a payment came."""

    TRANSFERENCIA = "transferencia"
    TARJETA = "tarjeta"
    EFECTIVO = "efectivo"
    DOMICILIACION = "domiciliacion"
    OTRO = "otro"


class PagoNuevo(Entrada):
    """A payment to register; today, by transfer, unless it says otherwise."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"monto": "121.00", "metodo": "transferencia"}]}
    )

    monto: Cobro
    fecha: Fecha | None = None
    metodo: Metodo = Metodo.TRANSFERENCIA
    referencia: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class DevolucionNueva(Entrada):
    """A refund: why and when."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"motivo": "Cobro duplicado"}]})

    motivo: Annotated[Texto | None, Opcional] = None
    fecha: Fecha | None = None


class PagoPublico(Salida):
    """A payment, and whether it was given back."""

    id: str
    factura_id: str
    monto: Euros
    fecha: Fecha
    metodo: Metodo
    referencia: str | None
    devuelto: bool


class FiltroPagos(Paging):
    """In what order: as they were registered."""
