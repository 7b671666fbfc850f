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

    model_config = ConfigDict(json_schema_extra={"example": {"monto": "121.00", "metodo": "transferencia"}})

    monto: Cobro
    fecha: Fecha | None = None
    metodo: Metodo = Metodo.TRANSFERENCIA
    referencia: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class DevolucionNueva(Entrada):
    """A refund: why and when."""

    model_config = ConfigDict(json_schema_extra={"example": {"motivo": "Cobro duplicado"}})

    motivo: Annotated[Texto | None, Opcional] = None
    fecha: Fecha | None = None


class PagoPublico(Salida):
    """A payment, and whether it was given back."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "pag_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "factura_id": "fac_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "monto": "121.00",
                "fecha": "2026-11-24",
                "metodo": "transferencia",
                "referencia": None,
                "devuelto": False,
            }
        }
    )

    id: str
    factura_id: str
    monto: Euros
    fecha: Fecha
    metodo: Metodo
    referencia: str | None
    devuelto: bool


class FiltroPagos(Paging):
    """In what order: as they were registered."""
