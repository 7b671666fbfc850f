"""The clients room's shapes on the wire."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict, StringConstraints

from contratos import Parche, Salida
from contratos.crm import ClienteNuevo, ClientePublico, EstadoCliente, Etiqueta, NombreCompleto, TipoCliente
from contratos.types import Email, Fecha, Importe, Instante, Opcional, Texto
from crm.campos import Valores
from crm.consentimientos import Consentimientos, ConsentimientoVigente
from crm.medios import (
    Correos,
    CorreoVisto,
    Direcciones,
    DireccionVista,
    Idioma,
    Telefono,
    Telefonos,
    TelefonoVisto,
    Web,
)
from crm.parche import NOT_GIVEN
from http_rules import Paging

from .nif_iva import CifNif, NifIva

Ordenes = Literal["-creado", "creado", "nombre", "-nombre", "-actualizado", "actualizado"]
Forzar = Annotated[bool, Query(description="Admite un correo que ya tiene otro cliente.")]
Responsable = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    Field(description="Quién lo lleva: el `usr_…` de un usuario o un nombre; si no se dice, quien lo crea."),
]
Fuente = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    Field(description="Cómo llegó: la web, una feria, una recomendación…"),
]
Origen = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    Field(description="De qué otro programa viene; va con `referencia_externa`."),
]
Referencia = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(description="Cómo lo llama ese programa: con `origen`, único en la empresa."),
]
MotivoEstado = Annotated[Texto, Field(description="Por qué está en ese estado; al cambiarlo, se conserva.")]

_EXAMPLE: dict[str, Any] = {
    "nombre_completo": "Talleres Ruiz, S.L.",
    "email": "administracion@talleresruiz.example",
    "cif_nif": "B12345674",
    "tipo_cliente": "empresa",
    "estado": "prospecto",
    "telefono": "+34 912 345 678",
    "direccion": "Calle Mayor 1, 28001 Madrid",
    "etiquetas": ["taller", "zona centro"],
    "limite_credito": "3000.00",
    "nombre_comercial": "Ruiz Motor",
    "telefonos": [{"etiqueta": "Taller", "telefono": "600 123 456"}],
    "correos": [{"etiqueta": "Facturas", "email": "facturas@talleresruiz.example"}],
    "direcciones": [
        {
            "etiqueta": "Nave",
            "direccion": "Polígono Sur, parcela 4",
            "codigo_postal": "28320",
            "municipio": "Pinto",
            "provincia": "Madrid",
            "pais": "ES",
        }
    ],
    "web": "https://www.talleresruiz.example",
    "idioma": "es",
    "responsable": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "fuente": "Feria del automóvil",
    "consentimientos": [
        {
            "finalidad": "boletín",
            "concedido": True,
            "fecha": "2026-11-20T08:30:00+00:00",
            "medio": "Formulario de la web",
        }
    ],
}
_SHOWN: dict[str, Any] = (
    {"id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102"}
    | _EXAMPLE
    | {
        "telefono": "+34912345678",
        "telefonos": [{"etiqueta": "Taller", "telefono": "+34600123456"}],
        "nif_iva": None,
        "estado_desde": "2026-11-24T08:30:00+00:00",
        "motivo_estado": None,
        "campos": {"sector": "Automoción"},
        "origen": None,
        "referencia_externa": None,
        "archivado": False,
        "creado": "2026-11-24T08:30:00+00:00",
        "actualizado": "2026-11-24T08:30:00+00:00",
    }
)


class FiltrosClientes(Paging):
    """The query of the list of clients."""

    orden: Annotated[Ordenes, Query(description="Por su alta, su nombre o su último cambio.")] = "-creado"
    buscar: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Principio de cualquier palabra del nombre, NIF, correo o teléfono; todas a la vez.",
            examples=["ruiz tall"],
        ),
    ] = None
    estado: Annotated[EstadoCliente | None, Query(description="Los que están así.")] = None
    tipo_cliente: Annotated[TipoCliente | None, Query(description="Los de este tipo.")] = None
    etiqueta: Annotated[str | None, Query(max_length=50, description="Sin distinguir mayúsculas.")] = None
    responsable: Annotated[str | None, Query(max_length=120, description="Tal como se escribió.")] = None
    fuente: Annotated[str | None, Query(max_length=50, description="Sin distinguir mayúsculas.")] = None
    origen: Annotated[str | None, Query(max_length=50, description="De qué otro programa vienen.")] = None
    referencia_externa: Annotated[str | None, Query(max_length=200, description="Con `origen`.")] = None
    creado_desde: Annotated[Fecha | None, Query(description="Alta desde este día, incluido.")] = None
    creado_hasta: Annotated[Fecha | None, Query(description="Alta hasta este día, incluido.")] = None
    archivados: Annotated[bool, Query(description="Con los archivados.")] = False


class FiltrosEstados(Paging):
    """The query of the states that a client has been in."""

    orden: Annotated[Literal["-desde", "desde"], Query(description="El último primero.")] = "-desde"


class _ClienteDado(ClienteNuevo):
    """What may be told of a client, by whoever does."""

    cif_nif: Annotated[CifNif | None, Opcional] = None
    telefono: Annotated[Telefono | None, Opcional] = None
    nombre_comercial: Annotated[NombreCompleto | None, Opcional] = None
    nif_iva: Annotated[NifIva | None, Opcional] = None
    telefonos: Telefonos | None = None
    correos: Correos | None = None
    direcciones: Direcciones | None = None
    web: Annotated[Web | None, Opcional] = None
    idioma: Annotated[Idioma | None, Opcional] = None
    responsable: Annotated[Responsable | None, Opcional] = None
    fuente: Annotated[Fuente | None, Opcional] = None
    consentimientos: Consentimientos | None = None
    campos: Valores | None = None


class ClienteAlta(_ClienteDado):
    """What a caller sends to make a client, or to put another in its place."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    tipo_cliente: TipoCliente = TipoCliente.EMPRESA
    estado: EstadoCliente = EstadoCliente.PROSPECTO
    motivo_estado: Annotated[MotivoEstado | None, Opcional] = None
    origen: Annotated[Origen | None, Opcional] = None
    referencia_externa: Annotated[Referencia | None, Opcional] = None


