"""Both sides compared, day by day, in bounded memory and time; the CRM is waited for by nobody's thread.

First each day's digests; then, for the days that are not alike, activity by activity; and what is found once
more, so that what was on its way to the CRM meanwhile is no false alarm.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fastapi.concurrency import run_in_threadpool

from contratos import DomainError
from contratos.conciliacion import DiaConciliado, ReferenciaConciliada, dia_de
from http_rules import Clock
from smartbilling.integracion_crm import Contraste, pendientes_de_retirar
from storage import Database

from .asientos import Dia, asientos_de, dias
from .codigos import Codigo
from .contraste_del_dia import Hallazgo, Vistas, dudosos, hallazgos
from .hechos import Periodo

WITHIN = 120.0
"""Seconds that a comparison takes at most."""

MOST = 5_000
"""Differences that one comparison names; the rest are for the next."""

_AT_ONCE = 20_000
"""Activities of consecutive days that are read together."""


class ConciliacionSinTerminar(DomainError):
    """There was more to compare than the time it may take; nothing was changed."""

    code = "conciliacion_sin_terminar"
    status = 503


@dataclass(slots=True)
class DiaComparado:
    """One day's digests on both sides, None where there is nothing."""

    dia: date
    facturacion: DiaConciliado | None
    crm: DiaConciliado | None

    @property
    def size(self) -> int:
        """How many activities there are to look at, at most."""
        return max(each.referencias if each else 0 for each in (self.facturacion, self.crm))


@dataclass(slots=True)
class Comparacion:
    """What a comparison found. `completa`: false when there may be more than it names."""

    dias: int = 0
    hechos: int = 0
    pendientes: int = 0
    en_crm: int = 0
    dudosos: list[DiaComparado] = field(default_factory=list)
    hallazgos: list[Hallazgo] = field(default_factory=list)
    completa: bool = True


