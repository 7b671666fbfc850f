"""The transaction in which a batch of one company's records is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import insert, select, update
from sqlmodel import Session, SQLModel

from contratos import DomainError
from http_rules import new_id
from smartbilling.auditoria import Auditoria, AuditoriaValores, apunte
from smartbilling.cifras import Cambio, Cambios, sumar
from smartbilling.integracion_crm import Mensaje, avisar
from smartbilling.registros import Registro, como_anterior, guardado
from smartbilling.series import Contador
from smartbilling.verifactu import (
    RegistroAnterior,
    RegistroConstruido,
    RegistroImposible,
    comprobar_anterior,
    en_zona,
    instante_siguiente,
    validar,
)
from storage import upsert

_log = structlog.get_logger()
ALARMS = Counter("verifactu_chain_alarms_total", "Faults found in the chain before a record.", ["code"])

_CABEZAS = SQLModel.metadata.tables["cabezas"]
_REGISTROS = SQLModel.metadata.tables["registros"]


class RegistroNoValido(DomainError):
    """The record would break the AEAT's schema: it is not stored and no number is spent."""

    code = "registro_no_valido"


class CadenaIlegible(DomainError):
    """The end of the chain cannot be read: no record is made, never a second first one."""

    code = "cadena_ilegible"
    status = 503


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


@dataclass(frozen=True, slots=True)
class _Fin:
    """The end of an installation's chain, as it stands in this transaction."""

    secuencia: int
    registro_id: str | None
    anterior: RegistroAnterior | None
    instante: datetime | None


@dataclass(slots=True)
class _Estado:
    """All that an item may change, and that is put back when it is refused."""

    fines: dict[str, _Fin] = field(default_factory=dict)
    memoria: dict[Any, Any] = field(default_factory=dict)
    filas: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=dict)
    mensajes: list[Mensaje] = field(default_factory=list)
    avisos: list[Mensaje] = field(default_factory=list)
    cifras: Cambios = field(default_factory=Cambios)
    contadores: dict[tuple[str, int], tuple[int, date]] = field(default_factory=dict)

    def copia(self) -> "_Estado":
        return _Estado(
            dict(self.fines),
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
        self._estado = _Estado()
        self._bloquear_cadenas()
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
        self, instalacion: str, factura_id: str, zona: str, construir: Callable[[Eslabon], RegistroConstruido]
    ) -> RegistroAnexado:
        """Make the next record of an installation's chain, of the invoice `factura_id`.

        `construir` is given what the record follows and when it is made (Order HAC/1177/2024 art. 7).
        Raises RegistroNoValido when the official schema refuses it, CadenaIlegible.
        """
        fin = self._estado.fines.get(instalacion)
        if fin is None:
            raise CadenaIlegible(
                "No se puede leer el final de la cadena de registros: no se ha emitido nada. "
                "Avisa a quien administra el servicio."
            )
        instante, alarma = instante_siguiente(self.ahora, fin.instante)
        if alarma:
            self._alarma(instalacion, alarma.codigo)
        hecho = _construido(construir, Eslabon(fin.anterior, en_zona(instante, zona)))
        anexado = RegistroAnexado(new_id("reg"), instante, hecho)
        self.insertar(Registro, self._fila(anexado, instalacion, fin.secuencia + 1, factura_id))
        self._estado.fines[instalacion] = _Fin(fin.secuencia + 1, anexado.id, hecho.como_anterior(), instante)
        return anexado

    def _fila(
        self, anexado: RegistroAnexado, instalacion: str, secuencia: int, factura_id: str
    ) -> dict[str, Any]:
        hecho = anexado.registro
        return {
            "empresa_id": self.empresa_id,
            "id": anexado.id,
            "instalacion": instalacion,
            "secuencia": secuencia,
            "tipo": hecho.tipo,
            "factura_id": factura_id,
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
        connection = self.session.connection()
        gathered = {str(model.__tablename__): rows for model, rows in self._estado.filas.items() if rows}
        for table in SQLModel.metadata.sorted_tables:
            if table.name in gathered:
                connection.execute(insert(table), gathered[table.name])
        self._escribir_contadores()
        for instalacion, fin in self._estado.fines.items():
            if fin != self._al_empezar[instalacion]:
                connection.execute(
                    update(_CABEZAS)
                    .where(_CABEZAS.c.empresa_id == self.empresa_id, _CABEZAS.c.instalacion == instalacion)
                    .values(secuencia=fin.secuencia, registro_id=fin.registro_id)
                )
        avisar(self.session, self.empresa_id, self._estado.mensajes, self.ahora, nuevas=True)
        avisar(self.session, self.empresa_id, self._estado.avisos, self.ahora)
        sumar(self.session, self.empresa_id, self._estado.cifras)

    def _escribir_contadores(self) -> None:
        rows = [
            {"empresa_id": self.empresa_id, "serie": s, "anio": a, "ultimo": u, "ultima_fecha": f}
            for (s, a), (u, f) in self._estado.contadores.items()
        ]
        if rows:
            keys, last = ["empresa_id", "serie", "anio"], ["ultimo", "ultima_fecha"]
            statement = upsert(self.session, Contador, {}, keys=keys, replace=last)
            self.session.connection().execute(statement, rows)

    def _bloquear_cadenas(self) -> None:
        """Lock the company's chains, in order, until the transaction ends, and read where they end.

        One whose end cannot be read is left out: nothing is added to it.
        """
        heads = self.session.connection().execute(
            select(_CABEZAS.c.instalacion, _CABEZAS.c.secuencia, _CABEZAS.c.registro_id)
            .where(_CABEZAS.c.empresa_id == self.empresa_id)
            .order_by(_CABEZAS.c.instalacion)
            .with_for_update()
        )
        for instalacion, secuencia, registro_id in heads.all():
            fin = self._leer_fin(instalacion, secuencia, registro_id)
            if fin is None:
                self._alarma(instalacion, "cadena_ilegible")
            else:
                self._estado.fines[instalacion] = fin

    def _leer_fin(self, instalacion: str, secuencia: int, registro_id: str | None) -> _Fin | None:
        """Where a chain ends, its last record looked at as Order art. 7.i asks before each new one.

        None when the head is not the last record's: the chain was cut, or the head set back.
        """
        ultimos = self._ultimos_registros(instalacion)
        if not ultimos:
            return _Fin(0, None, None, None) if registro_id is None and secuencia == 0 else None
        ultimo, *previos = ultimos
        if (ultimo["secuencia"], ultimo["id"]) != (secuencia, registro_id):
            return None
        penultimo = como_anterior(previos[0]) if previos else None
        for hallazgo in comprobar_anterior(guardado(ultimo), penultimo, self.ahora):
            self._alarma(instalacion, hallazgo.codigo)
        return _Fin(secuencia, registro_id, como_anterior(ultimo), ultimo["instante"])

    def _ultimos_registros(self, instalacion: str) -> list[Mapping[str, Any]]:
        """The last two records of a chain, the last one first."""
        found = self.session.connection().execute(
            select(_REGISTROS)
            .where(_REGISTROS.c.empresa_id == self.empresa_id, _REGISTROS.c.instalacion == instalacion)
            .order_by(_REGISTROS.c.secuencia.desc())
            .limit(2)
        )
        return [dict(row) for row in found.mappings()]

    def _alarma(self, instalacion: str, codigo: str) -> None:
        """Say aloud that the chain is not well: a broken past never stops invoicing (Order art. 7.i)."""
        ALARMS.labels(codigo).inc()
        _log.error("alarma_de_cadena", empresa=self.empresa_id, instalacion=instalacion, codigo=codigo)
