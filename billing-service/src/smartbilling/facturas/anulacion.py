"""Annulling an invoice: a record of its own in the chain (RD 1007/2023 art. 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from sqlmodel import Session

from contratos import NotFound, textos
from http_rules import Answer, check_version
from smartbilling.cifras import Cambio
from smartbilling.emision import ClaveDeEncargo, Encargo, Eslabon, Lote
from smartbilling.fiscal import Estado, mover
from smartbilling.integracion_crm import Mensaje, destino_de_factura
from smartbilling.registros import Registro
from smartbilling.verifactu import DatosAnulacion, RegistroConstruido, construir_anulacion

from .models import Factura, FacturaSituacion
from .queries import respuesta
from .sistema import Productor, sello


@dataclass(kw_only=True, eq=False)
class Anulacion(Encargo):
    """An issued invoice to annul. Nothing of it may have been collected."""

    empresa_id: str
    id: str
    quien: str
    peticion: str | None
    clave: ClaveDeEncargo | None
    motivo: str | None
    if_match: str | None
    zona: str
    productor: Productor
    hoy: date

    inmediato = True

    def anotar(self, lote: Lote) -> Answer:
        """See `Encargo.anotar`. An invoice annulled already answers as it stands.

        Raises NotFound, StaleVersion, TransicionInvalida, or InvalidData without `motivo`.
        """
        situacion = lote.session.get(FacturaSituacion, (self.empresa_id, self.id), with_for_update=True)
        if situacion is None:
            raise NotFound("No hay ninguna factura con ese identificador.")
        check_version(self.if_match, situacion.version)
        actual = Estado(situacion.estado)
        if mover(actual, Estado.ANULADA, motivo=self.motivo, cobrado=situacion.cobrado):
            self._anular(lote, situacion)
        return self._respuesta(lote.session)

    def hecho(self, session: Session) -> Answer | None:
        """See `Encargo.hecho`."""
        situacion = session.get(FacturaSituacion, (self.empresa_id, self.id))
        return self._respuesta(session) if situacion and situacion.estado == Estado.ANULADA else None

    @classmethod
    def precargar(cls, lote: Lote, encargos: Sequence[Self]) -> None:
        """See `Encargo.precargar`. Each reads its own invoice, locked, when its turn comes."""

    def _respuesta(self, session: Session) -> Answer:
        session.flush()
        answer = respuesta(session, self.empresa_id, self.id, self.hoy)
        if answer is None:
            raise NotFound("No hay ninguna factura con ese identificador.")
        return answer

    def _anular(self, lote: Lote, situacion: FacturaSituacion) -> None:
        factura = lote.session.get_one(Factura, (self.empresa_id, self.id))
        alta = lote.session.get_one(Registro, (self.empresa_id, factura.registro_id))
        sistema = sello(lote, alta.instalacion, self.productor).sistema

        def construir(eslabon: Eslabon) -> RegistroConstruido:
            return construir_anulacion(self._datos(factura), sistema, eslabon.anterior, eslabon.instante)

        lote.anexar(alta.instalacion, self.id, self.zona, construir)
        self._contar(lote, factura, situacion.pendiente)
        situacion.estado = Estado.ANULADA
        situacion.pendiente = Decimal("0.00")
        situacion.version += 1
        destino = destino_de_factura(lote.session, self.empresa_id, self.id)
        motivo = (self.motivo or "").strip()
        if destino:
            nota = textos.anulacion(self.id, factura.numero, motivo, lote.ahora)
            lote.avisar(Mensaje(destino, self.id, nota, peticion=self.peticion))
        valores = {"numero": factura.numero, "motivo": motivo}
        lote.auditar(self.quien, "factura.anulada", self.id, valores, self.peticion)

    def _datos(self, factura: Factura) -> DatosAnulacion:
        return DatosAnulacion(
            emisor_nif=factura.emisor["nif"],
            numero=factura.numero,
            fecha_expedicion=factura.fecha_expedicion,
            ref_externa=self.id,
        )

    def _contar(self, lote: Lote, factura: Factura, pendiente: Decimal) -> None:
        lote.sumar(factura.fecha_expedicion, Cambio(facturas=-1, facturado=-factura.total))
        if pendiente > 0:
            lote.sumar(factura.fecha_vencimiento, Cambio(pendientes=-1, pendiente=-pendiente))
