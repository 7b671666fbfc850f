"""The keys by which clients meet: what two that are the same probably share. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from contratos.nif import normalise_nif
from crm.medios import e164, email_key

from .names import bloques, palabras

Clase = Literal["nif", "email", "telefono", "nombre", "bloque"]
_LONGEST = 200


class Clave(NamedTuple):
    """One key of a client.

    `nombre` is the whole name as it is compared, `bloque` a short key of it by which candidates are found.
    """

    clase: Clase
    clave: str


def nif(text: str | None) -> str | None:
    """A NIF or VAT number as it is compared: in capitals, without separators nor the prefix of Spain."""
    return normalise_nif(text) if text else None


def claves_de(
    *,
    nombre: str,
    nifs: Iterable[str | None],
    correos: Iterable[str | None],
    telefonos: Iterable[str | None],
) -> frozenset[Clave]:
    """Every key of a client with these data; a phone that cannot be read in E.164 has none."""
    words = palabras(nombre)
    found = {Clave("nombre", " ".join(words)[:_LONGEST])}
    found |= {Clave("bloque", each[:_LONGEST]) for each in bloques(words)}
    found |= {Clave("nif", key) for each in nifs if (key := nif(each))}
    found |= {Clave("email", key) for each in correos if (key := email_key(each))}
    found |= {Clave("telefono", key) for each in telefonos if each and (key := e164(each))}
    return frozenset(found)
