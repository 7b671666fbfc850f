"""Use cases of the reconciliation: what is mended runs in its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from contratos.crm import ORIGEN_BILLING, ClienteNuevo
from http_rules import Identity
from smartbilling.auditoria import anotar
from smartbilling.integracion_crm import (
    SIN_IDENTIFICAR,
    Correccion,
    Mensaje,
    borrar,
    corregir,
    retirar,
)

from .asientos import Asiento, asientos_de
from .codigos import EN_EL_CRM, Codigo
from .comparacion import Comparacion
from .contraste_del_dia import Hallazgo
from .schemas import Corregido

_LOST = frozenset({Codigo.FALTA_DESTINO, Codigo.DESTINO_ALTERADO})
"""What leaves billing without the client that later messages go to."""


def corregir_diferencias(
    session: Session, quien: Identity, hallado: Comparacion, ahora: datetime
) -> Corregido:
    """Write the outbox anew for what was found, and have the CRM told what it must mend.

    Everything is looked at again in this transaction: what was mended meanwhile is not mended twice.
    """
    empresa_id = quien.empresa_id
    by_fact: dict[str, list[Hallazgo]] = {}
    for hallazgo in hallado.hallazgos:
        if hallazgo.asiento is not None:
            by_fact.setdefault(hallazgo.referencia, []).append(hallazgo)
    now = asientos_de(session, empresa_id, sorted(by_fact), ahora)
    corrections = [
        _correction(now[referencia], found)
        for referencia, found in by_fact.items()
        if referencia in now and _still_so(now[referencia], found)
    ]
    loose = [h.aviso for h in hallado.hallazgos if h.codigo == Codigo.SOBRA_AVISO and h.aviso]
    spare = sorted({h.referencia for h in hallado.hallazgos if h.codigo == Codigo.SOBRA_EN_CRM})
    borrar(session, empresa_id, loose)
    corregido = Corregido(
        diferencias=len(hallado.hallazgos),
        avisos=len(corrections) + len(loose),
        reenviadas=corregir(session, empresa_id, corrections, ahora),
        retiradas=retirar(session, empresa_id, ORIGEN_BILLING, spare, ahora),
        completa=hallado.completa,
    )
    anotar(session, quien, "crm.conciliacion", empresa_id, corregido.model_dump(), ahora)
    return corregido


def _still_so(asiento: Asiento, found: Sequence[Hallazgo]) -> bool:
    """Whether there is something left to mend of a fact."""
    in_crm = any(hallazgo.codigo in EN_EL_CRM for hallazgo in found)
    return (in_crm and not asiento.corrigiendo) or any(h.codigo not in EN_EL_CRM for h in found)


def _correction(asiento: Asiento, found: Sequence[Hallazgo]) -> Correccion:
    hecho = asiento.hecho
    waits = asiento.corrigiendo or asiento.estado == "pendiente"
    resend = any(hallazgo.codigo in EN_EL_CRM for hallazgo in found) or (
        waits and Codigo.AVISO_ALTERADO in asiento.faltas
    )
    en_crm = next((hallazgo.en_crm for hallazgo in found if hallazgo.en_crm), None)
    kept = asiento.aviso
    ordered = sorted(asiento.avisos, key=lambda aviso: aviso is not kept)
    return Correccion(
        mensaje=Mensaje(hecho.destino, hecho.factura_id, hecho.actividad, _whom(asiento, en_crm)),
        avisos=[aviso.id for aviso in ordered],
        reenviar=resend,
        cliente_id=en_crm,
        es_venta=hecho.es_venta,
        recordarlo=not _LOST.isdisjoint(asiento.faltas),
    )


def _whom(asiento: Asiento, en_crm: str | None) -> ClienteNuevo | None:
    """The client to look for in the CRM; nobody where it is known already, as when the fact was told."""
    hecho = asiento.hecho
    known = en_crm or asiento.cliente_id
    if hecho.destino == SIN_IDENTIFICAR or not hecho.es_venta:
        return None if known else hecho.cliente
    return hecho.cliente
