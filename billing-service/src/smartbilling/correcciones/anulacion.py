"""Annulling an invoice: a record of its own in the chain (RD 1007/2023 art. 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from sqlmodel import Session

from contratos import NotFound, textos
from http_rules import Answer, check_version, new_id
from smartbilling.cifras import Cambio
from smartbilling.emision import ClaveDeEncargo, Encargo, Eslabon, Lote, Peticion
from smartbilling.empresas import empresa, hoy
from smartbilling.expedicion import Productor, sello
from smartbilling.facturas import Factura, FacturaSituacion, respuesta, situacion
from smartbilling.fiscal import Estado, mover
from smartbilling.integracion_crm import Mensaje, destino_de_factura
from smartbilling.rectificacion import deshacer
from smartbilling.registros import Constancia, Registro, constancia, cuantos
from smartbilling.verifactu import (
    DatosAnulacion,
    RegistroConstruido,
    banderas_de_anulacion,
    construir_anulacion,
)


@dataclass(kw_only=True, eq=False)
class Anulacion(Encargo):
    """An issued invoice to annul. Nothing of it may have been collected."""

    empresa_id: str
    id: str
    registro_id: str
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

        So does one whose commit was thought lost, and kept late. Raises NotFound, StaleVersion,
        TransicionInvalida, or InvalidData without `motivo`.
        """
        suya = situacion(lote.session, self.empresa_id, self.id, lock=True)
        if kept := self.hecho(lote.session):
            return kept
        check_version(self.if_match, suya.version)
        if mover(Estado(suya.estado), Estado.ANULADA, motivo=self.motivo, cobrado=suya.cobrado):
            self._anular(lote, suya)
        return self._respuesta(lote.session)

    def hecho(self, session: Session) -> Answer | None:
        """See `Encargo.hecho`."""
        kept = session.get(Registro, (self.empresa_id, self.registro_id))
        return self._respuesta(session) if kept else None

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
        deshacer(lote, situacion)
        factura = lote.session.get_one(Factura, (self.empresa_id, self.id))
        alta = lote.session.get_one(Registro, (self.empresa_id, factura.registro_id))
        sistema = sello(lote, alta.instalacion, self.productor).sistema
        datos = self._datos(factura, constancia(lote.session, self.empresa_id, alta.instalacion, self.id))

        def construir(eslabon: Eslabon) -> RegistroConstruido:
            return construir_anulacion(datos, sistema, eslabon.anterior, eslabon.instante)

        vez = cuantos(lote.session, self.empresa_id, self.id, "anulacion") + 1
        lote.anexar(alta.instalacion, self.id, self.zona, construir, orden=vez, registro_id=self.registro_id)
        self._contar(lote, factura, situacion.pendiente)
        situacion.estado = Estado.ANULADA
        situacion.pendiente = Decimal("0.00")
        situacion.version += 1
        destino = destino_de_factura(lote.session, self.empresa_id, self.id)
        motivo = (self.motivo or "").strip()
        if destino:
            nota = textos.anulacion(self.id, factura.numero, motivo, lote.ahora, vez)
            lote.avisar(Mensaje(destino, self.id, nota, peticion=self.peticion))
        valores = {"numero": factura.numero, "motivo": motivo}
        lote.auditar(self.quien, "factura.anulada", self.id, valores, self.peticion)

    def _datos(self, factura: Factura, consta: Constancia) -> DatosAnulacion:
        banderas = banderas_de_anulacion(consta.tiene, rechazada=consta.anulacion_rechazada)
        return DatosAnulacion(
            emisor_nif=factura.emisor["nif"],
            numero=factura.numero,
            fecha_expedicion=factura.fecha_expedicion,
            ref_externa=self.id,
            sin_registro_previo=banderas.sin_registro_previo,
            rechazo_previo=banderas.rechazo_previo is not None,
        )

    def _contar(self, lote: Lote, factura: Factura, pendiente: Decimal) -> None:
        lote.sumar(factura.fecha_expedicion, Cambio(facturas=-1, facturado=-factura.total))
        if pendiente > 0:
            lote.sumar(factura.fecha_vencimiento, Cambio(pendientes=-1, pendiente=-pendiente))


def preparar_anulacion(
    session: Session,
    peticion: Peticion,
    factura_id: str,
    *,
    motivo: str | None,
    if_match: str | None,
    productor: Productor,
) -> Anulacion:
    """The annulment of an invoice; the writer checks it against what is committed."""
    compania = empresa(session, peticion.quien.empresa_id)
    return Anulacion(
        empresa_id=peticion.quien.empresa_id,
        id=factura_id,
        registro_id=new_id("reg"),
        quien=peticion.quien.sub,
        peticion=peticion.id,
        clave=peticion.clave,
        motivo=motivo,
        if_match=if_match,
        zona=compania.zona_horaria,
        productor=productor,
        hoy=hoy(compania, peticion.ahora),
    )
