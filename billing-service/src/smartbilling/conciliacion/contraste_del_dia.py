"""One day of both sides, difference by difference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contratos.conciliacion import CAMPOS, ReferenciaConciliada, dia_de

from .asientos import Asiento, Dia
from .codigos import EN_EL_CRM, Codigo


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """A difference, and what is needed to mend it.

    `asiento` is the fact's, None when there is none; `aviso` a message of no fact; `en_crm` the client that
    the activity hangs on there; `campos` what of it is not as it must.
    """

    dia: date
    codigo: Codigo
    referencia: str
    asiento: Asiento | None = None
    aviso: str | None = None
    en_crm: str | None = None
    campos: tuple[str, ...] = ()

    @property
    def clave(self) -> tuple[str, str]:
        """What makes it the same when it is looked for again."""
        return self.codigo, self.referencia


@dataclass(frozen=True, slots=True)
class Vistas:
    """What was asked meanwhile of what a day alone does not tell.

    `ajenos`: facts of other days, by reference; `retirando`: what is about to be withdrawn; `actuales`: which
    client each one is now, after the CRM's merges.
    """

    ajenos: Mapping[str, Asiento]
    retirando: frozenset[str]
    actuales: Mapping[str, str | None]


def por_referencia(rows: Sequence[ReferenciaConciliada]) -> dict[str, list[ReferenciaConciliada]]:
    """The CRM's activities of one day, those of a doubled reference together."""
    found: dict[str, list[ReferenciaConciliada]] = {}
    for row in rows:
        found.setdefault(row.referencia_externa, []).append(row)
    return found


def dudosos(asiento: Asiento, row: ReferenciaConciliada) -> Iterator[str]:
    """The clients to ask the CRM about: it shows another than billing wrote down, and may have merged it."""
    if row.cliente_id != asiento.cliente_id:
        yield from _written_down(asiento)


def hallazgos(dia: Dia, rows: Sequence[ReferenciaConciliada], vistas: Vistas) -> Iterator[Hallazgo]:
    """All that is not as it must be on one day. What only waits for its delivery is no difference."""
    shown = por_referencia(rows)
    here = {asiento.hecho.referencia: asiento for asiento in dia.asientos}
    for aviso in dia.sobrantes:
        yield Hallazgo(dia.dia, Codigo.SOBRA_AVISO, aviso.referencia, aviso=aviso.id)
    for referencia, asiento in here.items():
        yield from _of_fact(dia.dia, asiento, shown.get(referencia, []), vistas)
    for referencia in shown.keys() - here.keys():
        if stranger := vistas.ajenos.get(referencia):
            yield from _of_fact(dia.dia, stranger, shown[referencia], vistas)
        elif referencia not in vistas.retirando:
            yield Hallazgo(dia.dia, Codigo.SOBRA_EN_CRM, referencia)


def _of_fact(
    dia: date, asiento: Asiento, rows: Sequence[ReferenciaConciliada], vistas: Vistas
) -> Iterator[Hallazgo]:
    referencia = asiento.hecho.referencia
    codigo, campos = _in_crm(asiento, rows, vistas)
    right = rows[0].cliente_id if len(rows) == 1 and codigo not in EN_EL_CRM else None
    if codigo is not None:
        yield Hallazgo(dia, codigo, referencia, asiento, en_crm=right, campos=campos)
    if dia == dia_de(asiento.hecho.fecha):
        for falta in asiento.faltas:
            yield Hallazgo(dia, falta, referencia, asiento, en_crm=right)


def _in_crm(
    asiento: Asiento, rows: Sequence[ReferenciaConciliada], vistas: Vistas
) -> tuple[Codigo | None, tuple[str, ...]]:
    """What is wrong with a fact's activity, and in which fields."""
    if asiento.corrigiendo:
        return None, ()
    if not rows:
        missing = {"pendiente": None, "fallido": Codigo.RECHAZADA}
        return missing.get(asiento.estado or "", Codigo.FALTA_EN_CRM), ()
    if len(rows) > 1:
        return Codigo.REPETIDA_EN_CRM, ()
    (row,) = rows
    said = asiento.contenido()
    campos = tuple(name for name in CAMPOS if _differs(name, said[name], getattr(row, name)))
    if campos == ("cliente_id",):
        return _of_client(asiento, row, vistas)
    return (Codigo.ALTERADA_EN_CRM if campos else None), campos


def _of_client(
    asiento: Asiento, row: ReferenciaConciliada, vistas: Vistas
) -> tuple[Codigo | None, tuple[str, ...]]:
    """Another client than was written down: a merge in the CRM, or a row that somebody changed, and whose."""
    if asiento.estado == "pendiente":
        return None, ()  # it has arrived, and is about to be written down
    known = {vistas.actuales.get(each, each) for each in _written_down(asiento)}
    if not known:
        return None, ()  # all that billing wrote down is lost: the CRM's word stands
    entrega = asiento.entrega.cliente_id if asiento.entrega else None
    if row.cliente_id not in known:
        return Codigo.ALTERADA_EN_CRM, ("cliente_id",)
    moved = entrega is not None and vistas.actuales.get(entrega, entrega) != row.cliente_id
    if moved and asiento.hecho.es_venta and Codigo.ENTREGA_ALTERADA not in asiento.faltas:
        return Codigo.ENTREGA_ALTERADA, ("cliente_id",)
    return None, ()


def _written_down(asiento: Asiento) -> set[str]:
    """The clients that billing wrote down for a fact: when its invoice was told, and last."""
    found = {asiento.cliente_id, asiento.destino.cliente_id if asiento.destino else None}
    return {each for each in found if each}


def _differs(name: str, said: Any, shown: Any) -> bool:
    return bool(str(said) != str(shown)) if name == "tipo" else bool(said != shown)
