"""Use cases of the consents room."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from contratos import Fault, InvalidData
from crm import historial
from crm.auditoria import Acto
from crm.busqueda import fold
from crm.db.rows import write
from http_rules import new_id

from .models import Consentimiento

_AHEAD = timedelta(minutes=5)
"""How much a clock elsewhere may be fast."""


def aplicar(
    session: Session,
    acto: Acto,
    de: tuple[str, str],
    cliente_id: str,
    antes: Sequence[Mapping[str, Any]],
    ahora: Sequence[Mapping[str, Any]],
) -> None:
    """Keep the proof of how the consents of somebody went from `antes` to `ahora`, and tell the timeline.

    `de` is whose they are, as a kind (`cliente`, `contacto`) and an id; `cliente_id` whose timeline tells it.
    """
    known = {fold(each["finalidad"]): each for each in antes}
    kind, who = de
    for each in ahora:
        if known.get(fold(each["finalidad"])) == each:
            continue
        row = Consentimiento(
            empresa_id=acto.empresa_id,
            id=new_id("cns"),
            **{f"{kind}_id": who},
            finalidad=each["finalidad"],
            concedido=each["concedido"],
            fecha=datetime.fromisoformat(each["fecha"]),
            medio=each["medio"],
            registrado=acto.ahora,
            actor=acto.actor,
        )
        write(session, row)
        what = "concedido" if each["concedido"] else "retirado"
        historial.anotar(
            session,
            acto,
            cliente_id,
            f"consentimiento_{what}",
            f"Consentimiento {what}: {each['finalidad']}",
            recurso=de,
            descripcion=each["medio"],
        )


def unidos(
    antes: Sequence[Mapping[str, Any]], dados: Iterable[Mapping[str, Any]], ahora: datetime
) -> list[dict[str, Any]]:
    """The consents of somebody who had `antes` and says `dados`: one for each purpose, whatever its spelling.

    What says again what was said, at no other time, changes nothing. Raises InvalidData for one of the
    future.
    """
    merged = {fold(each["finalidad"]): dict(each) for each in antes}
    faults = []
    for place, given in enumerate(dados):
        fecha = given["fecha"]
        if fecha is not None and fecha > ahora + _AHEAD:
            faults.append(
                Fault(f"consentimientos.{place}.fecha", "fecha_futura", "No puede ser posterior a ahora.")
            )
            continue
        key = fold(given["finalidad"])
        known = merged.get(key)
        same = known is not None and all(known[name] == given[name] for name in ("concedido", "medio"))
        if known is not None and same and fecha is None:
            continue
        merged[key] = {
            "finalidad": given["finalidad"] if known is None else known["finalidad"],
            "concedido": given["concedido"],
            "fecha": (fecha or ahora).astimezone(UTC).isoformat(),
            "medio": given["medio"],
        }
    if faults:
        raise InvalidData(faults)
    return list(merged.values())
