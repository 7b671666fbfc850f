"""Records whose columns hold what no column of their kind does: somebody else wrote there."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlmodel import Session, SQLModel

from contratos import DomainError
from storage import as_stored, damaged, describe, legible

from .models import Registro

_R = SQLModel.metadata.tables[str(Registro.__tablename__)]
_COLUMNAS = list(_R.columns)
_ID = _COLUMNAS.index(_R.c.id)
_DE_UNA_VEZ = 200
_NO_SON_DE_SU_CLASE = (ValueError, TypeError, ArithmeticError)

Leido = TypeVar("Leido")


class RegistroIlegible(DomainError):
    """A stored record cannot be read: `registro` names it, `columnas` what of it is not what it should be."""

    code = "registro_ilegible"
    status = 409


def nombrando_ilegibles(session: Session, query: Select[Any], leer: Callable[[], Leido]) -> Leido:
    """What `leer` reads of the records of `query`. Raises RegistroIlegible: the first damaged one."""
    try:
        return leer()
    except _NO_SON_DE_SU_CLASE as error:
        for _ in _leidos(session, query.order_by(*_R.primary_key.columns)):
            pass
        raise error from None


def leidos(session: Session, query: Select[Any]) -> list[Registro]:
    """The records of `query`, in its order, apart from the session. Raises RegistroIlegible."""
    return list(_leidos(session, query))


def _leidos(session: Session, query: Select[Any]) -> Iterator[Registro]:
    crudos = query.with_only_columns(*(as_stored(columna) for columna in _COLUMNAS))
    connection = session.connection()
    for row in connection.execute(crudos.execution_options(yield_per=_DE_UNA_VEZ)):
        if columnas := damaged(connection.dialect, _COLUMNAS, row):
            raise _ilegible(row[_ID], columnas)
        yield Registro(**legible(connection.dialect, _COLUMNAS, row))


def _ilegible(guardado: Any, columnas: list[str]) -> RegistroIlegible:
    ident = guardado if isinstance(guardado, str) else describe(guardado)
    return RegistroIlegible(
        f"No se puede leer el registro {ident}: se ha escrito en la base de datos, fuera de este programa, "
        f"en {', '.join(columnas)}. Conserva la base de datos como está y comprueba la cadena con "
        "GET /api/verifactu/verificacion.",
        registro=ident,
        columnas=columnas,
    )
