"""Which taxes a line may carry: tax, kind of operation, rate and recargo, as the AEAT checks them."""

from collections.abc import Iterator
from decimal import Decimal

from contratos import Fault

from .impuestos import (
    CALIFICACIONES,
    CON_REGIMEN_GENERAL,
    IGIC,
    IMPUESTOS,
    INVERSION,
    IVA,
    NO_SUJETAS,
    REGIMEN_GENERAL,
    SUJETA,
    exenciones_de,
)
from .lineas import Linea
from .money import es_importe
from .propuesta import SIMPLIFICADAS, Destinatario, FacturaPropuesta
from .reglas_regimen import faltas_de_regimen
from .tipos_impositivos import TIPOS_VIGENTES, recargos_de, rechazo_de_recargo, rechazo_de_tipo

_EXENCIONES_EXTERIORES = frozenset({"E2", "E3"})
_ENTREGA_INTRACOMUNITARIA = "E5"
_GRUPO_DE_ENTIDADES = "06"


def faltas_de_impuestos(
    linea: Linea, campo: str, propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    """What the AEAT would refuse in the taxes of a resolved `linea` that is no suplido.

    A line always has a kind of operation, and rate and cuota together, so 1195 and 1284 cannot arise. Rates
    are a list on IVA alone: the AEAT takes any on IGIC, IPSI and other taxes.
    """
    if linea.impuesto not in IMPUESTOS:
        yield Fault(
            f"{campo}.impuesto",
            "impuesto_no_valido",
            "Cambia el impuesto: es IVA (01), IPSI (02), IGIC (03) u otro (05).",
            "1218",
        )
        return
    if linea.exencion is not None:
        yield from _faltas_de_exencion(linea, campo, propuesta, destinatarios)
    if linea.calificacion is not None:
        yield from _faltas_de_calificacion(linea, campo, propuesta)
    yield from faltas_de_regimen(linea, campo, propuesta, destinatarios)
    yield from _faltas_de_tipo(linea, campo, propuesta)
    if linea.recargo_equivalencia is not None:
        yield from _faltas_de_recargo(linea, campo, linea.recargo_equivalencia, propuesta)


def _faltas_de_calificacion(linea: Linea, campo: str, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    if linea.exencion is not None:
        yield Fault(
            f"{campo}.exencion",
            "calificacion_y_exencion",
            "Indica la calificación o la causa de exención, no las dos.",
            "1196",
        )
    if linea.calificacion not in CALIFICACIONES:
        yield Fault(
            f"{campo}.calificacion",
            "calificacion_no_valida",
            "Cambia la calificación: es S1, S2, N1 o N2.",
            "1181",
        )
    elif linea.calificacion == INVERSION and propuesta.tipo in SIMPLIFICADAS:
        yield Fault(
            f"{campo}.calificacion",
            "inversion_en_simplificada",
            "La inversión del sujeto pasivo (S2) exige una factura completa o su rectificativa (R1 a R4).",
            "1197",
        )


def _faltas_de_exencion(
    linea: Linea, campo: str, propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    exencion, impuesto = linea.exencion, linea.impuesto or IVA
    if exencion not in exenciones_de(impuesto):
        ultima = "E8" if impuesto == IGIC else "E6"
        yield Fault(
            f"{campo}.exencion",
            "exencion_no_valida",
            f"Cambia la causa de exención: con este impuesto van de E1 a {ultima}.",
            "1182",
        )
    elif exencion in _EXENCIONES_EXTERIORES:
        if linea.clave_regimen == REGIMEN_GENERAL and impuesto in CON_REGIMEN_GENERAL:
            yield Fault(
                f"{campo}.exencion",
                "exencion_incompatible",
                f"La exención {exencion} no va con el régimen general: usa el 02 (exportación) u otro.",
                "1199",
            )
    elif (
        exencion == _ENTREGA_INTRACOMUNITARIA
        and impuesto == IVA
        and (propuesta.tipo in SIMPLIFICADAS or any(d.nif for d in destinatarios))
    ):
        yield Fault(
            f"{campo}.exencion",
            "exencion_incompatible",
            "La exención E5 exige una factura completa a clientes identificados con NIF-IVA u otro documento "
            "extranjero.",
            "1289",
        )


def _faltas_de_tipo(linea: Linea, campo: str, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    tipo, calificacion = linea.tipo_iva, linea.calificacion
    if tipo is None:
        if calificacion == SUJETA and linea.exencion is None:
            yield Fault(
                f"{campo}.tipo_iva",
                "tipo_obligatorio",
                "Indica el tipo impositivo de la línea: una operación sujeta (S1) lo lleva.",
                "1209" if linea.clave_regimen == _GRUPO_DE_ENTIDADES else "1208",
            )
    elif linea.exencion is not None:
        yield _sobra_el_tipo(campo, "una operación exenta", "1238")
    elif calificacion in NO_SUJETAS:
        codigo_aeat = "1237" if linea.impuesto == IVA else "1207"
        yield _sobra_el_tipo(campo, "una operación no sujeta", codigo_aeat)
    elif calificacion == INVERSION:
        if tipo:
            yield _sobra_el_tipo(campo, "una operación con inversión del sujeto pasivo", "1198")
    elif calificacion == SUJETA:
        yield from _faltas_del_tipo(linea, campo, tipo, propuesta)


def _faltas_del_tipo(linea: Linea, campo: str, tipo: Decimal, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    if linea.impuesto != IVA:
        if not es_importe(tipo):
            yield _demasiado_fino(f"{campo}.tipo_iva", "tipo impositivo")
    elif codigo_aeat := rechazo_de_tipo(tipo, propuesta.fecha_fiscal):
        vigentes = ", ".join(str(t) for t in TIPOS_VIGENTES)
        yield Fault(
            f"{campo}.tipo_iva",
            "tipo_iva_no_valido",
            f"El {tipo:f} % no es un tipo de IVA en la fecha de la operación: los vigentes son {vigentes}.",
            codigo_aeat,
        )


def _sobra_el_tipo(campo: str, donde: str, codigo_aeat: str) -> Fault:
    return Fault(
        f"{campo}.tipo_iva",
        "tipo_iva_no_admitido",
        f"Quita el tipo impositivo: {donde} no lo lleva.",
        codigo_aeat,
    )


def _demasiado_fino(campo: str, que: str) -> Fault:
    return Fault(
        campo, "tipo_con_decimales", f"Escribe el {que} con dos decimales: un registro no lleva más.", "1100"
    )


def _faltas_de_recargo(
    linea: Linea, campo: str, recargo: Decimal, propuesta: FacturaPropuesta
) -> Iterator[Fault]:
    tipo = linea.tipo_iva
    if linea.calificacion != SUJETA or linea.exencion is not None or tipo is None:
        yield Fault(
            f"{campo}.recargo_equivalencia",
            "recargo_no_admitido",
            "Quita el recargo de equivalencia: solo va en operaciones sujetas y no exentas (S1).",
            "1281",
        )
    elif linea.impuesto != IVA:
        if not es_importe(recargo):
            yield _demasiado_fino(f"{campo}.recargo_equivalencia", "recargo")
    elif codigo_aeat := rechazo_de_recargo(recargo, tipo, propuesta.fecha_fiscal):
        admitidos = " o ".join(f"{r:f}" for r in recargos_de(tipo)) or "ninguno"
        yield Fault(
            f"{campo}.recargo_equivalencia",
            "recargo_no_valido",
            f"Con el {tipo:f} % de IVA en esa fecha el recargo no es {recargo:f}: el suyo es {admitidos}.",
            codigo_aeat,
        )
