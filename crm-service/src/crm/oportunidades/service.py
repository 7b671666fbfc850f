"""Use cases of the opportunities room: each runs in its caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from contratos import invalid
from crm import busqueda, cifras, clientes, empresas, historial, motivos
from crm.auditoria import Acto, anotar
from crm.etapas import Etapa, elegida, embudo, entrada
from http_rules import check_version, new_id

from . import figures, queries, references, stays
from .lines import priced
from .models import Oportunidad
from .requirements import check_required
from .schemas import CambioEstado, OportunidadNueva
from .states import EstadoOportunidad, OportunidadCerrada, check_move

_TOLD = {
    EstadoOportunidad.GANADA: ("oportunidad_ganada", "Oportunidad ganada"),
    EstadoOportunidad.PERDIDA: ("oportunidad_perdida", "Oportunidad perdida"),
    EstadoOportunidad.ABIERTA: ("oportunidad_reabierta", "Oportunidad reabierta"),
}
_USER = "usr_"


def crear(
    session: Session, acto: Acto, cliente_id: str, nueva: OportunidadNueva
) -> tuple[Oportunidad, Etapa]:
    """Add an opportunity to a client; it is its maker's, unless somebody else is named.

    Raises NotFound, for the stage too, EmbudoArchivado, ValorDeLineas, ReferenciaDuplicada, or InvalidData
    when the value or what the stage asks for is missing.
    """
    if nueva.referencia_externa is not None:
        clientes.turno(session, acto.empresa_id)
        references.comprobar(session, acto.empresa_id, nueva.values())
    clientes.existente(session, acto.empresa_id, cliente_id, hold=True)
    etapa = entrada(session, acto.empresa_id, nueva.etapa_id, nueva.embudo_id)
    given = priced(nueva.values())
    if "valor" not in given:
        raise invalid("valor", "requerido", "Falta este campo: escribe el valor, o las líneas que lo suman.")
    if acto.actor.startswith(_USER):
        given.setdefault("responsable", acto.actor)
    oportunidad = Oportunidad(
        empresa_id=acto.empresa_id,
        id=new_id("opo"),
        cliente_id=cliente_id,
        etapa_id=etapa.id,
        embudo_id=etapa.embudo_id,
        etapa_desde=acto.ahora,
        estado=EstadoOportunidad.ABIERTA,
        archivado=False,
        creado=acto.ahora,
        actualizado=acto.ahora,
        **{"descripcion": None, "cierre_previsto": None, "motivo": None} | given,
    )
    check_required(etapa.nombre, etapa.campos_obligatorios, oportunidad.model_dump())
    session.add(oportunidad)
    session.flush()
    busqueda.indexar(session, acto.empresa_id, oportunidad.id, frozenset(), oportunidad.tokens())
    stays.begin(session, acto, oportunidad, etapa)
    _tell(session, acto, oportunidad, "oportunidad_creada", "Nueva oportunidad", f"{etapa.nombre}")
    cifras.sumar(session, acto.empresa_id, {}, oportunidad.figures())
    zona = empresas.zona(session, acto.empresa_id)
    figures.move(session, acto.empresa_id, {}, figures.of_row(oportunidad, zona))
    anotar(session, acto, "oportunidad_creada", oportunidad.id, given)
    return oportunidad, etapa


def modificar(
    session: Session, acto: Acto, oportunidad_id: str, valores: Mapping[str, Any], if_match: str | None
) -> tuple[Oportunidad, Etapa]:
    """Change the fields given; `etapa_id` moves it, `archivado` puts it away or brings it back.

    Raises NotFound, StaleVersion, EmbudoArchivado, ValorDeLineas, ReferenciaDuplicada, InvalidData when it
    would lack what the stage asks for or an open one have a `motivo`, or OportunidadCerrada when one that was
    won or lost would move.
    """
    if not references.NAMES.isdisjoint(valores):
        clientes.turno(session, acto.empresa_id)  # which comes before any row's lock
    oportunidad, etapa = _locked(session, acto, oportunidad_id, if_match)
    if not references.NAMES.isdisjoint(valores):
        will_be = oportunidad.model_dump(include=set(references.NAMES)) | dict(valores)
        references.comprobar(session, acto.empresa_id, will_be, but=oportunidad.id)
    values = priced(valores, oportunidad.valor, oportunidad.lineas)
    if "motivo" in values:
        values |= {"motivo": _reason(session, acto, oportunidad, values["motivo"])}
    there = etapa
    if values.get("etapa_id", etapa.id) != etapa.id:
        there = _destination(session, acto, oportunidad, values["etapa_id"])
        values |= {"embudo_id": there.embudo_id, "etapa_desde": acto.ahora}
    if oportunidad.estado == EstadoOportunidad.ABIERTA:
        moves = there is not etapa
        after = oportunidad.model_dump() | values
        check_required(there.nombre, there.campos_obligatorios, after, None if moves else values.keys())
    _apply(session, acto, oportunidad, values, etapa, there)
    return oportunidad, there


def mover(
    session: Session, acto: Acto, oportunidad_id: str, etapa_id: str, if_match: str | None = None
) -> tuple[Oportunidad, Etapa]:
    """Move it to a stage, of another pipeline too; where it is, nothing is done. Raises as `modificar`."""
    return modificar(session, acto, oportunidad_id, {"etapa_id": etapa_id}, if_match)


def cambiar_estado(
    session: Session, acto: Acto, oportunidad_id: str, cambio: CambioEstado, if_match: str | None = None
) -> tuple[Oportunidad, Etapa]:
    """Win, lose or reopen it; in the same state again, nothing is done.

    Raises NotFound, StaleVersion, TransicionInvalida, InvalidData when the reason is missing, or
    EmbudoArchivado when it would be open in a pipeline that is away.
    """
    oportunidad, etapa = _locked(session, acto, oportunidad_id, if_match)
    now = EstadoOportunidad(oportunidad.estado)
    if cambio.estado is now:
        return oportunidad, etapa
    check_move(now, cambio.estado, cambio.motivo)
    values: dict[str, Any] = {"estado": cambio.estado, "motivo": None, "cerrada": None}
    if cambio.estado is EstadoOportunidad.ABIERTA:
        values["etapa_desde"] = acto.ahora
    elif cambio.motivo is not None:
        motivo = motivos.como_en_catalogo(session, acto.empresa_id, cambio.estado, cambio.motivo)
        values |= {"motivo": motivo, "cerrada": max(acto.ahora, oportunidad.creado)}
    _apply(session, acto, oportunidad, values, etapa, etapa)
    _tell(session, acto, oportunidad, *_TOLD[cambio.estado], values["motivo"] or cambio.motivo)
    return oportunidad, etapa


def archivar(session: Session, acto: Acto, oportunidad_id: str, if_match: str | None) -> None:
    """Put an opportunity away; one that is away stays so. Raises NotFound or StaleVersion."""
    modificar(session, acto, oportunidad_id, {"archivado": True}, if_match)


def enlazar_factura(
    session: Session, acto: Acto, oportunidad_id: str, factura_id: str, *, en_lugar_de: str | None = None
) -> tuple[Oportunidad, Etapa, bool]:
    """The invoice draft that came of it, and whether that is new; one that it has stays.

    `en_lugar_de`: the one that does not stay. Raises NotFound.
    """
    oportunidad, etapa = _locked(session, acto, oportunidad_id, None)
    if oportunidad.factura_id not in {None, en_lugar_de} or oportunidad.factura_id == factura_id:
        return oportunidad, etapa, False
    changed = oportunidad.change({"factura_id": factura_id}, acto.ahora)
    session.flush()
    _tell(session, acto, oportunidad, "oportunidad_facturada", "Borrador de factura", factura_id)
    anotar(session, acto, "oportunidad_facturada", oportunidad.id, changed)
    return oportunidad, etapa, True


def _locked(
    session: Session, acto: Acto, oportunidad_id: str, if_match: str | None
) -> tuple[Oportunidad, Etapa]:
    oportunidad = queries.existente(session, acto.empresa_id, oportunidad_id, lock=True)
    check_version(if_match, oportunidad.version)
    return oportunidad, elegida(session, acto.empresa_id, oportunidad.etapa_id)


def _reason(session: Session, acto: Acto, oportunidad: Oportunidad, motivo: str) -> str:
    if oportunidad.estado == EstadoOportunidad.ABIERTA:
        raise invalid(
            "motivo", "oportunidad_abierta", "Di el motivo al ganarla o perderla: aún está abierta."
        )
    return motivos.como_en_catalogo(session, acto.empresa_id, oportunidad.estado, motivo)


def _destination(session: Session, acto: Acto, oportunidad: Oportunidad, etapa_id: str) -> Etapa:
    etapa = entrada(session, acto.empresa_id, etapa_id)
    if oportunidad.estado != EstadoOportunidad.ABIERTA:
        raise OportunidadCerrada(
            f"La oportunidad está {oportunidad.estado}: reábrela antes de moverla de etapa.",
            estado=oportunidad.estado,
        )
    return etapa


def _apply(
    session: Session,
    acto: Acto,
    oportunidad: Oportunidad,
    values: Mapping[str, Any],
    here: Etapa,
    there: Etapa,
) -> None:
    zona = empresas.zona(session, acto.empresa_id)
    company, before = oportunidad.figures(), figures.of_row(oportunidad, zona)
    tokens = oportunidad.tokens()
    changed = oportunidad.change(values, acto.ahora)
    if not changed:
        return
    if changed.keys() & {"estado", "archivado"} and not oportunidad.archivado and oportunidad.cerrada is None:
        entrada(session, acto.empresa_id, there.id)
    session.flush()
    busqueda.indexar(session, acto.empresa_id, oportunidad.id, tokens, oportunidad.tokens())
    if changed.keys() & {"estado", "archivado", "etapa_id"}:
        _follow(session, acto, oportunidad, changed, here, there)
    cifras.sumar(session, acto.empresa_id, company, oportunidad.figures())
    figures.move(session, acto.empresa_id, before, figures.of_row(oportunidad, zona))
    anotar(session, acto, "oportunidad_modificada", oportunidad.id, changed)


def _follow(
    session: Session,
    acto: Acto,
    oportunidad: Oportunidad,
    changed: Mapping[str, Any],
    here: Etapa,
    there: Etapa,
) -> None:
    """Write down the stay that ends and the one that begins, and tell of the move in the timeline."""
    zona = empresas.zona(session, acto.empresa_id)
    pasos = stays.of(session, oportunidad)
    was_away, _ = changed.get("archivado", (oportunidad.archivado, None))
    before = {} if was_away else figures.of_stays(pasos, zona)
    if "etapa_id" in changed:
        stays.end(acto, pasos, stays.way(here, there))
        pasos.append(stays.begin(session, acto, oportunidad, there, len(pasos) + 1))
        _tell(session, acto, oportunidad, "oportunidad_movida", _arrival(session, here, there))
    elif "estado" in changed and oportunidad.cerrada is None:
        pasos.append(stays.begin(session, acto, oportunidad, there, len(pasos) + 1))
    elif "estado" in changed:
        stays.end(acto, pasos, oportunidad.estado)
    if "archivado" in changed:
        what = "archivada" if oportunidad.archivado else "recuperada"
        _tell(session, acto, oportunidad, f"oportunidad_{what}", f"Oportunidad {what}")
    after = {} if oportunidad.archivado else figures.of_stays(pasos, zona)
    figures.move(session, acto.empresa_id, before, after)


def _arrival(session: Session, here: Etapa, there: Etapa) -> str:
    if here.embudo_id == there.embudo_id:
        return f"Pasa a {there.nombre}"
    return f"Pasa a {there.nombre}, en {embudo(session, there.empresa_id, there.embudo_id).nombre}"


def _tell(
    session: Session,
    acto: Acto,
    oportunidad: Oportunidad,
    tipo: str,
    what: str,
    descripcion: str | None = None,
) -> None:
    historial.anotar(
        session,
        acto,
        oportunidad.cliente_id,
        tipo,
        f"{what}: {oportunidad.titulo}",
        recurso=("oportunidad", oportunidad.id),
        descripcion=descripcion,
    )
