"""Reads a company's records and invoices in one pass and has them checked."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from smartbilling import evidencia
from smartbilling.evidencia import Cadena, Tramo
from smartbilling.verifactu import Asiento, Hallazgo, Vigia, verificar

from .schemas import HallazgoPublico, Verificacion

_LISTADOS = 1_000


class _Cuenta:
    """How many records went by."""

    def __init__(self) -> None:
        self.vistos = 0

    def contar(self, asientos: Iterable[Asiento]) -> Iterator[Asiento]:
        for asiento in asientos:
            self.vistos += 1
            yield asiento


def verificacion(session: Session, empresa_id: str, ahora: datetime) -> Verificacion:
    """Every installation of a company: its chain, invoices, numbers and checkpoints.

    Once there are as many findings as are listed it goes on counting records, no more.
    """
    cuenta = _Cuenta()
    hallazgos = list(islice(_de_empresa(session, empresa_id, ahora, cuenta), _LISTADOS))
    return Verificacion(
        correcta=not hallazgos,
        registros=cuenta.vistos
        if len(hallazgos) < _LISTADOS
        else evidencia.registros_de(session, empresa_id),
        hallazgos=[HallazgoPublico.model_validate(hallazgo) for hallazgo in hallazgos],
    )


def _de_empresa(session: Session, empresa_id: str, ahora: datetime, cuenta: _Cuenta) -> Iterator[Hallazgo]:
    llaves = evidencia.llaves(session)
    for cadena in evidencia.cadenas(session, empresa_id):
        if cadena.fin is None:
            yield Hallazgo(
                cadena.instalacion, "cabeza_ausente", "Falta el final de la cadena de esta instalación."
            )
        yield from _de_cadena(session, cadena, ahora, cuenta, llaves)


def _de_cadena(
    session: Session, cadena: Cadena, ahora: datetime, cuenta: _Cuenta, llaves: evidencia.Llaves
) -> Iterator[Hallazgo]:
    tramo = Tramo(cadena.empresa_id, cadena.instalacion)
    puntos = evidencia.puntos_de(session, cadena.empresa_id, cadena.instalacion)
    return verificar(
        cuenta.contar(evidencia.asientos(session, tramo)),
        evidencia.contexto(session, cadena, ahora),
        sueltas=[factura for _, factura in evidencia.sueltas(session, cadena.empresa_id, cadena.instalacion)],
        vigia=Vigia(puntos, llaves.comprueba),
    )
