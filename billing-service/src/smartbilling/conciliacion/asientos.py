"""Billing's own side, day by day: each fact beside its message and how its delivery stands.

The facts are believed; what the outbox says otherwise is a difference. One day is held at a time.
"""

import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import String, cast, select
from sqlmodel import Session, col

from contratos.conciliacion import CAMPOS, DiaConciliado, dia_de, linea, resumen_del_dia
from smartbilling.integracion_crm import (
    SIN_IDENTIFICAR,
    DestinoCrm,
    EntregaFactura,
    MensajeCrm,
    dado,
    es_correccion,
    es_retirada,
    sin_accion,
)

from .codigos import Codigo
from .hechos import Hecho, Periodo, hechos, hechos_de

_BATCH = 500
_LONGEST_WAIT = timedelta(hours=2)
_STATES = frozenset({"pendiente", "entregado", "fallido"})


@dataclass(frozen=True, slots=True)
class Aviso:
    """A message of the outbox, whatever it says."""

    id: str
    estado: str
    destino: str
    factura_id: str
    creado: datetime
    actividad: dict[str, Any]
    cliente: dict[str, Any] | None

    @property
    def referencia(self) -> str:
        """The fact that it says it tells of."""
        return str(self.actividad.get("referencia_externa"))


@dataclass(slots=True)
class Asiento:
    """A fact, all that the outbox has of it, and what is wrong there."""

    hecho: Hecho
    avisos: list[Aviso]
    entrega: EntregaFactura | None = None
    destino: DestinoCrm | None = None
    faltas: list[Codigo] = field(default_factory=list)

    @property
    def aviso(self) -> Aviso | None:
        """The message that counts: one that waits before the rest."""
        return min(self.avisos, key=lambda a: (a.estado != "pendiente", a.id), default=None)

    @property
    def estado(self) -> str | None:
        """How the telling stands; None when there is no message."""
        return self.aviso.estado if self.aviso else None

    @property
    def corrigiendo(self) -> bool:
        """Whether the CRM is about to be told what the activity must be."""
        return any(a.estado == "pendiente" and es_correccion(a.actividad) for a in self.avisos)

    @property
    def cliente_id(self) -> str | None:
        """The CRM's client that the fact should hang on, as its delivery wrote it down."""
        known = self.entrega.cliente_id if self.entrega else None
        if known or dado(self.hecho.destino):
            return known or dado(self.hecho.destino)
        return self.destino.cliente_id if self.destino else None

    def contenido(self) -> dict[str, Any]:
        """What the CRM must say of it."""
        said = {name: getattr(self.hecho.actividad, name) for name in CAMPOS if name != "cliente_id"}
        return said | {"cliente_id": self.cliente_id}


@dataclass(frozen=True, slots=True)
class Dia:
    """One day of billing's side; `sobrantes` are messages of no fact at all."""

    dia: date
    asientos: list[Asiento]
    sobrantes: list[Aviso]

    @property
    def con_faltas(self) -> bool:
        """Whether the outbox is not as the facts say."""
        return bool(self.sobrantes) or any(asiento.faltas for asiento in self.asientos)

    def resumen(self) -> DiaConciliado:
        """What should stand for the day in the CRM."""
        rows = ((a.hecho.referencia, linea(a.hecho.referencia, a.contenido())) for a in self.asientos)
        return resumen_del_dia(self.dia, rows)


def dias(session: Session, empresa_id: str, periodo: Periodo, ahora: datetime) -> Iterator[Dia]:
    """The days on which something happened, or a message was left, in order."""
    facts = ((dia_de(hecho.fecha), hecho) for hecho in hechos(session, empresa_id, periodo))
    left = ((dia_de(aviso.creado), aviso) for aviso in _avisos(session, empresa_id, periodo))
    merged: Iterator[tuple[date, Hecho | Aviso]] = heapq.merge(facts, left, key=itemgetter(0))
    for dia, group in groupby(merged, key=itemgetter(0)):
        items = [item for _, item in group]
        happened = [item for item in items if isinstance(item, Hecho)]
        messages = [item for item in items if isinstance(item, Aviso)]
        yield _day(session, empresa_id, dia, happened, messages, ahora)


