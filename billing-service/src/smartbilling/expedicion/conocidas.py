"""What issuing needs to know of each company, kept in memory.

Guarantee: no invoice is issued, and none refused, for what a company was before. Kept by: the writer compares
the company's version with the committed one before it numbers; a refusal is said only after a fresh look. A
series never changes once made, and the one taken when none is named is kept only when it can no longer be
another.
"""

from dataclasses import dataclass

from smartbilling.empresas import Empresa
from smartbilling.series import SERIE_INICIAL, Serie

_RECORDADAS = 10_000


@dataclass(frozen=True, slots=True)
class Conocida:
    """A company, and the series that an invoice is numbered in."""

    empresa: Empresa
    serie: Serie


class Conocidas:
    """The companies and series that invoices were issued for lately. One thread's: the loop's."""

    def __init__(self) -> None:
        self._por: dict[tuple[str, str | None], Conocida] = {}

    def de(self, empresa_id: str, codigo: str | None) -> Conocida | None:
        """The company and its series `codigo`, or the one taken when none is named; None when not known."""
        return self._por.get((empresa_id, codigo))

    def recordar(self, empresa: Empresa, codigo: str | None, serie: Serie) -> None:
        """Keep what was just read."""
        if codigo is None and serie.codigo != SERIE_INICIAL:
            return
        if len(self._por) >= _RECORDADAS:
            self._por.clear()
        self._por[empresa.id, codigo] = Conocida(empresa, serie)
