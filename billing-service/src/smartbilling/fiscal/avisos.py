"""What an invoice is warned of though it may be issued: records taken with errors, and what the law asks."""

from collections.abc import Iterator, Sequence

from contratos import Fault
from contratos.nif import normalise_nif

from .impuestos import IPSI, IVA
from .lineas import Linea
from .propuesta import RECTIFICATIVAS, Destinatario, FacturaPropuesta
from .reglas_destinatarios import campos_de
from .reglas_identidad import NIF_IVA, NO_CENSADO

_DOCUMENTOS_DE_CONCURSO = {"R2": frozenset({NIF_IVA, NO_CENSADO}), "R3": frozenset({NO_CENSADO})}
_CODIGO_DE_CONCURSO = {"R2": "1192", "R3": "1191"}


def avisos_de(
    propuesta: FacturaPropuesta, lineas: Sequence[Linea], destinatarios: Sequence[Destinatario]
) -> Iterator[Fault]:
    """The warnings of an invoice without faults: AEAT 1191-1193 (listed, not always applied), 2001, 2009.

    2005 and 2006 (totals that are not the sum of their rows) cannot arise: ours are that sum. 2000, 2002 to
    2004, 2007 and 2008 are of the chain and the clock, not of the invoice.
    """
    if propuesta.tipo in RECTIFICATIVAS:
        yield from _de_rectificativa(propuesta)
    con_cliente = bool(propuesta.cliente_cif) or propuesta.cliente_id_otro is not None
    for i, destinatario in enumerate(destinatarios):
        if destinatario.id_otro is not None or destinatario.nif == propuesta.emisor_nif:
            campo = _campo(i - 1 if con_cliente else i, destinatario)
            yield from _de_destinatario(destinatario, campo, propuesta)
    yield from _de_lineas(lineas)


def _campo(i: int, destinatario: Destinatario) -> str:
    """Where the request carries the identification of recipient `i`; −1, the customer."""
    if i < 0:
        return "cliente_cif" if destinatario.nif else "cliente_id_otro"
    campos = campos_de(i)
    return campos.cif if destinatario.nif else campos.id_otro


def _de_rectificativa(propuesta: FacturaPropuesta) -> Iterator[Fault]:
    if propuesta.rectificacion is not None and not propuesta.rectificacion.facturas:
        yield Fault(
            "rectificacion.facturas",
            "sin_facturas_rectificadas",
            "No citas ninguna factura: solo cabe si rectificas un periodo, como en un rappel, y el motivo "
            "debe decir cuál (art. 15.4 del RD 1619/2012).",
        )
    if propuesta.tipo == "R5" and (propuesta.cliente_cif or propuesta.cliente_id_otro is not None):
        yield Fault(
            "cliente_cif",
            "cliente_no_registrado",
            "El registro de una R5 no nombra al cliente: si la simplificada lo identificaba, rectifícala con "
            "una R1 a R4.",
        )


def _de_destinatario(destinatario: Destinatario, campo: str, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    if destinatario.nif == normalise_nif(propuesta.emisor_nif):
        yield Fault(
            campo,
            "destinatario_es_la_empresa",
            "El destinatario es la propia empresa: la AEAT puede rechazar el registro.",
            "1193",
        )
    id_otro = destinatario.id_otro
    if id_otro is None:
        return
    if id_otro.tipo == NO_CENSADO:
        yield Fault(
            campo,
            "destinatario_no_censado",
            "La AEAT acepta el registro con el error 2001, NIF no censado: corrígelo cuando tengas el NIF.",
            "2001",
        )
    admitidos = _DOCUMENTOS_DE_CONCURSO.get(propuesta.tipo)
    if admitidos is not None and id_otro.tipo not in admitidos:
        yield Fault(
            campo,
            "documento_inesperado",
            f"En una {propuesta.tipo} se espera un destinatario con NIF o no censado (07)"
            f"{', o con NIF-IVA (02)' if NIF_IVA in admitidos else ''}: la AEAT puede rechazar el registro.",
            _CODIGO_DE_CONCURSO[propuesta.tipo],
        )


def _de_lineas(lineas: Sequence[Linea]) -> Iterator[Fault]:
    """Of each kind, the first line that deserves it."""
    ajenas = [(i, linea) for i, linea in enumerate(lineas) if linea.impuesto not in (IVA, None)]
    for i, linea in ajenas:
        if linea.impuesto == IPSI and linea.clave_regimen is None:
            yield Fault(
                f"lineas.{i}.clave_regimen",
                "regimen_sin_indicar",
                "Indica la clave de régimen del IPSI: la AEAT acepta su falta con el error 2009 hasta el "
                "31-12-2026, y después la rechaza.",
                "2009",
            )
            break
    for i, linea in ajenas:
        if linea.recargo_equivalencia is not None:
            yield Fault(
                f"lineas.{i}.recargo_equivalencia",
                "recargo_ajeno_al_iva",
                "El recargo de equivalencia es del IVA: comprueba que esta línea lo lleva.",
            )
            break
