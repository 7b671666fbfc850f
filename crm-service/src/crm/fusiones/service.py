"""Use cases of the merges room: each runs in its caller's transaction.

Guarantee: after a merge all that was of either client is of one, nothing is lost, and the old id answers with
the new one; undone, every row that the merge touched is as it was, but for what people changed since.
Kept by: the company's turn and both rows' locks, so that nothing is added to a client while it goes; the
foreign keys, which let no row be left behind; a journal, written as things are done.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from crm import clientes, historial
from crm.auditoria import Acto, anotar, anotar_muchos
from crm.clientes import Cliente, ClienteFusionado, Fusionado
from crm.historial import Suceso
from http_rules import check_version, new_id

from . import links, queries
from .errors import FusionConsigoMismo, FusionEnArchivado, FusionYaHecha
from .fields import Campo, comparados, resultado
from .journal import Journal
from .models import FilaFusionada, Fusion
from .registry import REGLAS, Forma, Regla

_STATES = "clientes_estados"


def fusionar(
    session: Session,
    acto: Acto,
    cliente_id: str,
    otro_id: str,
    elegido: Mapping[str, Any],
    if_match: str | None,
) -> tuple[Fusion, Cliente]:
    """Merge the client `otro_id` into `cliente_id`; `elegido` as `fields.resultado` takes it.

    Raises NotFound, StaleVersion, FusionConsigoMismo, FusionYaHecha, FusionEnArchivado, or ClienteDuplicado
    when a value chosen is a third client's.
    """
    clientes.turno(session, acto.empresa_id)
    este, otro = _both(session, acto.empresa_id, cliente_id, otro_id)
    check_version(if_match, este.version)
    before, gone = este.model_dump(), otro.model_dump()
    known = clientes.identidad(este) | clientes.identidad(otro)
    fusion = _begin(session, acto, este, otro)
    journal = Journal(session, fusion)
    states = journal.fotografiar(_STATES)
    fusion.movido = _move(session, acto, journal, fusion)
    clientes.retirar(session, otro)
    journal.apartar_cliente(gone)
    clientes.borrar(session, otro)
    clientes.completar(session, acto, este, resultado(before, gone, elegido))
    session.refresh(este)
    journal.cambiar("clientes", before, este.model_dump())
    journal.comparar(_STATES, states)
    merged = Fusionado(
        empresa_id=acto.empresa_id,
        id=otro_id,
        cliente_id=cliente_id,
        fusion_id=fusion.id,
        nombre_completo=gone["nombre_completo"],
        creado=acto.ahora,
    )
    clientes.recordar(session, merged, known - clientes.identidad(este))
    _tell(session, acto, fusion, before, este)
    session.flush()
    return fusion, este


def previa(
    session: Session, empresa_id: str, cliente_id: str, otro_id: str
) -> tuple[list[Campo], dict[str, int]]:
    """What a merge without choices would give, and how many rows would move. Raises as `fusionar`."""
    este = clientes.existente(session, empresa_id, cliente_id)
    otro = _other(session, empresa_id, este, otro_id)
    rows = este.model_dump(), otro.model_dump()
    return comparados(*rows, resultado(*rows, {})), queries.cuentas(session, empresa_id, cliente_id, otro_id)


def _both(session: Session, empresa_id: str, cliente_id: str, otro_id: str) -> tuple[Cliente, Cliente]:
    """Both clients, locked, in the order of their ids, so that no two merges wait for each other in turn."""
    este = clientes.existente(session, empresa_id, cliente_id)
    _other(session, empresa_id, este, otro_id)
    locked = {each: clientes.tomar(session, empresa_id, each) for each in sorted((cliente_id, otro_id))}
    return locked[cliente_id], locked[otro_id]


def _other(session: Session, empresa_id: str, este: Cliente, otro_id: str) -> Cliente:
    if otro_id == este.id:
        raise FusionConsigoMismo("Es el mismo cliente: nombra en «cliente_id» el otro, el que desaparece.")
    try:
        otro = clientes.existente(session, empresa_id, otro_id)
    except ClienteFusionado as moved:
        raise FusionYaHecha(
            "El cliente que nombras ya se fusionó con otro: nombra ese.", cliente_id=moved.ahora
        ) from moved
    if este.archivado and not otro.archivado:
        raise FusionEnArchivado(
            f"«{este.nombre_completo}» está archivado y el otro no: recupéralo antes, o fusiona al revés."
        )
    return otro


def _begin(session: Session, acto: Acto, este: Cliente, otro: Cliente) -> Fusion:
    fusion = Fusion(
        empresa_id=acto.empresa_id,
        id=new_id("fus"),
        orden=queries.siguiente_orden(session, acto.empresa_id),
        cliente_id=este.id,
        fusionado_id=otro.id,
        nombre=otro.nombre_completo,
        actor=acto.actor,
        creada=acto.ahora,
        movido={},
    )
    session.add(fusion)
    session.flush()
    return fusion


def _move(session: Session, acto: Acto, journal: Journal, fusion: Fusion) -> dict[str, int]:
    """Everything of the client that goes is the other's, or put aside; how many rows of each kind moved."""
    moved = {}
    for (tabla, columna), regla in REGLAS.items():
        if regla.forma is Forma.MUEVE:
            count = journal.mover(tabla, columna)
            tell_of_moved(session, acto, fusion, tabla, regla)
        elif regla.forma is Forma.ENLAZA:
            tell_of_its(session, acto, fusion, (tabla, columna), f"{tabla}_movido")
            count = links.mover(journal, tabla, columna)
        elif regla.forma is Forma.APARTA:
            tell_of_its(session, acto, fusion, (tabla, columna), f"{tabla}_eliminado")
            journal.apartar(tabla, columna)
            continue
        else:
            continue
        if count and regla.nombre:
            moved[regla.nombre] = count
    session.expire_all()
    return moved