def asientos_de(
    session: Session, empresa_id: str, referencias: Sequence[str], ahora: datetime
) -> dict[str, Asiento]:
    """Those facts with their messages, by reference, of any day; what names no fact is left out."""
    found = list(hechos_de(session, empresa_id, referencias).values())
    entries, _ = _entries(session, empresa_id, found, [], ahora)
    return {entry.hecho.referencia: entry for entry in entries}


def _day(
    session: Session,
    empresa_id: str,
    dia: date,
    happened: list[Hecho],
    messages: list[Aviso],
    ahora: datetime,
) -> Dia:
    entries, loose = _entries(session, empresa_id, happened, messages, ahora)
    known = hechos_de(session, empresa_id, sorted({aviso.referencia for aviso in loose})) if loose else {}
    return Dia(dia, entries, [aviso for aviso in loose if aviso.referencia not in known])


def _entries(
    session: Session, empresa_id: str, happened: list[Hecho], messages: list[Aviso], ahora: datetime
) -> tuple[list[Asiento], list[Aviso]]:
    """Each fact beside its rows, and the messages that are of none of them."""
    of_facts: dict[str, list[Aviso]] = {hecho.referencia: [] for hecho in happened}
    loose: list[Aviso] = []
    for aviso in messages:
        of_facts.get(aviso.referencia, loose).append(aviso)
    lost = {hecho.factura_id for hecho in happened if not of_facts[hecho.referencia]}
    for aviso in _avisos_de(session, empresa_id, sorted(lost)):  # left on another day, by its own account
        if aviso.referencia in of_facts and not any(aviso.id == a.id for a in of_facts[aviso.referencia]):
            of_facts[aviso.referencia].append(aviso)
    entregas = _by_key(
        session, empresa_id, EntregaFactura, "factura_id", {hecho.factura_id for hecho in happened}
    )
    destinos = _by_key(session, empresa_id, DestinoCrm, "clave", {hecho.destino for hecho in happened})
    entries = [
        Asiento(
            hecho, of_facts[hecho.referencia], entregas.get(hecho.factura_id), destinos.get(hecho.destino)
        )
        for hecho in happened
    ]
    for entry in entries:
        entry.faltas.extend(_faults(session, entry, ahora))
    _check_clients(session, empresa_id, entries)
    return entries, loose


def _avisos(session: Session, empresa_id: str, periodo: Periodo) -> Iterator[Aviso]:
    """The messages left in the period, in order, but for those that withdraw something."""
    creado = col(MensajeCrm.creado)
    query = _select(empresa_id).where(*periodo.conditions(creado)).order_by(creado)
    return _read(session, query)


def _avisos_de(session: Session, empresa_id: str, facturas: Sequence[str]) -> Iterator[Aviso]:
    for start in range(0, len(facturas), _BATCH):
        chunk = facturas[start : start + _BATCH]
        yield from _read(session, _select(empresa_id).where(col(MensajeCrm.factura_id).in_(chunk)))


def _select(empresa_id: str) -> Any:
    """JSON is read as text: whoever writes in the database may leave what is none."""
    return select(
        col(MensajeCrm.id),
        col(MensajeCrm.estado),
        col(MensajeCrm.destino),
        col(MensajeCrm.factura_id),
        col(MensajeCrm.creado),
        cast(col(MensajeCrm.actividad), String),
        cast(col(MensajeCrm.cliente), String),
    ).where(col(MensajeCrm.empresa_id) == empresa_id)


def _read(session: Session, query: Any) -> Iterator[Aviso]:
    for row in session.execute(query, execution_options={"yield_per": _BATCH}):
        ident, estado, destino, factura_id, creado, actividad, cliente = row
        aviso = Aviso(ident, estado, destino, factura_id, creado, _json(actividad) or {}, _json(cliente))
        if not es_retirada(aviso.actividad):
            yield aviso


