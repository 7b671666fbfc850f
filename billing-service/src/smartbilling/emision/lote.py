"""The transaction in which a batch of one company's records is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlmodel import Session, SQLModel

from contratos import DomainError
from http_rules import new_id
from smartbilling.alarmas import Motivo, alarmar
from smartbilling.auditoria import Auditoria, AuditoriaValores, apunte
from smartbilling.cifras import Cambio, Cambios, sumar
from smartbilling.integracion_crm import Mensaje, avisar
from smartbilling.registros import Registro
from smartbilling.series import Contador
from smartbilling.verifactu import (
    RegistroAnterior,
    RegistroConstruido,
    RegistroImposible,
    en_zona,
    instante_siguiente,
    validar,
)
from storage import insert_rows, upsert

from .cadenas import Fin, bloquear, cadena_ilegible, ilegible, mover


class RegistroNoValido(DomainError):
    """The record would break the AEAT's schema: it is not stored and no number is spent."""

    code = "registro_no_valido"


@dataclass(frozen=True, slots=True)
class Eslabon:
    """Where a new record goes: what it follows, and the instant it bears, in the company's zone."""

    anterior: RegistroAnterior | None
    instante: datetime


@dataclass(frozen=True, slots=True)
class RegistroAnexado:
    """A record that was just added to its chain."""

    id: str
    instante: datetime
    registro: RegistroConstruido


@dataclass(slots=True)
class _Estado:
    """All that an item may change, and that is put back when it is refused."""

    fines: dict[str, Fin] = field(default_factory=dict)
    alarmas: list[Motivo] = field(default_factory=list)
    memoria: dict[Any, Any] = field(default_factory=dict)
    filas: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=dict)
    mensajes: list[Mensaje] = field(default_factory=list)
    avisos: list[Mensaje] = field(default_factory=list)
    cifras: Cambios = field(default_factory=Cambios)
    contadores: dict[tuple[str, int], tuple[int, date]] = field(default_factory=dict)

    def copia(self) -> "_Estado":
        return _Estado(
            dict(self.fines),
            list(self.alarmas),
            dict(self.memoria),
            {table: list(rows) for table, rows in self.filas.items()},
            list(self.mensajes),
            list(self.avisos),
            Cambios(self.cifras),
            dict(self.contadores),
        )


def _construido(construir: Callable[[Eslabon], RegistroConstruido], eslabon: Eslabon) -> RegistroConstruido:
    """The record, checked against the official schema."""
    try:
        hecho = construir(eslabon)
    except RegistroImposible as error:
        raise RegistroNoValido(f"El registro no se puede escribir: {error}.") from error
    if faltas := validar(hecho.xml):
        raise RegistroNoValido("El registro no cumple el esquema de la AEAT.", motivos=faltas[:5])
    return hecho