class Comparador:
    """Compares one company's sides, within so many seconds, and names so many differences at most."""

    def __init__(
        self,
        database: Database,
        contraste: Contraste,
        reloj: Clock,
        empresa_id: str,
        *,
        within: float = WITHIN,
        most: int = MOST,
    ) -> None:
        self._database, self._contraste = database, contraste
        self._reloj, self._empresa_id = reloj, empresa_id
        self._within, self._most = within, most
        self._until = time.monotonic() + within

    async def comparar(self, periodo: Periodo) -> Comparacion:
        """What is not alike in these days.

        Raises CrmNoDisponible, CrmSinConciliacion, ConciliacionSinTerminar.
        """
        try:
            async with asyncio.timeout(self._within), self._contraste.turno:
                return await self._compare(periodo)
        except TimeoutError as error:
            raise self._too_much() from error

    async def _compare(self, periodo: Periodo) -> Comparacion:
        crm = await self._contraste.dias(self._empresa_id, periodo.desde, periodo.hasta)
        found = await run_in_threadpool(self._digests, periodo, crm)
        first, found.completa = await self._look(found.dudosos)
        if first:
            named = {hallazgo.dia for hallazgo in first}
            again, _ = await self._look([each for each in found.dudosos if each.dia in named])
            seen = {hallazgo.clave for hallazgo in again}
            found.hallazgos = [hallazgo for hallazgo in first if hallazgo.clave in seen]
        return found

    def _digests(self, periodo: Periodo, crm: Mapping[date, DiaConciliado]) -> Comparacion:
        """Each day of billing's beside the CRM's; those that are not alike are doubtful."""
        found = Comparacion(en_crm=sum(each.referencias for each in crm.values()))
        seen = set()
        with self._database.reading() as session:
            for day in dias(session, self._empresa_id, periodo, self._reloj()):
                self._check_time()
                seen.add(day.dia)
                found.hechos += len(day.asientos)
                found.pendientes += sum(asiento.estado == "pendiente" for asiento in day.asientos)
                own, other = day.resumen() if day.asientos else None, crm.get(day.dia)
                if own != other or day.con_faltas:
                    found.dudosos.append(DiaComparado(day.dia, own, other))
        found.dudosos += [DiaComparado(dia, None, crm[dia]) for dia in crm.keys() - seen]
        found.dudosos.sort(key=lambda each: each.dia)
        found.dias = len(seen | crm.keys())
        return found

    async def _look(self, doubtful: Sequence[DiaComparado]) -> tuple[list[Hallazgo], bool]:
        """What is wrong on these days, and whether that is all."""
        found: list[Hallazgo] = []
        for group in _groups(doubtful):
            if len(found) >= self._most:
                return _settled(found)[: self._most], False
            found += await self._look_at({each.dia for each in group})
        found = _settled(found)
        return found[: self._most], len(found) <= self._most

    async def _look_at(self, wanted: set[date]) -> list[Hallazgo]:
        ours = await run_in_threadpool(self._read, wanted)
        theirs = {dia: await self._contraste.del_dia(self._empresa_id, dia) for dia in sorted(wanted)}
        vistas = await self._seen(ours, theirs)
        return [
            hallazgo
            for dia in sorted(wanted)
            for hallazgo in hallazgos(ours.get(dia, Dia(dia, [], [])), theirs[dia], vistas)
        ]

    def _read(self, wanted: set[date]) -> dict[date, Dia]:
        periodo = Periodo(min(wanted), max(wanted))
        with self._database.reading() as session:
            days = dias(session, self._empresa_id, periodo, self._reloj())
            return {day.dia: day for day in days if day.dia in wanted}

    async def _seen(
        self, ours: Mapping[date, Dia], theirs: Mapping[date, Sequence[ReferenciaConciliada]]
    ) -> Vistas:
        """What the days alone do not tell, read after them: a fact told meanwhile is found now."""
        own = {dia: {a.hecho.referencia: a for a in day.asientos} for dia, day in ours.items()}
        strange = sorted(
            {
                row.referencia_externa
                for dia, rows in theirs.items()
                for row in rows
                if row.referencia_externa not in own.get(dia, {})
            }
        )
        ajenos, retirando = {}, frozenset[str]()
        if strange:

            def read() -> None:
                nonlocal ajenos, retirando
                with self._database.reading() as session:
                    ajenos = asientos_de(session, self._empresa_id, strange, self._reloj())
                    retirando = frozenset(pendientes_de_retirar(session, self._empresa_id))

            await run_in_threadpool(read)
        doubtful = {
            cliente_id
            for dia, rows in theirs.items()
            for row in rows
            if (asiento := own.get(dia, {}).get(row.referencia_externa) or ajenos.get(row.referencia_externa))
            for cliente_id in dudosos(asiento, row)
        }
        actuales = {each: await self._contraste.cliente_actual(self._empresa_id, each) for each in doubtful}
        return Vistas(ajenos, retirando, actuales)

    def _check_time(self) -> None:
        if time.monotonic() > self._until:
            raise self._too_much()

    def _too_much(self) -> ConciliacionSinTerminar:
        return ConciliacionSinTerminar(
            f"Hay más que comparar de lo que cabe en {self._within:g} s: "
            "acorta el periodo con «desde» y «hasta»."
        )


def _groups(doubtful: Sequence[DiaComparado]) -> Iterator[list[DiaComparado]]:
    """Consecutive days, as many as may be read together."""
    group: list[DiaComparado] = []
    for each in doubtful:
        if group and sum(day.size for day in group) + each.size > _AT_ONCE:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _settled(found: list[Hallazgo]) -> list[Hallazgo]:
    """An activity that the CRM shows on another day is not missing on its own."""
    elsewhere = {
        hallazgo.referencia
        for hallazgo in found
        if hallazgo.asiento is not None and hallazgo.dia != dia_de(hallazgo.asiento.hecho.fecha)
    }
    return [
        hallazgo
        for hallazgo in found
        if hallazgo.codigo != Codigo.FALTA_EN_CRM or hallazgo.referencia not in elsewhere
    ]
