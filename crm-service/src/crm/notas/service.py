"""Use cases of the notes room: a note is an activity `nota`, written in one go."""

from sqlmodel import Session

from contratos.crm import TipoActividad
from crm import actividades
from crm.actividades import Actividad, ActividadDada
from crm.auditoria import Acto

from .schemas import NotaNueva, NotaVista

_LONGEST_TITLE = 100


def anotar(session: Session, acto: Acto, cliente_id: str, nueva: NotaNueva) -> Actividad:
    """Leave a note with a client; without a title, the first line of its text is it. Raises NotFound."""
    titulo = nueva.titulo or _first_line(nueva.texto)
    dada = ActividadDada(
        tipo=TipoActividad.NOTA,
        titulo=titulo,
        descripcion=None if nueva.texto == titulo else nueva.texto,
        fecha=acto.ahora,
        completada=True,
    )
    actividad, _ = actividades.crear(session, acto, cliente_id, dada)
    return actividad


def vista(actividad: Actividad) -> NotaVista:
    """An activity `nota` as the note that it is."""
    return NotaVista.model_validate(
        actividad.model_dump() | {"texto": actividad.descripcion or actividad.titulo}
    )


def _first_line(text: str) -> str:
    line = text.splitlines()[0].strip()
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1].rstrip()}…"
