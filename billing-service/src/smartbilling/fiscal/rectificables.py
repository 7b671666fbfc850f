"""What of an invoice the law makes one rectify, told from what only its record says."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from contratos import Fault
from contratos.nif import normalise_nif

from .impuestos import NO_SUJETAS, SUJETA
from .lineas import Linea, resolver_linea
from .propuesta import Destinatario, EmitidaPor, FacturaPropuesta, IdOtro

CODIGO = "procede_rectificativa"

_RECTIFICATIVAS_COMPLETAS = frozenset({"R1", "R2", "R3", "R4"})
_REGIMENES_CON_MENCION = {
    "03": "«régimen especial de los bienes usados»",
    "05": "«régimen especial de las agencias de viajes»",
    "07": "«régimen especial del criterio de caja»",
}
_DE_CABECERA = {
    "fecha_expedicion": "La fecha de expedición va en la factura (RD 1619/2012, art. 6.1.b).",
    "cliente_direccion": "El domicilio del destinatario va en la factura (RD 1619/2012, art. 6.1.e).",
    "descuento_global": "Los descuentos determinan la base imponible (RD 1619/2012, art. 6.1.f).",
    "retencion_irpf": "La retención cambia lo que la factura pide que se pague.",
    "redondeo": "El redondeo determina las cuotas de la factura (RD 1619/2012, art. 6.1.h).",
    "precios_con_impuestos": "De esto dependen la base y las cuotas (RD 1619/2012, art. 6.1.f y h).",
}
_DE_LINEA = {
    "descripcion": "La descripción de las operaciones va en la factura (RD 1619/2012, art. 6.1.f).",
    "cantidad": "La cantidad determina la base imponible (RD 1619/2012, art. 6.1.f).",
    "precio_unitario": "El precio unitario va en la factura (RD 1619/2012, art. 6.1.f).",
    "descuento": "Los descuentos van en la factura (RD 1619/2012, art. 6.1.f).",
    "tipo_iva": "El tipo impositivo va en la factura (RD 1619/2012, art. 6.1.g).",
    "recargo_equivalencia": "El recargo de equivalencia va en la factura (RD 1619/2012, art. 6.1.g y h).",
    "irpf": "La retención cambia lo que la factura pide que se pague.",
    "base_a_coste": "La base a coste determina la cuota (RD 1619/2012, art. 6.1.h).",
    "suplido": "Un suplido queda fuera de la base imponible (RD 1619/2012, art. 6.1.f).",
}


@dataclass(frozen=True, slots=True)
class _Parte:
    """One recipient, and how its fields are called."""

    quien: Destinatario
    nombre: str
    cif: str
    id_otro: str


def obligan_a_rectificar(actual: FacturaPropuesta, pedida: FacturaPropuesta) -> tuple[Fault, ...]:
    """The fields in which `pedida` differs from `actual` that a rectificativa must correct, each with why.

    The rest is the record's alone: codes of taxes that leave rate and quota as they are, the way in which
    somebody is identified by the same number, a name written otherwise, who else took part. A name with other
    letters is another name: nobody can tell from here whether a person or only a letter was mistaken, and
    RD 1619/2012 art. 15.1 asks for a rectificativa whenever what its art. 6.1 demands is wrong.
    """
    return tuple(_faltas(actual, pedida))


def _faltas(actual: FacturaPropuesta, pedida: FacturaPropuesta) -> Iterator[Fault]:
    if actual.tipo != pedida.tipo and not {actual.tipo, pedida.tipo} <= _RECTIFICATIVAS_COMPLETAS:
        yield _falta("tipo", "La clase de factura se ve en ella: completa, simplificada o rectificativa.")
    if actual.fecha_fiscal != pedida.fecha_fiscal and actual.fecha_operacion != pedida.fecha_operacion:
        yield _falta(
            "fecha_operacion", "La fecha de la operación va en la factura (RD 1619/2012, art. 6.1.i)."
        )
    for campo, por_que in _DE_CABECERA.items():
        if getattr(actual, campo) != getattr(pedida, campo):
            yield _falta(campo, por_que)
    yield from _de_emisor(actual.emitida_por, pedida.emitida_por)
    yield from _de_destinatarios(actual, pedida)
    yield from _de_lineas(actual, pedida)


def _falta(campo: str, por_que: str) -> Fault:
    return Fault(campo, CODIGO, f"{por_que} Corrígelo con una rectificativa.")


def _de_emisor(actual: EmitidaPor | None, pedida: EmitidaPor | None) -> Iterator[Fault]:
    if (actual is not None and actual.quien == "D") != (pedida is not None and pedida.quien == "D"):
        yield _falta(
            "emitida_por", "La factura lleva la mención «facturación por el destinatario» (art. 6.1.l)."
        )


def _de_destinatarios(actual: FacturaPropuesta, pedida: FacturaPropuesta) -> Iterator[Fault]:
    if len(actual.destinatarios) != len(pedida.destinatarios):
        yield _falta("destinatarios", "La factura nombra a sus destinatarios (RD 1619/2012, art. 6.1.c).")
        return
    for antes, despues in zip(_partes(actual), _partes(pedida), strict=True):
        numero, otro = _numero(antes.quien), _numero(despues.quien)
        if numero != otro:
            yield _falta(
                despues.id_otro if despues.quien.id_otro else despues.cif,
                "El número que identifica al destinatario va en la factura (RD 1619/2012, art. 6.1.d).",
            )
        if otro and _letras(antes.quien.nombre) != _letras(despues.quien.nombre):
            yield _falta(
                despues.nombre, "El nombre del destinatario va en la factura (RD 1619/2012, art. 6.1.c)."
            )


def _partes(propuesta: FacturaPropuesta) -> Iterator[_Parte]:
    cliente = Destinatario(propuesta.cliente_nombre or "", propuesta.cliente_cif, propuesta.cliente_id_otro)
    yield _Parte(cliente, "cliente_nombre", "cliente_cif", "cliente_id_otro")
    for n, otro in enumerate(propuesta.destinatarios):
        campo = f"destinatarios.{n}"
        yield _Parte(otro, f"{campo}.nombre", f"{campo}.cif", f"{campo}.id_otro")


def _numero(quien: Destinatario) -> str:
    """The number that identifies somebody, however it is coded: as a NIF or as another identification."""
    if quien.id_otro is not None:
        return _sin_pais(quien.id_otro)
    return normalise_nif(quien.nif or "")


def _sin_pais(id_otro: IdOtro) -> str:
    """Kind 02 begins with its state; the other kinds tell the country apart."""
    numero = normalise_nif(id_otro.id)
    if id_otro.tipo == "02":
        return numero[2:]
    return numero.removeprefix(id_otro.pais or "")


def _letras(nombre: str) -> str:
    """A name without what makes it only look different: case, accents, blanks, points and commas."""
    partido = unicodedata.normalize("NFKD", nombre.casefold())
    return "".join(c for c in partido if c.isalnum())


def _de_lineas(actual: FacturaPropuesta, pedida: FacturaPropuesta) -> Iterator[Fault]:
    for n, (antes, despues) in enumerate(zip(actual.lineas, pedida.lineas, strict=True)):
        yield from _de_linea(resolver_linea(antes), resolver_linea(despues), f"lineas.{n}")


def _de_linea(antes: Linea, despues: Linea, campo: str) -> Iterator[Fault]:
    for nombre, por_que in _DE_LINEA.items():
        if getattr(antes, nombre) != getattr(despues, nombre):
            yield _falta(f"{campo}.{nombre}", por_que)
    if antes.impuesto != despues.impuesto and SUJETA in {antes.calificacion, despues.calificacion}:
        yield _falta(
            f"{campo}.impuesto", "La cuota que se repercute es de otro impuesto (RD 1619/2012, art. 6.1.h)."
        )
    if antes.clave_regimen != despues.clave_regimen:
        yield from _de_regimen({antes.clave_regimen, despues.clave_regimen}, campo)
    if (
        antes.calificacion != despues.calificacion
        and not {
            antes.calificacion,
            despues.calificacion,
        }
        <= NO_SUJETAS
    ):
        yield _falta(f"{campo}.calificacion", _POR_CALIFICACION)
    if (antes.exencion is None) != (despues.exencion is None):
        yield _falta(f"{campo}.exencion", "La factura dice si la operación está exenta (art. 6.1.j).")


def _de_regimen(claves: set[str | None], campo: str) -> Iterator[Fault]:
    for clave, mencion in _REGIMENES_CON_MENCION.items():
        if clave in claves:
            yield _falta(
                f"{campo}.clave_regimen", f"La factura lleva la mención {mencion} (RD 1619/2012, art. 6.1)."
            )


_POR_CALIFICACION = (
    "De esto dependen el tipo y la cuota de la factura, o su mención «inversión del sujeto pasivo» "
    "(RD 1619/2012, art. 6.1.g, h y m)."
)
