"""What an import may be of: a row of a table each."""

from collections.abc import Mapping

from . import activities, clients, clients_undone, deals, people
from .entity import Clave, Como, EntidadImportada, Entity, SiExiste, Values
from .known_titles import DE_CLIENTES, SURNAME

CLIENTES = Entity(
    titles=DE_CLIENTES,
    named="nombre_completo",
    words=clients.WORDS,
    claves=frozenset(Clave),
    needed=(
        (
            ("id", "nombre_completo", "cif_nif", "nif_iva", "email", "referencia_externa"),
            "Di qué columna es el nombre, el NIF, el correo, la referencia o el id.",
        ),
    ),
    fields=clients.fields,
    keys=clients.keys,
    look=clients.look,
    write=clients.write,
    undo=clients_undone.undo,
)

ENTIDADES: Mapping[str, Entity] = {
    EntidadImportada.CLIENTES: CLIENTES,
    EntidadImportada.CONTACTOS: people.CONTACTOS,
    EntidadImportada.OPORTUNIDADES: deals.OPORTUNIDADES,
    EntidadImportada.ACTIVIDADES: activities.ACTIVIDADES,
}

__all__ = ["ENTIDADES", "SURNAME", "Clave", "Como", "EntidadImportada", "Entity", "SiExiste", "Values"]