def _json(text: str | None) -> dict[str, Any] | None:
    try:
        value = json.loads(text or "null")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else None


def _by_key(session: Session, empresa_id: str, table: type[Any], name: str, keys: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), _BATCH):
        column = getattr(table, name)
        mine = select(table).where(
            col(table.empresa_id) == empresa_id, column.in_(wanted[start : start + _BATCH])
        )
        found |= {getattr(row, name): row for row in session.scalars(mine)}
    return found


def _faults(session: Session, entry: Asiento, ahora: datetime) -> Iterator[Codigo]:
    hecho, aviso = entry.hecho, entry.aviso
    if aviso is None:
        yield Codigo.FALTA_AVISO
    elif len(entry.avisos) > 1:
        yield Codigo.AVISO_REPETIDO
    elif not _says(aviso, hecho):
        yield Codigo.AVISO_ALTERADO
    if entry.destino is None:
        yield Codigo.FALTA_DESTINO
    elif aviso and aviso.estado == "pendiente" and _is_stuck(session, entry.destino, ahora):
        yield Codigo.DESTINO_PARADO
    if entry.entrega is None:
        if hecho.es_venta:
            yield Codigo.FALTA_ENTREGA
    elif hecho.es_venta and not _stands(entry.entrega, entry):
        yield Codigo.ENTREGA_ALTERADA


def _says(aviso: Aviso, hecho: Hecho) -> bool:
    """Whether the message tells the fact, to whom it must; what mends it names the client besides."""
    cliente = hecho.cliente.model_dump(mode="json", exclude_none=True) if hecho.cliente else None
    may_name_nobody = not hecho.es_venta or hecho.destino == SIN_IDENTIFICAR
    addressed = aviso.cliente == cliente or (aviso.cliente is None and may_name_nobody)
    return (
        addressed
        and aviso.estado in _STATES
        and (aviso.destino, aviso.factura_id) == (hecho.destino, hecho.factura_id)
        and sin_accion(aviso.actividad) == hecho.actividad.model_dump(mode="json", exclude_none=True)
    )


def _is_stuck(session: Session, destino: DestinoCrm, ahora: datetime) -> bool:
    """Whether nobody will deliver what waits for this client: it is due never, or in a far future."""
    if destino.arrendado_hasta is not None and destino.arrendado_hasta > ahora + _LONGEST_WAIT:
        return True
    if destino.proximo is not None:
        return destino.proximo > ahora + _LONGEST_WAIT
    if destino.bloqueado_por is None:
        return True
    blocking = session.get(MensajeCrm, (destino.empresa_id, destino.bloqueado_por))
    return blocking is None or blocking.estado != "fallido"


def _stands(entrega: EntregaFactura, entry: Asiento) -> bool:
    delivered = entry.estado == "entregado"
    mending = entry.corrigiendo  # told before, and once more
    return (
        entrega.destino == entry.hecho.destino
        and (entrega.estado == entry.estado or entry.estado is None or mending)
        and (entrega.cliente_id is not None or not delivered)
    )


def _check_clients(session: Session, empresa_id: str, entries: list[Asiento]) -> None:
    """A destination knows the client that some invoice of it was delivered to."""
    told: dict[str, set[str | None]] = {}
    for entry in entries:
        if entry.entrega is not None:
            told.setdefault(entry.hecho.destino, set()).add(entry.entrega.cliente_id)
    odd: set[str] = set()
    for clave, destino in {e.hecho.destino: e.destino for e in entries if e.destino}.items():
        if clave == SIN_IDENTIFICAR or destino.cliente_id in told.get(clave, set()):
            continue
        mine = (col(EntregaFactura.empresa_id) == empresa_id, col(EntregaFactura.destino) == clave)
        clients = set(session.scalars(select(col(EntregaFactura.cliente_id)).where(*mine).distinct()))
        if destino.cliente_id not in clients and clients - {None}:
            odd.add(clave)
    for entry in entries:
        if entry.hecho.destino in odd:
            entry.faltas.append(Codigo.DESTINO_ALTERADO)
