"""What is looked at in a verification: records with their invoices, and what is known besides."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .datos import RegistroAnterior
from .facturas import FacturaGuardada
from .hallazgos import RegistroGuardado
from .numeracion import Cuentas


@dataclass(frozen=True, slots=True)
class Cabeza:
    """The last record of a chain, as kept apart from the records: a cut tail shows against it."""

    secuencia: int
    huella: str


@dataclass(frozen=True, slots=True)
class Comienzo:
    """What stands before the first record looked at, when that is not the first of its chain."""

    secuencia: int
    anterior: RegistroAnterior
    instante: datetime


class Asiento(NamedTuple):
    """A record and the invoice it speaks of, if there is one; the digest of both, where it is known.

    `ilegible`: why its invoice, which is there, cannot be read. `peso`: bytes of the text it was read from.
    """

    registro: RegistroGuardado
    factura: FacturaGuardada | None
    resumen: bytes | None = None
    ilegible: str | None = None
    peso: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexto:
    """What is known of an installation besides its records.

    `numero`: its NumeroInstalacion. `comienzo`: what comes before the first record; None: nothing. `antes`:
    the last number before the first invoice, of each series and year that does not begin at 1; `ultimas`: the
    last one given. `ahora`: no record may be later.
    """

    numero: str | None = None
    comienzo: Comienzo | None = None
    cabeza: Cabeza | None = None
    antes: Cuentas = field(default_factory=dict)
    ultimas: Cuentas | None = None
    ahora: datetime | None = None
