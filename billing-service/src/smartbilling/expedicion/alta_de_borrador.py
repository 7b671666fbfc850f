"""Issuing a draft: it keeps its id, and is a draft no more."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col

from http_rules import Answer, check_version
from smartbilling.emision import Caducado, Lote
from smartbilling.facturas import Borrador, FacturaSituacion, PalabraDeFactura, situacion
from smartbilling.fiscal import Estado

from .alta import Alta


@dataclass(kw_only=True, eq=False)
class AltaDeBorrador(Alta):
    """A draft to issue, as it stood in `version`."""

    version: int
    if_match: str | None

    inmediato = True
    status = HTTPStatus.OK

    def anotar(self, lote: Lote) -> Answer:
        """See `Encargo.anotar`. A draft that was issued meanwhile answers as it stands.

        Raises NotFound, StaleVersion, and what `Alta.anotar` does.
        """
        suya = situacion(lote.session, self.empresa_id, self.id, lock=True)
        check_version(self.if_match, suya.version)
        if suya.estado != Estado.BORRADOR and (answer := self.hecho(lote.session)):
            return answer
        if suya.version != self.version:
            raise Caducado("El borrador ha cambiado mientras se emitía: repite la petición.")
        return super().anotar(lote)

    def _situacion(self) -> dict[str, Any]:
        return super()._situacion() | {"version": self.version + 1}

    def _guardar_situacion(self, lote: Lote, situacion: dict[str, Any]) -> None:
        """Put the issued invoice in place of the draft and of its words."""
        session, empresa_id = lote.session, self.empresa_id
        session.execute(
            delete(Borrador).where(col(Borrador.empresa_id) == empresa_id, col(Borrador.id) == self.id)
        )
        session.execute(
            delete(PalabraDeFactura).where(
                col(PalabraDeFactura.empresa_id) == empresa_id, col(PalabraDeFactura.factura_id) == self.id
            )
        )
        session.execute(
            update(FacturaSituacion)
            .where(
                col(FacturaSituacion.empresa_id) == empresa_id, col(FacturaSituacion.factura_id) == self.id
            )
            .values({name: value for name, value in situacion.items() if name not in self._suya})
        )
