"""The next number of a series, in the writer's transaction (RD 1619/2012 art. 6.1.a)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from smartbilling.emision import Lote
from smartbilling.fiscal import formatear
from smartbilling.series import Contador, Serie

from .errors import falta_de_orden, rechazo

_CONTADORES = select(
    col(Contador.serie), col(Contador.anio), col(Contador.ultimo), col(Contador.ultima_fecha)
).where(
    col(Contador.empresa_id) == bindparam("empresa_id"),
    col(Contador.serie).in_(bindparam("series", expanding=True)),
)

SIN_REINICIO = 0
"""The `anio` of the only counter of a series that never restarts."""


@dataclass(frozen=True, slots=True)
class Numero:
    """A number that was taken: its text, and its place in its series and year."""

    texto: str
    anio: int
    secuencia: int


@dataclass(frozen=True, slots=True)
class _Cuenta:
    """Where a series stands in this batch: the last number of each year, the last date, the first number."""

    ultimos: dict[int, int]
    ultima_fecha: date | None
    primer_numero: int

    def siguiente(self, anio: int) -> int:
        """A series begins at its first number, and again at 1 in each year after."""
        if anio in self.ultimos:
            return self.ultimos[anio] + 1
        return 1 if self.ultimos else self.primer_numero


def ultima_fecha_ahora(session: Session, serie: Serie) -> date | None:
    """The date of the last number of a series, as committed now: for a first look, before the queue."""
    last: date | None = session.execute(
        select(func.max(Contador.ultima_fecha)).where(
            col(Contador.empresa_id) == serie.empresa_id, col(Contador.serie) == serie.codigo
        )
    ).scalar_one()
    return last


def precargar_cuentas(lote: Lote, series: Iterable[Serie]) -> None:
    """Read where `series` stand, those that this batch has not read yet."""
    nuevas = {serie.codigo: serie for serie in series if ("cuenta", serie.codigo) not in lote.memoria}
    if not nuevas:
        return
    which = {"empresa_id": lote.empresa_id, "series": list(nuevas)}
    contadores = lote.session.connection().execute(_CONTADORES, which).all()
    for codigo, serie in nuevas.items():
        suyos = [contador for contador in contadores if contador.serie == codigo]
        lote.memoria["cuenta", codigo] = _Cuenta(
            {contador.anio: contador.ultimo for contador in suyos},
            max((contador.ultima_fecha for contador in suyos), default=None),
            serie.primer_numero,
        )


def ultima_fecha_en(lote: Lote, serie: Serie) -> date | None:
    """The date of the last number of a series in this batch; None before the first."""
    cuenta: _Cuenta = lote.memoria["cuenta", serie.codigo]
    return cuenta.ultima_fecha


def tomar_numero(lote: Lote, serie: Serie, fecha: date) -> Numero:
    """The next number of `serie`. Raises InvalidData (`fecha_anterior`) for a date before its last one."""
    cuenta: _Cuenta = lote.memoria["cuenta", serie.codigo]
    if cuenta.ultima_fecha and fecha < cuenta.ultima_fecha:
        raise rechazo([falta_de_orden(cuenta.ultima_fecha)])
    anio = SIN_REINICIO if serie.reinicio == "nunca" else fecha.year
    secuencia = cuenta.siguiente(anio)
    lote.memoria["cuenta", serie.codigo] = _Cuenta(
        cuenta.ultimos | {anio: secuencia}, fecha, cuenta.primer_numero
    )
    lote.contar(serie.codigo, anio, secuencia, fecha)
    return Numero(formatear(serie.formato, serie.codigo, fecha.year, secuencia), anio, secuencia)
