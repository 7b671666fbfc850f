"""Which taxes a line may carry: rate, exemption, regime and recargo, as the AEAT checks them."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from contratos import Fault

from .lineas import INVERSION, IVA, NO_SUJETAS, REGIMEN_GENERAL, SUJETA, Linea
from .propuesta import Destinatario, FacturaPropuesta
from .tipos_impositivos import TIPOS_VIGENTES, recargos_de, rechazo_de_recargo, rechazo_de_tipo

_CALIFICACIONES = frozenset({SUJETA, INVERSION}) | NO_SUJETAS
_EXENCIONES_IVA = frozenset(f"E{n}" for n in range(1, 7))
_EXENCIONES_EXTERIORES = frozenset({"E2", "E3"})
_ENTREGA_INTRACOMUNITARIA = "E5"
_REGIMENES = frozenset(f"{n:02}" for n in (*range(1, 12), 14, 15, 17, 18, 19, 20))
_GRUPO_DE_ENTIDADES = "06"
_COBROS_POR_TERCEROS = "10"
_OBRA_PUBLICA = "14"
_ENTES_PUBLICOS = tuple("PQSV")


class _ReglaDeRegimen(NamedTuple):
    cumple: Callable[[Linea], bool]
    codigo_aeat: str
    admite: str


_REGLAS_DE_REGIMEN = {
    "02": _ReglaDeRegimen(lambda x: x.exencion is not None, "1286", "solo admite operaciones exentas"),
    "03": _ReglaDeRegimen(lambda x: x.calificacion in (None, SUJETA), "1200", "solo admite S1 o exentas"),
    "04": _ReglaDeRegimen(lambda x: x.calificacion in (None, INVERSION), "1201", "solo admite S2 o exentas"),
    "07": _ReglaDeRegimen(
        lambda x: x.calificacion in (None, SUJETA) and x.exencion not in ("E2", "E3", "E4", "E5"),
        "1203",
        "no admite S2, N1, N2 ni exenciones de E2 a E5",
    ),
    "08": _ReglaDeRegimen(lambda x: x.calificacion == "N2", "1252", "solo admite N2"),
    "11": _ReglaDeRegimen(lambda x: x.tipo_iva == TIPOS_VIGENTES[-1], "1206", "solo admite el tipo del 21 %"),
}


def faltas_de_impuestos(
    linea: Linea, campo: str, propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    """What the AEAT would refuse in the taxes of a resolved `linea` that is no suplido."""
    if linea.impuesto != IVA:
        yield Fault(
            f"{campo}.impuesto",
            "impuesto_no_disponible",
            "De momento solo se puede facturar con IVA (01).",
        )
        return
    yield from _faltas_de_calificacion(linea, campo, propuesta)
    yield from _faltas_de_exencion(linea, campo, propuesta, destinatarios)
    yield from _faltas_de_regimen(linea, campo, propuesta, destinatarios)
    yield from _faltas_de_tipo(linea, campo, propuesta)
    yield from _faltas_de_recargo(linea, campo, propuesta)


def _faltas_de_calificacion(linea: Linea, campo: str, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    if linea.calificacion is None:
        return
    if linea.exencion is not None:
        yield Fault(
            f"{campo}.exencion",
            "calificacion_y_exencion",
            "Indica la calificación o la causa de exención, no las dos.",
            "1196",
        )
    if linea.calificacion not in _CALIFICACIONES:
        yield Fault(
            f"{campo}.calificacion", "calificacion_no_valida", "Las calificaciones son S1, S2, N1 y N2."
        )
    elif linea.calificacion == INVERSION and propuesta.tipo == "F2":
        yield Fault(
            f"{campo}.calificacion",
            "inversion_en_simplificada",
            "La inversión del sujeto pasivo (S2) exige una factura completa (F1).",
            "1197",
        )


def _faltas_de_exencion(
    linea: Linea, campo: str, propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    exencion = linea.exencion
    if exencion is None:
        return
    if exencion not in _EXENCIONES_IVA:
        yield Fault(
            f"{campo}.exencion",
            "exencion_no_valida",
            "En el IVA las causas de exención van de E1 a E6.",
            "1182",
        )
    elif exencion in _EXENCIONES_EXTERIORES and linea.clave_regimen == REGIMEN_GENERAL:
        yield Fault(
            f"{campo}.exencion",
            "exencion_incompatible",
            f"La exención {exencion} no va con el régimen general: usa el 02 (exportación) u otro.",
            "1199",
        )
    elif exencion == _ENTREGA_INTRACOMUNITARIA and (
        propuesta.tipo == "F2" or any(d.nif for d in destinatarios)
    ):
        yield Fault(
            f"{campo}.exencion",
            "exencion_incompatible",
            "La exención E5 exige una F1 a un cliente identificado con NIF-IVA u otro documento extranjero.",
            "1289",
        )


def _faltas_de_regimen(
    linea: Linea, campo: str, propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    regimen = linea.clave_regimen or ""
    if regimen not in _REGIMENES:
        yield Fault(
            f"{campo}.clave_regimen",
            "regimen_no_valido",
            "Las claves de régimen del IVA son 01 a 11, 14, 15 y 17 a 20.",
            "1246",
        )
    elif regimen == _GRUPO_DE_ENTIDADES:
        yield Fault(
            f"{campo}.clave_regimen",
            "regimen_no_disponible",
            "El régimen 06 exige la base a coste, que de momento no se puede indicar.",
            "1202",
        )
    elif regimen == _OBRA_PUBLICA:
        yield from _faltas_de_obra_publica(propuesta, destinatarios)
    elif regimen == _COBROS_POR_TERCEROS:
        if linea.calificacion != "N1" or propuesta.tipo != "F1" or any(not d.nif for d in destinatarios):
            yield _falta_de_regimen(campo, regimen, "solo admite N1 en una F1 con clientes con NIF", "1205")
    elif (regla := _REGLAS_DE_REGIMEN.get(regimen)) and not regla.cumple(linea):
        yield _falta_de_regimen(campo, regimen, regla.admite, regla.codigo_aeat)


def _falta_de_regimen(campo: str, regimen: str, admite: str, codigo_aeat: str) -> Fault:
    return Fault(
        f"{campo}.clave_regimen", "regimen_incompatible", f"El régimen {regimen} {admite}.", codigo_aeat
    )


def _faltas_de_obra_publica(
    propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    """Regime 14, public works whose tax is yet to fall due (LIVA art. 75.Uno.2.º bis)."""
    if propuesta.fecha_operacion is None or propuesta.fecha_operacion <= propuesta.fecha_expedicion:
        yield Fault(
            "fecha_operacion",
            "operacion_no_posterior",
            "El régimen 14 exige una fecha de operación posterior a la de expedición.",
            "1147",
        )
    if propuesta.tipo != "F1":
        yield Fault("tipo", "regimen_incompatible", "El régimen 14 exige una factura completa (F1).", "1148")
    if not all(d.nif and d.nif.startswith(_ENTES_PUBLICOS) for d in destinatarios):
        yield Fault(
            "cliente_cif",
            "regimen_incompatible",
            "El régimen 14 exige clientes con NIF de ente público, que empieza por P, Q, S o V.",
            "1149",
        )


def _faltas_de_tipo(linea: Linea, campo: str, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    tipo, calificacion = linea.tipo_iva, linea.calificacion
    if tipo is None:
        return
    if linea.exencion is not None:
        yield _sobra_el_tipo(campo, "una operación exenta", "1238")
    elif calificacion in NO_SUJETAS:
        yield _sobra_el_tipo(campo, "una operación no sujeta", "1237")
    elif calificacion == INVERSION:
        if tipo:
            yield _sobra_el_tipo(campo, "una operación con inversión del sujeto pasivo", "1198")
    elif calificacion == SUJETA and (codigo := rechazo_de_tipo(tipo, propuesta.fecha_fiscal)):
        vigentes = ", ".join(str(t) for t in TIPOS_VIGENTES)
        yield Fault(
            f"{campo}.tipo_iva",
            "tipo_iva_no_valido",
            f"El {tipo:f} % no es un tipo de IVA en la fecha de la operación: los vigentes son {vigentes}.",
            codigo,
        )


def _sobra_el_tipo(campo: str, donde: str, codigo_aeat: str) -> Fault:
    return Fault(
        f"{campo}.tipo_iva",
        "tipo_iva_no_admitido",
        f"Quita el tipo de IVA: {donde} no lo lleva.",
        codigo_aeat,
    )


def _faltas_de_recargo(linea: Linea, campo: str, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    recargo, tipo = linea.recargo_equivalencia, linea.tipo_iva
    if recargo is None:
        return
    if linea.calificacion != SUJETA or linea.exencion is not None or tipo is None:
        yield Fault(
            f"{campo}.recargo_equivalencia",
            "recargo_no_admitido",
            "El recargo de equivalencia solo va en operaciones sujetas y no exentas (S1).",
            "1281",
        )
    elif codigo := rechazo_de_recargo(recargo, tipo, propuesta.fecha_fiscal):
        admitidos = " o ".join(f"{r:f}" for r in recargos_de(tipo)) or "ninguno"
        yield Fault(
            f"{campo}.recargo_equivalencia",
            "recargo_no_valido",
            f"Con el {tipo:f} % de IVA en esa fecha el recargo no es {recargo:f}: el suyo es {admitidos}.",
            codigo,
        )
