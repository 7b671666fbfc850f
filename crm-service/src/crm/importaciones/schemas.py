"""The imports room's shapes on the wire."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field, Strict

from contratos import Parche, Salida
from contratos.types import Instante
from crm.clientes import Origen
from crm.parche import NOT_GIVEN
from http_rules import Paging

from .entidades import Clave, EntidadImportada, SiExiste
from .models import FilaImportada, Importacion
from .states import EstadoImportacion


class Resultado(StrEnum):
    """What came of a row."""

    CREADA = "creada"
    ACTUALIZADA = "actualizada"
    SIN_CAMBIOS = "sin_cambios"
    ERROR = "error"


class FiltrosImportaciones(Paging):
    """The query of the list of imports."""

    orden: Annotated[Literal["-creado", "creado"], Query(description="Las últimas primero.")] = "-creado"
    estado: Annotated[EstadoImportacion | None, Query(description="Las que están así.")] = None


class FiltrosFilas(Paging):
    """The query of the report of an import."""

    orden: Annotated[Literal["numero", "-numero"], Query(description="Como en el fichero.")] = "numero"
    resultado: Annotated[Resultado | None, Query(description="Lo que se hizo con la fila.")] = None
    deshecha: Annotated[
        bool | None, Query(description="Tras revertir: solo las deshechas, o las que no se pudo.")
    ] = None


class ImportacionParche(Parche):
    """How a table that was uploaded is to be imported: what is given changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "mapeo": {"Razón social": "nombre_completo", "Notas": None},
                "clave": "automatica",
                "si_existe": "actualizar",
            }
        }
    )

    mapeo: dict[str, str | None] = Field(
        default=NOT_GIVEN,
        min_length=1,
        description="De cada columna, el campo; `null` la deja fuera. Las que no se nombran quedan igual. "
        "Lo de `apellidos` va detrás del nombre.",
    )
    clave: Clave = Field(
        default=NOT_GIVEN,
        description="Por qué se reconoce lo que ya está; `automatica`: por id, NIF, referencia o correo y, "
        "si no tiene ninguno, por su nombre; una oportunidad, por su cliente, título y cierre previsto; una "
        "actividad, por su cliente, tipo, título y fecha.",
    )
    si_existe: SiExiste = Field(
        default=NOT_GIVEN,
        description="`actualizar` lo que la fila dice, `rellenar` solo lo que falta, `saltar`.",
    )
    forzar: Annotated[bool, Strict()] = Field(
        default=NOT_GIVEN, description="Admite un correo que ya tiene otro cliente."
    )
    origen: Origen = Field(
        default=NOT_GIVEN, description="De qué programa son las referencias, si no lo dice una columna."
    )


class ColumnaVista(Salida):
    """A column of the table, and the field that it is."""

    columna: str
    ejemplo: str | None
    campo: str | None


class ImportacionVista(Salida):
    """What the API shows of an import."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "imp_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "entidad": "clientes",
                "nombre": "clientes.csv",
                "estado": "analizada",
                "formato": "csv",
                "codificacion": "utf-8",
                "separador": ";",
                "tamano": 4821,
                "columnas": [
                    {
                        "columna": "Razón social",
                        "ejemplo": "Talleres Ruiz, S.L.",
                        "campo": "nombre_completo",
                    }
                ],
                "filas": 120,
                "clave": "automatica",
                "si_existe": "actualizar",
                "forzar": False,
                "origen": None,
                "procesadas": 0,
                "creadas": 0,
                "actualizadas": 0,
                "sin_cambios": 0,
                "errores": 0,
                "deshechas": 0,
                "no_deshechas": 0,
                "motivo": None,
                "caduca": "2026-12-24T08:30:00+00:00",
                "creado": "2026-11-24T08:30:00+00:00",
                "actualizado": "2026-11-24T08:30:00+00:00",
            }
        }
    )

    id: str
    entidad: EntidadImportada
    nombre: str
    estado: EstadoImportacion
    formato: Literal["csv", "xlsx"]
    codificacion: str | None
    separador: str | None
    tamano: Annotated[int, Field(description="Bytes.")]
    columnas: list[ColumnaVista]
    filas: int
    clave: Clave
    si_existe: SiExiste
    forzar: bool
    origen: str | None
    procesadas: Annotated[int, Field(description="Filas hechas del ensayo o de la importación.")]
    creadas: int
    actualizadas: int
    sin_cambios: int
    errores: int
    deshechas: int
    no_deshechas: int
    motivo: Annotated[str | None, Field(description="Por qué ha fallado, si ha fallado.")]
    caduca: Annotated[Instante, Field(description="Cuándo se borran el fichero y su informe.")]
    creado: Instante
    actualizado: Instante


class MotivoVisto(Salida):
    """What is wrong with a row."""

    campo: str
    codigo: str
    mensaje: str


class FilaVista(Salida):
    """What came of a row or, in a dry run, would come."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "numero": 2,
                "resultado": "error",
                "recurso_id": None,
                "cambios": None,
                "motivos": [
                    {"campo": "email", "codigo": "email_invalido", "mensaje": "El correo no es válido."}
                ],
                "deshecha": None,
            }
        }
    )

    numero: Annotated[int, Field(description="El número de la fila en su fichero.")]
    resultado: Resultado
    recurso_id: Annotated[str | None, Field(description="Lo que se creó o cambió; en un ensayo, si ya está.")]
    cambios: Annotated[dict[str, Any] | None, Field(description="Lo que cambia: por campo, antes y después.")]
    motivos: list[MotivoVisto]
    deshecha: Annotated[bool | None, Field(description="Si al revertir se deshizo.")]


def shown(importacion: Importacion) -> ImportacionVista:
    """An import as the API shows it."""
    return ImportacionVista.model_validate(importacion)


def row_shown(fila: FilaImportada) -> FilaVista:
    """A row of the report as the API shows it."""
    return FilaVista.model_validate(fila)
