"""Issuing an invoice: what the writer does with one that passed the fiscal check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, ClassVar, Self

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from contratos.crm import ClienteNuevo
from http_rules import Answer
from smartbilling.cifras import Cambio
from smartbilling.emision import Caducado, ClaveDeEncargo, Encargo, Eslabon, Lote
from smartbilling.empresas import Empresa
from smartbilling.facturas import (
    SIN_VINCULOS,
    Desglose,
    Factura,
    FacturaSituacion,
    Linea,
    PalabraDeFactura,
    ReferenciaExterna,
    actividad_de,
    cliente_del_crm,
    referencia_duplicada,
    respuesta,
    vista_entera,
)
from smartbilling.integracion_crm import Mensaje, destino_de
from smartbilling.rectificacion import Enlace
from smartbilling.verifactu import RegistroConstruido, construir_alta, en_zona, url_qr

from . import filas
from .datos import datos_de_alta
from .numeracion import precargar_cuentas, tomar_numero, ultima_fecha_en
from .propuesta import Aprobada
from .sistema import Productor, sello

_EMPRESA = select(col(Empresa.version), col(Empresa.zona_horaria)).where(
    col(Empresa.id) == bindparam("empresa_id")
)
_HA_CAMBIADO = "Algo ha cambiado mientras se emitía la factura: repite la petición."


@dataclass(kw_only=True, eq=False)
class Alta(Encargo):
    """An invoice to issue, from a request or from a draft; `enlace`: the others that it speaks of."""

    empresa_id: str
    id: str
    quien: str
    peticion: str | None
    clave: ClaveDeEncargo | None
    aprobada: Aprobada
    productor: Productor
    hoy: date
    enlace: Enlace | None = None

    status: ClassVar[int] = HTTPStatus.CREATED

    def anotar(self, lote: Lote) -> Answer:
        """See `Encargo.anotar`. Raises ReferenciaDuplicada, InvalidData (`fecha_anterior`), Caducado."""
        if self.enlace is not None:
            self.enlace.comprobar(lote)
        self._comprobar_vigencia(lote)
        self._comprobar_referencia(lote)
        aprobada, instalacion = self.aprobada, self.aprobada.serie.instalacion
        numero = tomar_numero(lote, aprobada.serie, aprobada.fecha_expedicion)
        suyo = sello(lote, instalacion, self.productor)

        def construir(eslabon: Eslabon) -> RegistroConstruido:
            datos = datos_de_alta(self.id, aprobada, numero.texto)
            return construir_alta(datos, suyo.sistema, eslabon.anterior, eslabon.instante)

        anexado = lote.anexar(instalacion, self.id, aprobada.zona, construir)
        qr_url = url_qr(
            suyo.host,
            aprobada.emisor["nif"],
            numero.texto,
            aprobada.fecha_expedicion,
            aprobada.comprobada.totales.total,
        )
        return self._guardar(
            lote, filas.fila_de_factura(self._suya, aprobada, numero, anexado, lote.ahora, qr_url)
        )

    def hecho(self, session: Session) -> Answer | None:
        """See `Encargo.hecho`."""
        return respuesta(session, self.empresa_id, self.id, self.hoy, status=self.status)

    @classmethod
    def precargar(cls, lote: Lote, encargos: Sequence[Self]) -> None:
        """Read the company, its counters and references for the whole batch."""
        lote.memoria["empresa"] = (
            lote.session.connection().execute(_EMPRESA, {"empresa_id": lote.empresa_id}).one()
        )
        series = {e.aprobada.serie.codigo: e.aprobada.serie for e in encargos}
        precargar_cuentas(lote, series.values())
        _precargar_referencias(lote, [e.aprobada.nueva.referencia_externa for e in encargos])

    @property
    def _suya(self) -> dict[str, Any]:
        return {"empresa_id": self.empresa_id, "factura_id": self.id}

    def _comprobar_vigencia(self, lote: Lote) -> None:
        """What was checked before the queue must still hold: who issues, and which day it is for it.

        A day given by the caller is a day; one taken for granted moves on when others issued after midnight.
        """
        compania = lote.memoria["empresa"]
        ultima = ultima_fecha_en(lote, self.aprobada.serie)
        es_de_ayer = (
            self.aprobada.nueva.fecha_expedicion is None
            and ultima is not None
            and self.aprobada.fecha_expedicion < ultima <= en_zona(lote.ahora, compania.zona_horaria).date()
        )
        if es_de_ayer or compania.version != self.aprobada.version_empresa:
            raise Caducado(_HA_CAMBIADO)

    def _comprobar_referencia(self, lote: Lote) -> None:
        referencia = self.aprobada.nueva.referencia_externa
        if referencia is None:
            return
        otra = lote.memoria.get(("referencia", referencia))
        if otra is not None and otra != self.id:
            raise referencia_duplicada(referencia, otra)
        if otra is None:
            lote.memoria["referencia", referencia] = self.id
            lote.insertar(ReferenciaExterna, self._suya | {"referencia": referencia})

    def _guardar(self, lote: Lote, factura: dict[str, Any]) -> Answer:
        """Leave every row of the invoice, and what the CRM and the dashboard must know."""
        lineas = filas.filas_de_lineas(self._suya, self.aprobada)
        desglose = filas.filas_de_desglose(self._suya, self.aprobada)
        situacion, vinculos = self._situacion(), SIN_VINCULOS
        if self.enlace is not None:
            situacion |= self.enlace.aplicar(lote, self._suya, factura["total_a_pagar"])
            vinculos = self.enlace.vista()
        lote.insertar(Factura, factura)
        lote.insertar(Linea, *lineas)
        lote.insertar(Desglose, *desglose)
        self._guardar_situacion(lote, situacion)
        lote.insertar(
            PalabraDeFactura, *filas.filas_de_palabras(self._suya, self.aprobada, factura["numero"])
        )
        entrega = self._avisar(lote, factura)
        self._sumar(lote, factura, situacion["pendiente"])
        valores = {"numero": factura["numero"], "total": str(factura["total"]), "huella": factura["huella"]}
        lote.auditar(self.quien, "factura.emitida", self.id, valores, self.peticion)
        return Answer(
            vista_entera(factura, situacion, entrega, lineas, desglose, self.hoy, vinculos=vinculos),
            self.status,
            recurso=self.id,
            location=f"/api/facturas/{self.id}" if self.status == HTTPStatus.CREATED else None,
            version=situacion["version"],
        )

    def _situacion(self) -> dict[str, Any]:
        return filas.fila_de_situacion(self._suya, self.aprobada)

    def _guardar_situacion(self, lote: Lote, situacion: dict[str, Any]) -> None:
        lote.insertar(FacturaSituacion, situacion)

    def _avisar(self, lote: Lote, factura: dict[str, Any]) -> dict[str, Any] | None:
        """Leave the message for the CRM; how its delivery stands, or None when there is nobody to tell of."""
        nueva = self.aprobada.nueva
        destino = destino_de(
            cliente_id=nueva.cliente_id,
            cif=nueva.cliente_cif,
            id_otro=factura["cliente_id_otro"],
            email=nueva.cliente_email,
            tipo=nueva.tipo,
        )
        if destino is None:
            return None
        actividad = actividad_de(
            self.id, factura["numero"], factura["total"], factura["rectificacion"], lote.ahora
        )
        cliente = None if nueva.cliente_id else self._cliente()
        lote.avisar(Mensaje(destino, self.id, actividad, cliente, peticion=self.peticion), factura_nueva=True)
        return {"estado": "pendiente", "cliente_id": nueva.cliente_id}

    def _cliente(self) -> ClienteNuevo:
        """The customer for the CRM; its data were checked with the invoice."""
        nueva = self.aprobada.nueva
        return cliente_del_crm(
            nombre=nueva.cliente_nombre,
            email=nueva.cliente_email,
            cif=nueva.cliente_cif,
            direccion=nueva.cliente_direccion,
        )

    def _sumar(self, lote: Lote, factura: dict[str, Any], pendiente: Decimal) -> None:
        lote.sumar(factura["fecha_expedicion"], Cambio(facturas=1, facturado=factura["total"]))
        if pendiente > 0:
            lote.sumar(factura["fecha_vencimiento"], Cambio(pendientes=1, pendiente=pendiente))


class AltaEnlazada(Alta):
    """An invoice that speaks of others: it looks at them, and changes them, at once."""

    inmediato = True


def _precargar_referencias(lote: Lote, referencias: Sequence[str | None]) -> None:
    dadas = [referencia for referencia in referencias if referencia]
    if not dadas:
        return
    found = lote.session.connection().execute(
        select(col(ReferenciaExterna.referencia), col(ReferenciaExterna.factura_id)).where(
            col(ReferenciaExterna.empresa_id) == lote.empresa_id,
            col(ReferenciaExterna.referencia).in_(dadas),
        )
    )
    for referencia, factura_id in found:
        lote.memoria["referencia", referencia] = factura_id