class Lote:
    """One company's batch: its chain in memory, its rows gathered and written table by table at the end.

    Rooms keep in `memoria` what they read, and change it only by putting new values in place of the old.
    """

    def __init__(self, session: Session, empresa_id: str, ahora: datetime) -> None:
        self.session, self.empresa_id, self.ahora = session, empresa_id, ahora
        fines, self._motivos = bloquear(session, empresa_id, ahora)
        self._estado = _Estado(fines)
        self._al_empezar = dict(self._estado.fines)

    @property
    def memoria(self) -> dict[Any, Any]:
        """What the rooms have read and changed in this batch."""
        return self._estado.memoria

    def marca(self) -> _Estado:
        """The state to go back to if the next item is refused."""
        return self._estado.copia()

    def volver(self, marca: _Estado) -> None:
        """Forget all that was done since `marca`."""
        self._estado = marca

    def insertar(self, table: type[SQLModel], *rows: dict[str, Any]) -> None:
        """Leave rows to be written with the batch."""
        self._estado.filas.setdefault(table, []).extend(rows)

    def avisar(self, mensaje: Mensaje, *, factura_nueva: bool = False) -> None:
        """Leave a message for the CRM."""
        (self._estado.mensajes if factura_nueva else self._estado.avisos).append(mensaje)

    def sumar(self, dia: date, cambio: Cambio) -> None:
        """Add to the figures of a day."""
        self._estado.cifras.anotar(dia, cambio)

    def contar(self, serie: str, anio: int, ultimo: int, fecha: date) -> None:
        """The last number that a series gave in a year, and the date it bears."""
        self._estado.contadores[serie, anio] = (ultimo, fecha)

    def auditar(
        self, quien: str, accion: str, recurso: str, valores: Mapping[str, Any], peticion: str | None
    ) -> None:
        """Leave an audit entry."""
        row, values = apunte(
            quien=quien,
            empresa_id=self.empresa_id,
            accion=accion,
            recurso=recurso,
            valores=valores,
            ahora=self.ahora,
            peticion=peticion,
        )
        self.insertar(Auditoria, row)
        self.insertar(AuditoriaValores, values)

    def anexar(
        self,
        instalacion: str,
        factura_id: str,
        zona: str,
        construir: Callable[[Eslabon], RegistroConstruido],
        *,
        orden: int = 1,
        registro_id: str | None = None,
    ) -> RegistroAnexado:
        """Make the next record of an installation's chain, the `orden`-th of its kind of `factura_id`.

        `construir` is given what the record follows and when it is made (Order HAC/1177/2024 art. 7).
        `registro_id`: its id, when that had to be known before. Raises RegistroNoValido when the official
        schema refuses it, CadenaIlegible.
        """
        fin = self._estado.fines.get(instalacion)
        if fin is None:
            self._senalar(ilegible(instalacion))
            raise cadena_ilegible()
        instante, alarma = instante_siguiente(self.ahora, fin.instante)
        hecho = _construido(construir, Eslabon(fin.anterior, en_zona(instante, zona)))
        anexado = RegistroAnexado(registro_id or new_id("reg"), instante, hecho)
        if alarma:
            self._estado.alarmas.append(Motivo(alarma.codigo, alarma.mensaje, instalacion, anexado.id))
        suyo = {"factura_id": factura_id, "orden": orden}
        self.insertar(Registro, self._fila(anexado, instalacion, fin.secuencia + 1) | suyo)
        self._estado.fines[instalacion] = Fin(fin.secuencia + 1, anexado.id, hecho.como_anterior(), instante)
        return anexado

    def _senalar(self, motivo: Motivo) -> None:
        """Leave an alarm that stands although the item that met with it is refused."""
        if motivo not in self._motivos:
            self._motivos.append(motivo)

    def _fila(self, anexado: RegistroAnexado, instalacion: str, secuencia: int) -> dict[str, Any]:
        hecho = anexado.registro
        return {
            "empresa_id": self.empresa_id,
            "id": anexado.id,
            "instalacion": instalacion,
            "secuencia": secuencia,
            "tipo": hecho.tipo,
            "emisor_nif": hecho.emisor_nif,
            "numero": hecho.numero,
            "fecha_expedicion": hecho.fecha_expedicion,
            "huella": hecho.huella,
            "huella_anterior": hecho.huella_anterior,
            "fecha_hora_huso": hecho.fecha_hora_huso,
            "instante": anexado.instante,
            "cuota_total": hecho.cuota_total,
            "importe_total": hecho.importe_total,
            "xml": hecho.xml,
        }

    def escribir(self) -> None:
        """Write everything gathered, table by table, and move the ends of the chains.

        What other facts lock too comes last and in their order: clients of the CRM, then days of the figures.
        """
        self.volcar()
        self._escribir_contadores()
        movidos = {i: fin for i, fin in self._estado.fines.items() if fin != self._al_empezar[i]}
        mover(self.session, self.empresa_id, movidos)
        avisar(self.session, self.empresa_id, self._estado.mensajes, self.ahora, nuevas=True)
        avisar(self.session, self.empresa_id, self._estado.avisos, self.ahora)
        sumar(self.session, self.empresa_id, self._estado.cifras)
        alarmar(self.session, self.empresa_id, [*self._motivos, *self._estado.alarmas], self.ahora)

    def volcar(self) -> None:
        """Write the rows gathered so far, for an item that looks at what the others before it left.

        It is for an `inmediato` one: refused, it takes them back with its savepoint, and they wait as before.
        """
        connection = self.session.connection()
        gathered = {str(model.__tablename__): rows for model, rows in self._estado.filas.items() if rows}
        for table in _tablas():
            if table.name in gathered:
                insert_rows(connection, table, gathered[table.name])
        self._estado.filas = {}

    def _escribir_contadores(self) -> None:
        rows = [
            {"empresa_id": self.empresa_id, "serie": s, "anio": a, "ultimo": u, "ultima_fecha": f}
            for (s, a), (u, f) in self._estado.contadores.items()
        ]
        if rows:
            keys, last = ["empresa_id", "serie", "anio"], ["ultimo", "ultima_fecha"]
            statement = upsert(self.session, Contador, {}, keys=keys, replace=last)
            self.session.connection().execute(statement, rows)


@cache
def _tablas() -> list[Table]:
    """All tables, in the order in which they refer to one another."""
    return SQLModel.metadata.sorted_tables
