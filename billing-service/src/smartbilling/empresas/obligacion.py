"""From when a company must invoice with a system such as this one."""

from dataclasses import dataclass
from datetime import date

_SOCIEDADES = frozenset("ABCDFGPQRSUV")
"""Letters of the NIF of those who pay corporate tax (Ley 27/2014 art. 7): legal persons, UTE and the like."""

_SOCIEDAD_CIVIL = "J"
"""Pays corporate tax if it trades (Ley 27/2014 art. 7.1.a), which its NIF does not tell."""


@dataclass(frozen=True, slots=True)
class FechasDeObligacion:
    """The first day on which each kind of taxpayer must have its system adapted."""

    sociedades: date
    resto: date


@dataclass(frozen=True, slots=True)
class Obligacion:
    """From when a company is obliged (None: it is not), and why."""

    desde: date | None
    motivo: str
    sii: bool


def obligacion(nif: str, fechas: FechasDeObligacion, *, sii: bool) -> Obligacion:
    """What the first letter of a NIF tells; where it leaves a doubt, the earlier date.

    `sii`: the company keeps its books through the tax agency's site (RIVA art. 62.6), and so is outside.
    Source: RD 1007/2023 art. 3 and final provision 4, as worded by RDL 15/2025.
    """
    if sii:
        motivo = "Lleva sus libros registro por el SII (RIVA art. 62.6): el RD 1007/2023 no se le aplica."
        return Obligacion(None, motivo, sii=True)
    letra = nif[:1]
    if letra in _SOCIEDADES:
        motivo = (
            f"Su NIF empieza por {letra}: contribuyente del Impuesto sobre Sociedades, salvo que esté exento "
            "(RD 1007/2023 art. 3.1.a)."
        )
        return Obligacion(fechas.sociedades, motivo, sii=False)
    if letra == _SOCIEDAD_CIVIL:
        motivo = (
            "Sociedad civil: si su objeto es mercantil es contribuyente del Impuesto sobre Sociedades "
            f"(RD 1007/2023 art. 3.1.a); si no lo es, su fecha es {fechas.resto.isoformat()}."
        )
        return Obligacion(fechas.sociedades, motivo, sii=False)
    motivo = (
        "Persona física, entidad en atribución de rentas o no residente con establecimiento permanente "
        "(RD 1007/2023 art. 3.1.b, c y d)."
    )
    return Obligacion(fechas.resto, motivo, sii=False)
