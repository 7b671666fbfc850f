"""Who receives the invoice, and who issues it in the company's name: what each type of invoice needs."""

from collections.abc import Iterator

from contratos import Fault
from contratos.nif import normalise_nif

from .propuesta import SIMPLIFICADAS, Destinatario, EmitidaPor, FacturaPropuesta
from .reglas_identidad import (
    DESTINATARIO,
    NOMBRE_MAXIMO,
    TERCERO,
    Campos,
    faltas_de_identidad,
    normalizado,
    persona,
)
from .textos import faltas_de_texto

DESTINATARIOS_MAXIMOS = 1000

_CLIENTE = Campos("cliente_nombre", "cliente_cif", "cliente_id_otro")
_TERCERO = Campos("emitida_por.nombre", "emitida_por.cif", "emitida_por.id_otro")


def identificados(propuesta: FacturaPropuesta) -> tuple[Destinatario, ...]:
    """The recipients that a record names, their numbers in capitals without separators.

    The customer is among them when identified by NIF or IDOtro: a name alone, as in F2, is not recorded. The
    record of an R5 names nobody (AEAT 1190), whoever its customer is.
    """
    if propuesta.tipo == "R5":
        return ()
    cliente = _cliente(propuesta)
    todos = (cliente, *propuesta.destinatarios) if _identificado(cliente) else propuesta.destinatarios
    return tuple([normalizado(d) for d in todos])


def faltas_de_destinatarios(propuesta: FacturaPropuesta) -> Iterator[Fault]:
    """AEAT 1185, 1189, 1190 (who must be there); how each is identified: `faltas_de_identidad`."""
    cliente = _cliente(propuesta)
    identificado = _identificado(cliente)
    if identificado:
        yield from faltas_de_identidad(cliente, _CLIENTE, propuesta.fecha_fiscal, DESTINATARIO)
        if propuesta.sin_identificar:
            yield Fault(
                "sin_identificar_destinatario",
                "destinatario_identificado",
                "El cliente está identificado: quita su identificación o esta marca (art. 6.1.d).",
                "1185",
            )
    elif propuesta.tipo in SIMPLIFICADAS:
        if propuesta.cliente_nombre:
            yield from faltas_de_texto("cliente_nombre", propuesta.cliente_nombre, NOMBRE_MAXIMO)
    else:
        yield from faltas_de_texto("cliente_nombre", propuesta.cliente_nombre, NOMBRE_MAXIMO)
        yield Fault(
            "cliente_cif",
            "destinatario_obligatorio",
            "Identifica al cliente con su NIF o con otro documento, o emite una simplificada (F2).",
            "1189",
        )
    if propuesta.destinatarios:
        yield from _faltas_de_los_demas(propuesta, identificado=identificado)


def _faltas_de_los_demas(propuesta: FacturaPropuesta, *, identificado: bool) -> Iterator[Fault]:
    if propuesta.tipo == "R5":
        yield Fault(
            "destinatarios",
            "destinatario_no_admitido",
            "El registro de una R5 no nombra destinatarios: quítalos, o rectifica con R1 a R4.",
            "1190",
        )
    elif propuesta.tipo == "F2" and not identificado:
        yield Fault(
            "destinatarios",
            "destinatario_no_admitido",
            "Una factura simplificada no lleva más destinatarios: identifica al cliente o emite una F1.",
            "1190",
        )
    if len(propuesta.destinatarios) >= DESTINATARIOS_MAXIMOS:
        yield Fault(
            "destinatarios",
            "demasiados_destinatarios",
            f"Una factura admite hasta {DESTINATARIOS_MAXIMOS} destinatarios, el cliente incluido.",
            "4113",
        )
        return
    for i, otro in enumerate(propuesta.destinatarios):
        yield from faltas_de_identidad(otro, campos_de(i), propuesta.fecha_fiscal, DESTINATARIO)


def campos_de(i: int) -> Campos:
    """Where the request carries the recipient `i` of those beyond the customer."""
    ruta = f"destinatarios.{i}"
    return Campos(f"{ruta}.nombre", f"{ruta}.cif", f"{ruta}.id_otro")


def _cliente(propuesta: FacturaPropuesta) -> Destinatario:
    return Destinatario(propuesta.cliente_nombre or "", propuesta.cliente_cif, propuesta.cliente_id_otro)


def _identificado(destinatario: Destinatario) -> bool:
    return bool(destinatario.nif) or destinatario.id_otro is not None


def faltas_de_emitida_por(emitida_por: EmitidaPor, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    """A third party says who it is; a recipient is there.

    AEAT 1151, 1158, 1159, 1178, 1186, 1188, 1211, 1232.
    """
    if emitida_por.quien == "T":
        yield from faltas_de_identidad(persona(emitida_por), _TERCERO, propuesta.fecha_fiscal, TERCERO)
        if emitida_por.nif and normalise_nif(emitida_por.nif) == normalise_nif(propuesta.emisor_nif):
            yield Fault(
                _TERCERO.cif,
                "tercero_es_la_empresa",
                "El tercero no puede ser la propia empresa: quita «emitida_por» o corrige su NIF.",
                "1188",
            )
    elif emitida_por.quien == "D":
        if emitida_por.nombre or emitida_por.nif or emitida_por.id_otro is not None:
            yield Fault(
                "emitida_por",
                "tercero_no_admitido",
                "Quita los datos del tercero: si la emite el destinatario, ya está en la factura.",
                "1159",
            )
        if not identificados(propuesta):
            yield Fault(
                "emitida_por.quien",
                "destinatario_obligatorio",
                "Identifica al destinatario que emite la factura, o indica quién la emite como tercero.",
                "1158",
            )
    else:
        yield Fault(
            "emitida_por.quien",
            "emitida_por_no_valido",
            "Indica quién emite la factura: un tercero o el destinatario.",
            "1151",
        )
