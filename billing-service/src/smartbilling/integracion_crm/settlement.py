"""What came of visits, written down in one transaction, and the clients given back.

Guarantee: a message is marked only by who holds its client's lease. A process killed before this leaves its
messages waiting: they are sent again, and the CRM answers the first one's row.

Clients' rows that somebody else has locked (a fact being written) are left for the next time: a settlement
waits for nobody, so nobody waits for it in a circle.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, case, delete, exists, null, select, tuple_, update
from sqlmodel import Session, SQLModel, col

from .answers import Motivo
from .models import PENDIENTE, DestinoCrm, EntregaFactura, MensajeCrm, PausaCrm
from .outbox import SIN_IDENTIFICAR
from .visits import Visita

_CHUNK = 500
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 60.0
"""Seconds."""


def settle(session: Session, owner: str, visitas: Sequence[Visita], now: datetime) -> list[Visita]:
    """Write down the results of `visitas` and end their leases; those that are settled.

    A visit whose lease was lost is settled by doing nothing: its client is somebody else's now.
    """
    held = _leased(session, owner, visitas, lock=True)
    mine = [v for v in visitas if (v.empresa_id, v.clave) in held]
    others = [v for v in visitas if (v.empresa_id, v.clave) not in held]
    locked = _leased(session, owner, others)
    lost = [v for v in others if (v.empresa_id, v.clave) not in locked]
    _mark_messages(session, mine, now)
    _mark_invoices(session, mine)
    _give_back(session, mine, now)
    _mind_pauses(session, mine, now)
    return mine + lost


def make_due(session: Session, now: datetime, empresa_id: str | None = None) -> int:
    """Every waiting client due at once, of one company or of all; how many were."""
    mine = [] if empresa_id is None else [col(DestinoCrm.empresa_id) == empresa_id]
    waiting = (
        select(col(DestinoCrm.empresa_id), col(DestinoCrm.clave))
        .where(*mine, col(DestinoCrm.proximo).is_not(None), col(DestinoCrm.proximo) > now)
        .limit(_CHUNK)
        .with_for_update(skip_locked=True)
    )
    total = 0
    while rows := session.execute(waiting).all():
        keys = [tuple(row) for row in rows]
        here = tuple_(col(DestinoCrm.empresa_id), col(DestinoCrm.clave)).in_(keys)
        session.execute(update(DestinoCrm).where(here).values(proximo=now))
        total += len(rows)
    return total


def _leased(
    session: Session, owner: str, visitas: Sequence[Visita], *, lock: bool = False
) -> set[tuple[str, str]]:
    """The clients of `visitas` leased to `owner`; to `lock` them leaves out those that somebody else has."""
    found: set[tuple[str, str]] = set()
    for empresa_id, group in groupby(sorted(visitas, key=_empresa), key=_empresa):
        query = select(col(DestinoCrm.clave)).where(
            col(DestinoCrm.empresa_id) == empresa_id,
            col(DestinoCrm.clave).in_([visita.clave for visita in group]),
            col(DestinoCrm.arrendado_por) == owner,
        )
        rows = session.scalars(query.with_for_update(skip_locked=True) if lock else query)
        found |= {(empresa_id, clave) for clave in rows}
    return found


def _empresa(visita: Visita) -> str:
    return visita.empresa_id


def _mark_messages(session: Session, visitas: Sequence[Visita], now: datetime) -> None:
    delivered = [{"e": v.empresa_id, "i": d.mensaje.id} for v in visitas for d in v.entregados]
    done = {"estado": "entregado", "entregado": now, "error": null()}
    _mark(session, MensajeCrm, "id", delivered, done | _ONE_MORE)
    dead = [
        {"e": v.empresa_id, "i": f.mensaje.id, "x": f.motivo.plain() | {"paso": f.paso}}
        for v in visitas
        for f in v.fallidos
    ]
    _mark(session, MensajeCrm, "id", dead, {"estado": "fallido", "error": _PARAM_X} | _ONE_MORE)
    late = [
        {"e": v.empresa_id, "i": v.aplazado.mensaje.id, "x": v.aplazado.motivo.plain()}
        for v in visitas
        if v.aplazado
    ]
    _mark(session, MensajeCrm, "id", late, {"error": _PARAM_X} | _ONE_MORE)


def _mark_invoices(session: Session, visitas: Sequence[Visita]) -> None:
    """How each invoice's own `venta` stands."""
    delivered = [
        {"e": v.empresa_id, "i": d.mensaje.factura_id, "c": d.cliente_id}
        for v in visitas
        for d in v.entregados
        if d.mensaje.es_venta
    ]
    changes = {"estado": "entregado", "cliente_id": bindparam("c")}
    _mark(session, EntregaFactura, "factura_id", delivered, changes)
    dead = [
        {"e": v.empresa_id, "i": f.mensaje.factura_id}
        for v in visitas
        for f in v.fallidos
        if f.mensaje.es_venta
    ]
    _mark(session, EntregaFactura, "factura_id", dead, {"estado": "fallido"})


