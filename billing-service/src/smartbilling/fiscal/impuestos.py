"""The taxes of a record, and what each may say of a line (lists L1, L8A, L8B, L9 and L10 of the Order)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

IVA = "01"
IPSI = "02"
IGIC = "03"
OTRO = "05"
IMPUESTOS = frozenset({IVA, IPSI, IGIC, OTRO})

REGIMEN_GENERAL = "01"
CON_REGIMEN_GENERAL = frozenset({IVA, IGIC})
"""Those whose lines are of the general regime when they do not say."""

_COMUNES = frozenset(f"{n:02}" for n in (*range(1, 12), 14, 15, 17, 18, 19, 20))
REGIMENES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        IVA: _COMUNES,
        IGIC: _COMUNES | {"21"},
        IPSI: frozenset({"01", "08", "11", "18", "19", "20"}),
    }
)
REGIMENES_DICHOS: Mapping[str, str] = MappingProxyType(
    {
        IVA: "del IVA son 01 a 11, 14, 15 y 17 a 20",
        IGIC: "del IGIC son 01 a 11, 14, 15 y 17 a 21",
        IPSI: "del IPSI son 01, 08, 11, 18, 19 y 20",
    }
)
FIN_DE_IPSI_SIN_REGIMEN = date(2026, 12, 31)
"""The last day on which the AEAT takes IPSI without a regime, with its notice 2009; then it is 1245."""

_EXENCIONES = frozenset(f"E{n}" for n in range(1, 7))
_EXENCIONES_DEL_IGIC = _EXENCIONES | {"E7", "E8"}

SUJETA = "S1"
INVERSION = "S2"
NO_SUJETAS = frozenset({"N1", "N2"})
CALIFICACIONES = frozenset({SUJETA, INVERSION}) | NO_SUJETAS


def exenciones_de(impuesto: str) -> frozenset[str]:
    """The causes of exemption of a tax: E7 and E8 are the IGIC's alone (AEAT 1182)."""
    return _EXENCIONES_DEL_IGIC if impuesto == IGIC else _EXENCIONES
