"""Found by the interpreter of a process before the product is: it speaks the contract of tomorrow, 1.1.

That contract has one field more, a client's `lengua`. Billing sends it; the CRM takes it, notes it in the
file `MANANA_OIDO`, and shows a field of its own that nobody knows yet. With `MANANA_SOLO_CONTRATO` a process
only says that it speaks that contract. Everything else is the product as it is.
"""

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

import contratos
import contratos.crm

contratos.CONTRATO = "1.1"
_HEARD = os.environ.get("MANANA_OIDO")


def _heard(value: str) -> str:
    if _HEARD:
        with Path(_HEARD).open("a", encoding="utf-8") as heard:
            heard.write(f"{value}\n")
    return value


class ClienteNuevo(contratos.crm.ClienteNuevo):
    """A client, with the language it is spoken to in."""

    lengua: Annotated[str, AfterValidator(_heard)] | None = Field(
        default=None if _HEARD else "ca",
        exclude=bool(_HEARD),  # the CRM of today has no column for it
    )


class ClientePublico(contratos.crm.ClientePublico):
    """A client as the CRM of tomorrow shows it."""

    segmento: dict[str, Any] = Field(default_factory=lambda: {"nombre": "pyme", "desde": None})


if "MANANA_SOLO_CONTRATO" not in os.environ:
    contratos.crm.ClienteNuevo = ClienteNuevo
    contratos.crm.ClientePublico = ClientePublico
    if not _HEARD:
        from smartbilling.integracion_crm import versions

        versions.DESDE["lengua"] = "1.1"
