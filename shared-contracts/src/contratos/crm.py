"""What billing says to the CRM and what it hears back: `PUT /clientes/upsert`, activities, summary."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict, StringConstraints

from .base import Entrada, Salida
from .types import Email, Euros, Importe, Instante, Nif, Opcional, Telefono, Texto, TextoLargo

CONTRATO = "1.0"
"""The version of this contract, answered by `/health/ready`."""

ORIGEN_BILLING = "smartbilling"

Etiqueta = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
NombreCompleto = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(examples=["Talleres Ruiz, S.L."]),
]


class TipoCliente(StrEnum):
    """What kind of client it is."""

    EMPRESA = "empresa"
    AUTONOMO = "autonomo"
    PARTICULAR = "particular"


class EstadoCliente(StrEnum):
    """Where a client stands in its life."""

    PROSPECTO = "prospecto"
    ACTIVO = "activo"
    INACTIVO = "inactivo"


class TipoActividad(StrEnum):
    """What happened, or has to."""

    LLAMADA = "llamada"
    EMAIL = "email"
    REUNION = "reunion"
    TAREA = "tarea"
    NOTA = "nota"
    VENTA = "venta"
    PAGO = "pago"


class ClienteNuevo(Entrada):
    """The body of `POST /api/crm/clientes` and of the upsert."""

    nombre_completo: NombreCompleto
    email: Annotated[Email | None, Opcional] = None
    cif_nif: Annotated[Nif | None, Opcional] = None
    tipo_cliente: TipoCliente | None = None
    estado: EstadoCliente | None = None
    telefono: Annotated[Telefono | None, Opcional] = None
    direccion: Annotated[Texto | None, Opcional] = None
    etiquetas: Annotated[list[Etiqueta] | None, Field(max_length=50)] = None
    limite_credito: Importe | None = None


class ClientePublico(Salida):
    """A client as the CRM shows it."""

    id: str
    nombre_completo: str
    email: str | None
    cif_nif: str | None
    tipo_cliente: TipoCliente
    estado: EstadoCliente
    telefono: str | None
    direccion: str | None
    etiquetas: list[str]
    limite_credito: Euros
    archivado: bool
    creado: Instante
    actualizado: Instante


class ActividadNueva(Entrada):
    """The body of `POST /api/crm/clientes/{id}/actividades`."""

    tipo: TipoActividad
    titulo: Texto
    descripcion: TextoLargo | None = None
    fecha: Instante
    vence: Instante | None = None
    completada: Annotated[bool, Strict()] = False
    origen: Annotated[str, Field(min_length=1, max_length=50)] | None = None
    referencia_externa: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class ActividadPublica(Salida):
    """An activity as the CRM shows it."""

    id: str
    cliente_id: str
    tipo: TipoActividad
    titulo: str
    descripcion: str | None
    fecha: Instante
    vence: Instante | None
    completada: bool
    origen: str | None
    referencia_externa: str | None
    archivado: bool
    creado: Instante
    actualizado: Instante


class ResumenCrm(Salida):
    """`GET /api/crm/resumen`."""

    total_clientes: int
    clientes_activos: int
    actividades_pendientes: int
    oportunidades_abiertas: int
    valor_oportunidades_abiertas: Euros


class Listo(Salida):
    """`GET /health/ready`."""

    listo: bool
    version: str
    contrato: str