class ClienteDeFuera(_ClienteDado):
    """What billing, or another program, knows of a client."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "nombre_completo": "Talleres Ruiz, S.L.",
                "email": "administracion@talleresruiz.example",
                "cif_nif": "B12345674",
                "direccion": "Calle Mayor 1, 28001 Madrid",
            }
        }
    )


class ClienteParche(Parche):
    """What a caller sends to change a client: the fields given. `null` empties one, or puts its default."""

    model_config = ConfigDict(json_schema_extra={"example": {"estado": "activo", "telefono": None}})

    nombre_completo: NombreCompleto = Field(default=NOT_GIVEN)
    email: Annotated[Email | None, Opcional] = None
    cif_nif: Annotated[CifNif | None, Opcional] = None
    tipo_cliente: TipoCliente | None = None
    estado: EstadoCliente | None = None
    motivo_estado: Annotated[MotivoEstado | None, Opcional] = None
    telefono: Annotated[Telefono | None, Opcional] = None
    direccion: Annotated[Texto | None, Opcional] = None
    etiquetas: Annotated[list[Etiqueta] | None, Field(max_length=50)] = None
    limite_credito: Importe | None = None
    nombre_comercial: Annotated[NombreCompleto | None, Opcional] = None
    nif_iva: Annotated[NifIva | None, Opcional] = None
    telefonos: Telefonos | None = None
    correos: Correos | None = None
    direcciones: Direcciones | None = None
    web: Annotated[Web | None, Opcional] = None
    idioma: Annotated[Idioma | None, Opcional] = None
    responsable: Annotated[Responsable | None, Opcional] = None
    fuente: Annotated[Fuente | None, Opcional] = None
    consentimientos: Consentimientos = Field(default=NOT_GIVEN)
    campos: Valores | None = None
    origen: Annotated[Origen | None, Opcional] = None
    referencia_externa: Annotated[Referencia | None, Opcional] = None
    archivado: Annotated[bool, Strict()] = Field(default=NOT_GIVEN, description="`false` lo recupera.")

    def values(self) -> dict[str, Any]:
        """What was given, defaults where it was cleared."""
        given = self.model_dump(include=self.model_fields_set)
        defaults: dict[str, Any] = {
            "tipo_cliente": TipoCliente.EMPRESA,
            "estado": EstadoCliente.PROSPECTO,
        }
        defaults |= {name: [] for name in ("etiquetas", "telefonos", "correos", "direcciones")}
        return {name: defaults.get(name) if value is None else value for name, value in given.items()}


class ClienteVisto(ClientePublico):
    """What the API shows of a client."""

    model_config = ConfigDict(json_schema_extra={"example": _SHOWN})

    nombre_comercial: str | None
    nif_iva: str | None
    telefonos: list[TelefonoVisto]
    correos: list[CorreoVisto]
    direcciones: list[DireccionVista]
    web: str | None
    idioma: str | None
    responsable: str | None
    fuente: str | None
    estado_desde: Instante
    motivo_estado: str | None
    consentimientos: list[ConsentimientoVigente]
    campos: dict[str, Any]
    origen: str | None
    referencia_externa: str | None


class EstadoPublico(Salida):
    """A state that a client was in, or is in as long as `hasta` is null."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "estado": "activo",
                "desde": "2026-11-24T08:30:00+00:00",
                "hasta": None,
                "motivo": "Firma el mantenimiento",
                "actor": "usr_0193e2b0c1d27f3a8b4c5d6e7f809102",
            }
        }
    )

    estado: EstadoCliente
    desde: Instante
    hasta: Instante | None
    motivo: str | None
    actor: str | None


class ClienteCreado(ClienteVisto):
    """A client just made; `archivado_parecido` is the id of an archived one with its NIF or e-mail."""

    model_config = ConfigDict(
        json_schema_extra={"example": _SHOWN | {"archivado_parecido": "cli_0193e2b0c1d27f3a8b4c5d6e7f809103"}}
    )

    archivado_parecido: str | None = None


class Resuelto(Salida):
    """The client that the upsert found or made, and whether it made it."""

    model_config = ConfigDict(json_schema_extra={"example": {"cliente": _SHOWN, "creado": True}})

    cliente: ClienteVisto
    creado: bool