_PARAM_X = bindparam("x", type_=MensajeCrm.__table__.c.error.type)  # type: ignore[attr-defined]
_ONE_MORE: dict[str, Any] = {"intentos": col(MensajeCrm.intentos) + 1}


def _mark(
    session: Session,
    table: type[SQLModel],
    ident: str,
    rows: Sequence[dict[str, Any]],
    changes: dict[str, Any],
) -> None:
    """Change rows by company (`e`) and id (`i`), as many as there are with one statement."""
    if not rows:
        return
    columns = SQLModel.metadata.tables[str(table.__tablename__)].c
    statement = update(table).where(columns.empresa_id == bindparam("e"), columns[ident] == bindparam("i"))
    session.connection().execute(statement.values(changes), list(rows))


def _give_back(session: Session, visitas: Sequence[Visita], now: datetime) -> None:
    """End the leases; a client with more to tell is due again, a blocked one is not."""
    columns = SQLModel.metadata.tables["destinos_crm"].c
    mensajes = SQLModel.metadata.tables["mensajes_crm"].c
    more = exists().where(
        mensajes.empresa_id == columns.empresa_id,
        mensajes.destino == columns.clave,
        PENDIENTE,
    )
    again = case((more, bindparam("due", type_=columns.proximo.type)), else_=null())
    free: dict[str, Any] = {"arrendado_por": None, "arrendado_hasta": None, "cliente_id": bindparam("c")}
    rows = [
        {
            "e": v.empresa_id,
            "i": v.clave,
            "c": None if v.clave == SIN_IDENTIFICAR else v.cliente_id,
            "due": now + timedelta(seconds=v.aplazado.espera if v.aplazado else 0),
            "x": v.bloqueado_por,
        }
        for v in visitas
    ]
    going_on = [{name: row[name] for name in ("e", "i", "c", "due")} for row in rows if row["x"] is None]
    _mark(session, DestinoCrm, "clave", going_on, free | {"proximo": again})
    blocked = [{name: row[name] for name in ("e", "i", "c", "x")} for row in rows if row["x"] is not None]
    _mark(session, DestinoCrm, "clave", blocked, free | {"proximo": null(), "bloqueado_por": bindparam("x")})


def _mind_pauses(session: Session, visitas: Sequence[Visita], now: datetime) -> None:
    """Pause the companies whose credentials were refused; end the pauses of those whose were taken."""
    paused = {v.empresa_id: v.pausa for v in visitas if v.pausa}
    taken = {v.empresa_id for v in visitas if v.autorizada} - paused.keys()
    end_pauses(session, taken)
    for empresa_id in sorted(paused):
        _pause(session, empresa_id, paused[empresa_id], now)


def end_pauses(session: Session, empresas: Iterable[str]) -> None:
    """Deliver again for these companies."""
    for empresa_id in sorted(empresas):
        session.execute(delete(PausaCrm).where(col(PausaCrm.empresa_id) == empresa_id))


def _pause(session: Session, empresa_id: str, motivo: Motivo, now: datetime) -> None:
    """Growing, at most a minute. Visits that were under way when it began don't make it longer."""
    row = session.get(PausaCrm, empresa_id, with_for_update=True)
    if row is not None and row.hasta > now:
        return
    veces = row.veces + 1 if row else 1
    wait = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(veces - 1, 10))
    aviso = (
        f"El CRM no acepta las credenciales de la empresa ({motivo.status} {motivo.codigo}: {motivo.detail}) "
        "Se volverá a probar con otras nuevas."
    )
    session.merge(
        PausaCrm(empresa_id=empresa_id, aviso=aviso, veces=veces, hasta=now + timedelta(seconds=wait))
    )
