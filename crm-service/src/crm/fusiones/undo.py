"""The undoing of a merge, in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm import clientes
from crm.auditoria import Acto, anotar
from crm.clientes import Cliente
from http_rules import check_version

from . import queries
from .errors import FusionDeshecha, FusionPosterior
from .journal import Journal
from .models import Fusion
from .registry import REGLAS, Forma
from .service import callar, tell_of_its, tell_of_moved

_ITS_OWN = {"version", "actualizado"}
_UNTOLD = {"nombre_orden", "email_clave", "fuente_clave", "estado_desde", "motivo_estado"}


def deshacer(
    session: Session, acto: Acto, fusion_id: str, if_match: str | None = None
) -> tuple[Fusion, Cliente]:
    """Put back every row that the merge touched; what people changed or added since stays, and is told.

    Raises NotFound, StaleVersion, FusionDeshecha, FusionPosterior when a later merge stands on this one, or
    ClienteDuplicado when another client has the old one's NIF by now.
    """
    clientes.turno(session, acto.empresa_id)
    fusion = queries.existente(session, acto.empresa_id, fusion_id)
    check_version(if_match, fusion.version)
    if fusion.deshecha is not None:
        raise FusionDeshecha("Esta fusión ya se deshizo.", fusion_id=fusion.id)
    later = queries.posterior(session, fusion)
    if later is not None:
        raise FusionPosterior(
            f"Hay una fusión posterior, con «{later.nombre}»: deshaz antes esa.", fusion_id=later.id
        )
    este = clientes.tomar(session, acto.empresa_id, fusion.cliente_id)
    journal = Journal(session, fusion)
    callar(session, fusion)
    _tables(journal.quitar_nuevas)
    kept, put_back = _restore(session, acto, journal, este)
    clientes.olvidar(session, acto.empresa_id, fusion.fusionado_id)
    clientes.reponer(session, journal.cliente_apartado())
    for (tabla, columna), regla in REGLAS.items():
        if regla.forma is Forma.MUEVE:
            journal.devolver(tabla, columna)
            tell_of_moved(session, acto, fusion, tabla, regla)
    _tables(journal.restituir)
    _tables(journal.reponer_apartadas)
    session.expire_all()
    fusion.deshecha, fusion.deshecha_por = acto.ahora, acto.actor
    fusion.conservado = [{"recurso": este.id, "campo": name} for name in kept if name not in _UNTOLD]
    session.flush()
    _tell(session, acto, fusion, put_back)
    return fusion, clientes.existente(session, acto.empresa_id, fusion.cliente_id)


def _tell(session: Session, acto: Acto, fusion: Fusion, put_back: Mapping[str, tuple[Any, Any]]) -> None:
    """In the audit and the feed, of both clients and of what came back with the one that was gone."""
    both = {"fusion_id": fusion.id, "cliente_id": fusion.cliente_id, "fusionado_id": fusion.fusionado_id}
    anotar(session, acto, "cliente_recuperado", fusion.fusionado_id, both)
    anotar(session, acto, "cliente_reducido", fusion.cliente_id, {**both, **put_back})
    anotar(session, acto, "fusion_deshecha", fusion.id, both)
    for columna, regla in REGLAS.items():
        if regla.forma is Forma.ENLAZA:
            tell_of_its(session, acto, fusion, columna, f"{columna[0]}_movido")
        elif regla.forma is Forma.APARTA:
            tell_of_its(session, acto, fusion, columna, f"{columna[0]}_recuperado")


def _tables(work: Any) -> None:
    """Do `work` to each table of the journal once, but for the clients' own."""
    for tabla in dict.fromkeys(
        tabla for (tabla, _), regla in REGLAS.items() if regla.forma is not Forma.QUEDA
    ):
        work(tabla)


def _restore(
    session: Session, acto: Acto, journal: Journal, este: Cliente
) -> tuple[list[str], Mapping[str, tuple[Any, Any]]]:
    """The client that stayed is as before the merge; the fields that people changed since, and the others."""
    for _, values, since in journal.restituibles("clientes"):
        kept = sorted(set(since) - _ITS_OWN)
        fields = {name: value for name, value in values.items() if name not in _ITS_OWN}
        columns = values
        if "version" in since:  # somebody has written it since: its version cannot go back
            columns = fields and {**fields, "version": este.version + 1, "actualizado": acto.ahora}
        put_back = {name: (getattr(este, name), value) for name, value in fields.items()}
        clientes.poner(session, este, columns)
        return kept, put_back
    return [], {}
