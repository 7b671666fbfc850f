"""The last net under a record: what would be a broken document, or one that contradicts itself.

The fiscal check says all of this before, to whoever asks, with the AEAT's code.
"""

from .datos import DatosAlta, DatosAnulacion, Interviniente
from .formato import RegistroImposible

DETALLES_MAXIMOS = 12
MENCIONES_MAXIMAS = 1000
"""Recipients, or invoices rectified or replaced, that one record names (SuministroInformacion.xsd)."""

_RECTIFICATIVAS = frozenset({"R1", "R2", "R3", "R4", "R5"})
_CON_DESTINATARIOS = frozenset({"F1", "F3", "R1", "R2", "R3", "R4"})
_SIN_DESTINATARIOS = frozenset({"F2", "R5"})
_CON_CUPON = frozenset({"R1", "R5"})


def comprobar_alta(datos: DatosAlta, tipo_factura: str) -> None:
    """Raises RegistroImposible unless `datos` make a record of `tipo_factura`."""
    if tipo_factura not in (_CON_DESTINATARIOS if datos.destinatarios else _SIN_DESTINATARIOS):
        raise RegistroImposible(f"an invoice {datos.tipo} with {len(datos.destinatarios)} recipients")
    if not 1 <= len(datos.desglose) <= DETALLES_MAXIMOS:
        raise RegistroImposible(f"{len(datos.desglose)} rows of Desglose: a record takes 1 to 12")
    if len(datos.destinatarios) > MENCIONES_MAXIMAS:
        raise RegistroImposible(f"{len(datos.destinatarios)} recipients: a record takes 1,000")
    if datos.rechazo_previo and not datos.subsanacion:
        raise RegistroImposible("RechazoPrevio without Subsanacion")
    if tipo_factura in _RECTIFICATIVAS:
        _comprobar_rectificativa(datos)
    elif datos.tipo_rectificativa or datos.rectificadas or datos.importe_rectificacion:
        raise RegistroImposible(f"an invoice {datos.tipo} that rectifies")
    if datos.emitida_por is not None:
        _comprobar_emitida_por(datos, datos.emitida_por)
    _comprobar_marcas(datos, tipo_factura)


def comprobar_anulacion(datos: DatosAnulacion) -> None:
    """Raises RegistroImposible when it is not said how whoever makes the record is identified."""
    if datos.generado_por is not None:
        _comprobar_identidad(datos.generado_por, "Generador")


def _comprobar_rectificativa(datos: DatosAlta) -> None:
    if datos.tipo_rectificativa not in ("S", "I"):
        raise RegistroImposible(f"an invoice {datos.tipo} without TipoRectificativa")
    if (datos.tipo_rectificativa == "S") != (datos.importe_rectificacion is not None):
        raise RegistroImposible("ImporteRectificacion goes with a substitution, and only with one")
    if len(datos.rectificadas) > MENCIONES_MAXIMAS:
        raise RegistroImposible(f"{len(datos.rectificadas)} invoices rectified: a record takes 1,000")


def _comprobar_emitida_por(datos: DatosAlta, quien: Interviniente) -> None:
    if quien.quien == "T":
        _comprobar_identidad(quien, "Tercero")
    elif quien.quien != "D" or not datos.destinatarios:
        raise RegistroImposible(f"an invoice issued by {quien.quien}, whom it does not name")


def _comprobar_marcas(datos: DatosAlta, tipo_factura: str) -> None:
    if datos.sustituidas and (tipo_factura != "F3" or len(datos.sustituidas) > MENCIONES_MAXIMAS):
        raise RegistroImposible(f"an invoice {datos.tipo} that replaces {len(datos.sustituidas)}")
    if datos.sin_identificar and tipo_factura not in _SIN_DESTINATARIOS:
        raise RegistroImposible(f"an invoice {datos.tipo} whose recipient need not be identified")
    if datos.cupon and tipo_factura not in _CON_CUPON:
        raise RegistroImposible(f"an invoice {datos.tipo} with Cupon")


def _comprobar_identidad(quien: Interviniente, bloque: str) -> None:
    if (quien.nif is None) == (quien.id_otro is None):
        raise RegistroImposible(f"{bloque} goes with one identification")
