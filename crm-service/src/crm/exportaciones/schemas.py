"""The query of an export: the filters of its list, and how its file is written."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, create_model

from http_rules import Paging


class Formato(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class Separador(StrEnum):
    """What stands between the columns of a CSV file."""

    PUNTO_Y_COMA = "punto_y_coma"
    COMA = "coma"
    TABULADOR = "tabulador"

    @property
    def character(self) -> str:
        """The character itself."""
        return {"punto_y_coma": ";", "coma": ",", "tabulador": "\t"}[self.value]


class Escrita(BaseModel):
    """How the file of an export is written."""

    formato: Annotated[Formato, Query(description="`csv` es UTF-8 con su marca, como lo espera Excel.")] = (
        Formato.CSV
    )
    separador: Annotated[Separador, Query(description="Entre las columnas de un CSV.")] = (
        Separador.PUNTO_Y_COMA
    )


def consulta(nombre: str, filtros: type[BaseModel]) -> type[Escrita]:
    """The query of the export of a list whose own query is `filtros`: all of it, but for its pages."""
    fields: dict[str, Any] = {
        name: (field.annotation, field)
        for name, field in filtros.model_fields.items()
        if name not in Paging.model_fields
    }
    return create_model(f"Exportar{nombre.title().replace('-', '')}", __base__=Escrita, **fields)