def tell_of_moved(session: Session, acto: Acto, fusion: Fusion, tabla: str, regla: Regla) -> None:
    """The feed tells of each row that moved, or moved back."""
    if regla.clase is not None:
        ids = select(FilaFusionada.clave).where(
            FilaFusionada.empresa_id == acto.empresa_id,
            FilaFusionada.fusion_id == fusion.id,
            FilaFusionada.tabla == tabla,
            FilaFusionada.forma == "movida",
        )
        anotar_muchos(session, acto, regla.clase, f"{tabla}_movida", ids, ["cliente_id"])


def tell_of_its(session: Session, acto: Acto, fusion: Fusion, columna: tuple[str, str], accion: str) -> None:
    """The feed tells of what the client that goes, or is back, has in that column of a table.

    What is told changes only under the client's lock, or the company's turn.
    """
    regla, table = REGLAS[columna], SQLModel.metadata.tables[columna[0]]
    if regla.clase is not None:
        its = (table.c.empresa_id == acto.empresa_id, table.c[columna[1]] == fusion.fusionado_id)
        ids: Any = select(table.c[regla.ids]).where(*its)
        campos = ["cliente_id", "clientes"] if regla.forma is Forma.ENLAZA else []
        anotar_muchos(session, acto, regla.clase, accion, ids, campos)


def _tell(session: Session, acto: Acto, fusion: Fusion, before: Mapping[str, Any], este: Cliente) -> None:
    """In the audit and the feed, of both; in the timeline of the one that stays."""
    after = este.model_dump()
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    both = {"fusion_id": fusion.id, "cliente_id": fusion.cliente_id, "fusionado_id": fusion.fusionado_id}
    anotar(session, acto, "cliente_fusionado", fusion.fusionado_id, both)
    anotar(session, acto, "cliente_ampliado", fusion.cliente_id, both | changed)
    anotar(session, acto, "fusion_creada", fusion.id, both)
    titulo, this = f"Fusionado con «{fusion.nombre}»", ("fusion", fusion.id)
    historial.anotar(session, acto, fusion.cliente_id, "cliente_fusionado", titulo, recurso=this)


def callar(session: Session, fusion: Fusion) -> None:
    """The timeline does not tell of the merge any more; the list of merges and the audit do."""
    here = (col(Suceso.empresa_id) == fusion.empresa_id, col(Suceso.cliente_id) == fusion.cliente_id)
    session.execute(delete(Suceso).where(*here, col(Suceso.recurso_id) == fusion.id))
