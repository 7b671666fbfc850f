"""Regimes: which ones each tax has (lists L8A and L8B), and what each asks of its line and its invoice."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from contratos import Fault

from .impuestos import (
    FIN_DE_IPSI_SIN_REGIMEN,
    IGIC,
    INVERSION,
    IPSI,
    IVA,
    OTRO,
    REGIMEN_GENERAL,
    REGIMENES,
    REGIMENES_DICHOS,
    SUJETA,
)
from .lineas import IVA_GENERAL, Linea
from .propuesta import Destinatario, FacturaPropuesta

_GRUPO_DE_ENTIDADES = "06"
_COBROS_POR_TERCEROS = "10"
_OBRA_PUBLICA = "14"
_TIPOS_SIN_GRUPO = frozenset({"F2", "F3", "R5"})
_TIPOS_DE_OBRA_PUBLICA = frozenset({"F1", "R1", "R2", "R3", "R4"})
_ENTES_PUBLICOS = tuple("PQSV")
_EXENCIONES_SIN_CAJA = frozenset({"E2", "E3", "E4", "E5"})


class _Regla(NamedTuple):
    cumple: Callable[[Linea], bool]
    codigo_aeat: str
    admite: str


_REGLAS_DE_LINEA = {
    "02": _Regla(lambda x: x.exencion is not None, "1286", "solo admite operaciones exentas"),
    "03": _Regla(lambda x: x.calificacion in (None, SUJETA), "1200", "solo admite S1 o exentas"),
    "04": _Regla(lambda x: x.calificacion in (None, INVERSION), "1201", "solo admite S2 o exentas"),
    "07": _Regla(
        lambda x: x.calificacion in (None, SUJETA) and x.exencion not in _EXENCIONES_SIN_CAJA,
        "1203",
        "no admite S2, N1, N2 ni exenciones de E2 a E5",
    ),
    "08": _Regla(
        lambda x: x.calificacion == "N2",
        "1252",
        "es el de lo sujeto a otro impuesto indirecto, como en Canarias, y solo admite N2",
    ),
}
_DEL_IVA = {"11": _Regla(lambda x: x.tipo_iva == IVA_GENERAL, "1206", "solo admite el tipo del 21 %")}
_DEL_IGIC = {
    "20": _Regla(lambda x: x.calificacion == "N2", "1293", "es el de lo sujeto al IPSI y solo admite N2")
}
_REGLAS = {IVA: _REGLAS_DE_LINEA | _DEL_IVA, IGIC: _REGLAS_DE_LINEA | _DEL_IGIC}


def faltas_de_regimen(
    linea: Linea, campo: str, propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    """What the AEAT would refuse in the regime of a resolved `linea` of a tax that exists.

    AEAT 1245, 1246, 1260 (which regime) and, on IVA and IGIC, 1147-1149, 1200-1206, 1252, 1257, 1286, 1293
    (what it asks for). With IPSI until 31-12-2026 none is a warning, not a fault.
    """
    impuesto, regimen = linea.impuesto or IVA, linea.clave_regimen
    if linea.base_a_coste is not None:
        yield from _faltas_de_base_a_coste(linea, campo)
    if regimen == REGIMEN_GENERAL and impuesto != OTRO:
        return
    if impuesto == OTRO:
        if regimen is not None:
            yield Fault(
                f"{campo}.clave_regimen",
                "regimen_no_admitido",
                "Quita la clave de régimen: con otros impuestos (05) no se indica.",
                "1260",
            )
    elif regimen is None:
        if propuesta.hoy > FIN_DE_IPSI_SIN_REGIMEN:
            yield Fault(
                f"{campo}.clave_regimen",
                "regimen_obligatorio",
                f"Indica la clave de régimen: las {REGIMENES_DICHOS[impuesto]}.",
                "1245",
            )
    elif regimen not in REGIMENES[impuesto]:
        yield Fault(
            f"{campo}.clave_regimen",
            "regimen_no_valido",
            f"Cambia la clave de régimen: las {REGIMENES_DICHOS[impuesto]}.",
            "1246",
        )
    elif impuesto != IPSI:
        yield from _faltas_del_regimen(linea, campo, propuesta, destinatarios)


def _faltas_de_base_a_coste(linea: Linea, campo: str) -> Iterator[Fault]:
    if linea.clave_regimen != _GRUPO_DE_ENTIDADES and linea.impuesto not in (IPSI, OTRO):
        yield Fault(
            f"{campo}.base_a_coste",
            "base_a_coste_no_admitida",
            "Quita la base a coste: solo va con el régimen 06 (grupo de entidades), con el IPSI o con otros "
            "impuestos.",
            "1257",
        )


def _faltas_del_regimen(
    linea: Linea, campo: str, propuesta: FacturaPropuesta, destinatarios: tuple[Destinatario, ...]
) -> Iterator[Fault]:
    regimen = linea.clave_regimen or ""
    if regimen == _GRUPO_DE_ENTIDADES:
        yield from _faltas_de_grupo(linea, campo, propuesta)
    elif regimen == _OBRA_PUBLICA:
        yield from _faltas_de_obra_publica(propuesta, destinatarios)
    elif regimen == _COBROS_POR_TERCEROS:
        if linea.calificacion != "N1" or propuesta.tipo != "F1" or any(not d.nif for d in destinatarios):
            yield _falta(campo, regimen, "solo admite N1 en una F1 con clientes con NIF", "1205")
    elif (regla := _REGLAS[linea.impuesto or IVA].get(regimen)) and not regla.cumple(linea):
        yield _falta(campo, regimen, regla.admite, regla.codigo_aeat)


def _falta(campo: str, regimen: str, admite: str, codigo_aeat: str) -> Fault:
    return Fault(
        f"{campo}.clave_regimen", "regimen_incompatible", f"El régimen {regimen} {admite}.", codigo_aeat
    )


def _faltas_de_grupo(linea: Linea, campo: str, propuesta: FacturaPropuesta) -> Iterator[Fault]:
    """Regime 06, groups of entities at the advanced level (LIVA art. 163 octies)."""
    if propuesta.tipo in _TIPOS_SIN_GRUPO:
        yield _falta(campo, _GRUPO_DE_ENTIDADES, "no va en facturas F2, F3 ni R5", "1202")
    if linea.base_a_coste is None:
        yield Fault(
            f"{campo}.base_a_coste",
            "base_a_coste_obligatoria",
            "Indica la base a coste de la línea: el régimen 06 la exige.",
            "1202",
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
    if propuesta.tipo not in _TIPOS_DE_OBRA_PUBLICA:
        yield Fault(
            "tipo",
            "regimen_incompatible",
            "El régimen 14 exige una factura completa (F1) o su rectificativa (R1 a R4).",
            "1148",
        )
    if not all(d.nif and d.nif.startswith(_ENTES_PUBLICOS) for d in destinatarios):
        yield Fault(
            "cliente_cif",
            "regimen_incompatible",
            "El régimen 14 exige clientes con NIF de ente público, que empieza por P, Q, S o V.",
            "1149",
        )
