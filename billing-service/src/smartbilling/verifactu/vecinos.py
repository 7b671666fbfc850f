"""Whether two records that follow one another hold together (Orden HAC/1177/2024 arts. 6.d, 7.h)."""

from typing import NamedTuple

from . import hallazgos
from .hallazgos import RegistroGuardado
from .lectura import Enlace, RegistroIlegible, RegistroLeido, abrir, leer


class Vecindad(NamedTuple):
    """What holds between a record and the one after it: the link, the order, and the time."""

    enlace_correcto: bool
    orden_correcto: bool
    instante_correcto: bool


def comprobar_vecinos(anterior: RegistroGuardado, siguiente: RegistroGuardado) -> Vecindad:
    """What holds between two records of one chain, of which none is between them. Never raises.

    The link holds when `siguiente` names `anterior` and its huella, in its XML and in its columns; what
    cannot be read does not hold. The instants are those of the XML, compared in UTC.
    """
    de_antes, de_despues = _leido(anterior), _leido(siguiente)
    return Vecindad(
        enlace_correcto=siguiente.huella_anterior == anterior.huella
        and de_antes is not None
        and de_despues is not None
        and de_despues.anterior == _enlace(de_antes, anterior.huella),
        orden_correcto=siguiente.secuencia == anterior.secuencia + 1,
        instante_correcto=_en_orden(de_antes, de_despues),
    )


def _enlace(leido: RegistroLeido, huella: str) -> Enlace:
    return leido.propio._replace(huella=huella)


def _en_orden(antes: RegistroLeido | None, despues: RegistroLeido | None) -> bool:
    if antes is None or despues is None:
        return False
    primero = hallazgos.instante_de(antes.fecha_hora_huso)
    segundo = hallazgos.instante_de(despues.fecha_hora_huso)
    return primero is not None and segundo is not None and primero <= segundo


def _leido(registro: RegistroGuardado) -> RegistroLeido | None:
    try:
        return leer(abrir(registro.xml), [])
    except RegistroIlegible:
        return None
