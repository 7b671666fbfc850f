"""Whether anybody has the keys of clients that are about to be made, asked for many at once.

Whoever holds the company's turn and hears that nobody has them makes these clients without each being looked
for again; see `sin_gemelos` of `crear`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from crm.busqueda import fold
from crm.coincidencias import Coincidencia, nif
from crm.medios import email_key

from .fusionados import ClaveFusionada, referencia
from .models import Cliente

Presencia = tuple[str, str]
"""A kind of key (`nif`, `email`, `referencia`, `nombre`), and the key as it is compared."""


def claves_de_alta(valores: Mapping[str, Any]) -> set[Presencia]:
    """The keys by which a client with these values is, or would be, found to be there; checked values."""
    emails = [valores.get("email"), *(each["email"] for each in valores.get("correos") or ())]
    found = {("nif", key) for name in ("cif_nif", "nif_iva") if (key := nif(valores.get(name)))}
    found |= {("email", key) for each in emails if (key := email_key(each))}
    if valores.get("origen") and valores.get("referencia_externa"):
        found.add(("referencia", referencia(valores["origen"], valores["referencia_externa"])))
    if valores.get("nombre_completo"):
        found.add(("nombre", fold(valores["nombre_completo"])))
    return found


def presentes(session: Session, empresa_id: str, claves: Iterable[Presencia]) -> set[Presencia]:
    """Those of the keys that some client has, archived or not, or had before it was merged."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for clase, clave in sorted(claves):
        wanted[clase].append(clave)
    found: set[Presencia] = set()
    for table, kinds in ((Coincidencia, ("nif", "email")), (ClaveFusionada, ("nif", "email", "referencia"))):
        for clase in (each for each in kinds if wanted[each]):
            query = select(table.clave).where(
                table.empresa_id == empresa_id, table.clase == clase, col(table.clave).in_(wanted[clase])
            )
            found |= {(clase, clave) for clave in session.execute(query).scalars()}
    if wanted["nombre"]:
        named = select(Cliente.nombre_orden).where(
            Cliente.empresa_id == empresa_id, col(Cliente.nombre_orden).in_(wanted["nombre"])
        )
        found |= {("nombre", each) for each in session.execute(named.distinct()).scalars()}
    return found | _references(session, empresa_id, wanted["referencia"])


def _references(session: Session, empresa_id: str, claves: Iterable[str]) -> set[Presencia]:
    by_origin: defaultdict[str, list[str]] = defaultdict(list)
    for clave in claves:
        origen, externa = json.loads(clave)
        by_origin[origen].append(externa)
    found = set()
    for origen, some in by_origin.items():
        query = select(Cliente.referencia_externa).where(
            Cliente.empresa_id == empresa_id,
            Cliente.origen == origen,
            col(Cliente.referencia_externa).in_(some),
        )
        found |= {("referencia", referencia(origen, each)) for each in session.execute(query).scalars()}
    return found
