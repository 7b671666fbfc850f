"""The shapes of `/api/integracion/crm` on the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from contratos import Entrada, Salida
from contratos.types import Instante

from .models import MensajeCrm

MensajeId = Annotated[
    str, Field(pattern=r"^msj_[0-9a-f]{32}$", examples=["msj_0193e2b0c1d27f3a8b4c5d6e7f809102"])
]


class FaltaCrm(Salida):
    """One fault, as the CRM told it."""

    campo: str = ""
    codigo: str = ""
    mensaje: str = ""


class ErrorCrm(Salida):
    """Why the CRM did not take a message, in its own words; `status` is null when it did not answer."""

    status: int | None = None
    codigo: str
    detail: str
    errores: list[FaltaCrm] = Field(default_factory=list)


class AvisoCrm(Salida):
    """A message for the CRM that it has not taken."""

    id: str
    factura_id: str
    titulo: str
    referencia_externa: str
    intentos: int
    error: ErrorCrm | None

    @classmethod
    def de(cls, row: MensajeCrm) -> "AvisoCrm":
        """What is shown of a message."""
        return cls(
            id=row.id,
            factura_id=row.factura_id,
            titulo=str(row.actividad.get("titulo", "")),
            referencia_externa=str(row.actividad.get("referencia_externa", "")),
            intentos=row.intentos,
            error=ErrorCrm.model_validate(row.error) if row.error else None,
        )


class IntegracionPublica(Salida):
    """How the delivery to the CRM stands for a company."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "configurada": True,
                "disponible": True,
                "interruptor": "cerrado",
                "pausada": None,
                "pendientes": 3,
                "fallidos": 0,
                "mas_antiguo": "2026-11-24T09:30:00+00:00",
                "fallos": [],
                "en_espera": [],
            }
        }
    )

    configurada: bool = Field(default=False, description="Si este despliegue tiene un CRM al que avisar.")
    disponible: bool = Field(default=False, description="Si el CRM responde ahora mismo.")
    interruptor: Literal["cerrado", "abierto"] = "cerrado"
    pausada: str | None = Field(description="Por qué no se envía nada de la empresa, si es el caso.")
    pendientes: int
    fallidos: int
    mas_antiguo: Instante | None = Field(description="Desde cuándo espera el aviso más antiguo.")
    fallos: list[AvisoCrm] = Field(description="Los últimos avisos que el CRM ha rechazado.")
    en_espera: list[AvisoCrm] = Field(description="Avisos que no se han podido entregar y se repetirán.")


class Reintentos(Entrada):
    """What to deliver again."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"ids": ["msj_0193e2b0c1d27f3a8b4c5d6e7f809102"]}}
    )

    ids: Annotated[list[MensajeId], Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="Los avisos fallidos que se repiten; todos si no se dice."
    )


class ReintentosHechos(Salida):
    """How many messages go back to be delivered."""

    model_config = ConfigDict(json_schema_extra={"example": {"reintentados": 1, "adelantados": 0}})

    reintentados: int = Field(description="Avisos fallidos que se vuelven a entregar.")
    adelantados: int = Field(description="Clientes cuya espera se ha terminado.")
