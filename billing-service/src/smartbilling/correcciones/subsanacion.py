"""Correcting the record of an invoice: a new RegistroAlta of the same number, at the end of the chain.

Guarantee: the invoice stays as it was issued, on paper and in its rows; what only the record says can change,
and what changed is kept. Kept by: what a rectificativa must correct is refused; changes are rows of their
own, never altered, and what the record says now is what was issued after all of them. That of an annulled
invoice brings it back: the AEAT's table has an alta with Subsanacion S after an annulment.
Source: RD 1619/2012 art. 15; AEAT, developers' FAQ, 17.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Self

from sqlmodel import Session

from contratos import Fault, InvalidData, NotFound
from http_rules import Answer, check_version, new_id
from smartbilling.emision import Caducado, ClaveDeEncargo, Encargo, Eslabon, Lote, Peticion, RegistroAnexado
from smartbilling.empresas import Empresa, empresa, hoy
from smartbilling.expedicion import Aprobada, Productor, como_propuesta, datos_de_alta, sello
from smartbilling.facturas import Factura, FacturaNueva, Fila, Subsanada, respuesta, situacion
from smartbilling.fiscal import Estado, FacturaPropuesta, Totales, aprobar, obligan_a_rectificar
from smartbilling.registros import Registro, constancia
from smartbilling.series import existente
from smartbilling.verifactu import RegistroConstruido, banderas_de_alta, construir_alta, url_qr

from .recuperacion import recuperar
from .schemas import LineaCorregida, SubsanacionNueva
from .vias import exigir_la_misma_intencion, exigir_registro, procede_rectificativa
from .vigente import Cambio, Vigente, diferencias, vigente

_LIMITE = Decimal(3000)
"""The law's highest for an F2: the company's own may have been higher when it was issued."""

_SUMAS = {
    "base_imponible": "la base imponible",
    "cuota_total": "la cuota",
    "recargo_total": "el recargo",
    "total": "el total",
}


@dataclass(kw_only=True, eq=False)
class Subsanacion(Encargo):
    """The corrected record of an invoice, as it was prepared for the `version` of the invoice.

    `recupera`: it was annulled then, and this brings it back.
    """

    empresa_id: str
    id: str
    registro_id: str
    quien: str
    peticion: str | None
    clave: ClaveDeEncargo | None
    motivo: str | None
    if_match: str | None
    version: int
    recupera: bool
    n: int
    corregida: Aprobada
    cambios: Sequence[Cambio]
    avisos: Sequence[Fault]
    productor: Productor
    hoy: date

    inmediato = True

    def anotar(self, lote: Lote) -> Answer:
        """See `Encargo.anotar`. One whose commit was thought lost, and kept late, answers as it stands.

        Raises NotFound, StaleVersion, FacturaAnulada, FacturaNoAnulada, RecuperacionImposible, Caducado.
        """
        suya = situacion(lote.session, self.empresa_id, self.id, lock=True)
        if kept := self.hecho(lote.session):
            return kept
        check_version(self.if_match, suya.version)
        exigir_la_misma_intencion(Estado(suya.estado), self.id, recupera=self.recupera)
        if suya.version != self.version:
            raise Caducado("La factura ha cambiado mientras se corregía su registro: repite la petición.")
        self._registrar(lote)
        if self.recupera:
            recuperar(lote, suya, motivo=self.motivo, peticion=self.peticion)
        suya.version += 1
        lote.session.flush()
        lote.volcar()
        return self._respuesta(lote.session)

    def hecho(self, session: Session) -> Answer | None:
        """See `Encargo.hecho`."""
        kept = session.get(Subsanada, (self.empresa_id, self.registro_id))
        return self._respuesta(session) if kept else None

    @classmethod
    def precargar(cls, lote: Lote, encargos: Sequence[Self]) -> None:
        """See `Encargo.precargar`. Each reads its own invoice, locked, when its turn comes."""

    def _respuesta(self, session: Session) -> Answer:
        answer = respuesta(session, self.empresa_id, self.id, self.hoy, status=HTTPStatus.CREATED)
        if answer is None:
            raise NotFound("No hay ninguna factura con ese identificador.")
        return answer

    def _registrar(self, lote: Lote) -> None:
        factura = lote.session.get_one(Factura, (self.empresa_id, self.id))
        primero = lote.session.get_one(Registro, (self.empresa_id, factura.registro_id))
        suyo = sello(lote, primero.instalacion, self.productor)
        consta = constancia(lote.session, self.empresa_id, primero.instalacion, self.id)
        banderas = banderas_de_alta(consta.tiene, hay_registros=True, rechazada=consta.alta_rechazada)
        datos = replace(
            datos_de_alta(self.id, self.corregida, factura.numero),
            subsanacion=banderas.subsanacion,
            rechazo_previo=banderas.rechazo_previo,
        )

        def construir(eslabon: Eslabon) -> RegistroConstruido:
            return construir_alta(datos, suyo.sistema, eslabon.anterior, eslabon.instante)

        anexado = lote.anexar(
            primero.instalacion,
            self.id,
            self.corregida.zona,
            construir,
            orden=self.n + 1,
            registro_id=self.registro_id,
        )
        total = self.corregida.comprobada.totales.total
        qr_url = url_qr(suyo.host, datos.emisor_nif, factura.numero, factura.fecha_expedicion, total)
        lote.insertar(Subsanada, self._fila(lote, anexado, qr_url))
        valores = {
            "numero": factura.numero,
            "motivo": self.motivo,
            "cambios": [asdict(cambio) for cambio in self.cambios],
            "huella": anexado.registro.huella,
        }
        accion = "factura.recuperada" if self.recupera else "factura.subsanada"
        lote.auditar(self.quien, accion, self.id, valores, self.peticion)

    def _fila(self, lote: Lote, anexado: RegistroAnexado, qr_url: str) -> dict[str, Any]:
        return {
            "empresa_id": self.empresa_id,
            "registro_id": self.registro_id,
            "factura_id": self.id,
            "n": self.n,
            "motivo": self.motivo,
            "cambios": [asdict(cambio) for cambio in self.cambios],
            "avisos": [asdict(aviso) for aviso in self.avisos],
            "instante": lote.ahora,
            "quien": self.quien,
            "huella": anexado.registro.huella,
            "huella_anterior": anexado.registro.huella_anterior,
            "fecha_hora_huso": anexado.registro.fecha_hora_huso,
            "qr_url": qr_url,
        }


def preparar_subsanacion(
    session: Session,
    peticion: Peticion,
    factura_id: str,
    nueva: SubsanacionNueva,
    if_match: str | None,
    productor: Productor,
) -> Subsanacion:
    """The corrected record of an invoice, checked as a whole as if it were issued again.

    Raises NotFound, StaleVersion, ProcedeCambio, ProcedeRectificativa, InvalidData.
    """
    empresa_id = peticion.quien.empresa_id
    suya = situacion(session, empresa_id, factura_id)
    check_version(if_match, suya.version)
    estado = Estado(suya.estado)
    exigir_registro(estado, factura_id)
    compania, actual = empresa(session, empresa_id), vigente(session, empresa_id, factura_id)
    dia = hoy(compania, peticion.ahora)
    pedido = _pedido(actual.contenido, nueva)
    corregida = _corregida(session, compania, actual, pedido, dia)
    return Subsanacion(
        empresa_id=empresa_id,
        id=factura_id,
        registro_id=new_id("reg"),
        quien=peticion.quien.sub,
        peticion=peticion.id,
        clave=peticion.clave,
        motivo=nueva.motivo,
        if_match=if_match,
        version=suya.version,
        recupera=estado is Estado.ANULADA,
        n=actual.correcciones + 1,
        corregida=corregida,
        cambios=diferencias(actual.contenido, pedido),
        avisos=[*corregida.comprobada.avisos, *_avisos(actual.factura, corregida.comprobada.totales)],
        productor=productor,
        hoy=dia,
    )


def _pedido(actual: FacturaNueva, nueva: SubsanacionNueva) -> FacturaNueva:
    """`actual` with what `nueva` gives in its place. Raises InvalidData for a line that is not there."""
    plano, dados = actual.model_dump(mode="json"), nueva.dados()
    if nueva.cliente_id_otro is not None:
        dados.setdefault("cliente_cif", None)
    elif nueva.cliente_cif is not None:
        dados["cliente_id_otro"] = None
    if nueva.emitida_por is not None and nueva.emitida_por.quien == "empresa":
        dados["emitida_por"] = None
    plano |= {campo: None if valor == "" else valor for campo, valor in dados.items()}
    for linea in _lineas(nueva.lineas or [], len(actual.lineas)):
        plano["lineas"][linea.n - 1] |= linea.model_dump(mode="json", exclude_none=True, exclude={"n"})
    return FacturaNueva.model_validate(plano)


def _lineas(lineas: Sequence[LineaCorregida], cuantas: int) -> Sequence[LineaCorregida]:
    """`lineas`, each of which is one of the invoice's, once. Raises InvalidData."""
    faltas, vistas = [], set()
    for i, linea in enumerate(lineas):
        if linea.n > cuantas:
            mensaje = f"La factura tiene {cuantas} líneas: la primera es la 1."
            faltas.append(Fault(f"lineas.{i}.n", "linea_desconocida", mensaje))
        if linea.n in vistas:
            mensaje = f"La línea {linea.n} está dos veces: reúne en una lo que cambia de ella."
            faltas.append(Fault(f"lineas.{i}.n", "linea_repetida", mensaje))
        vistas.add(linea.n)
    if faltas:
        raise InvalidData(faltas)
    return lineas


def _corregida(
    session: Session, compania: Empresa, actual: Vigente, pedido: FacturaNueva, dia: date
) -> Aprobada:
    """The invoice as its new record will tell it. Raises ProcedeRectificativa, InvalidData."""
    factura = actual.factura
    propuesta = _propuesta(compania, factura, pedido, dia)
    if faltas := obligan_a_rectificar(_propuesta(compania, factura, actual.contenido, dia), propuesta):
        raise procede_rectificativa(faltas, factura["id"])
    return Aprobada(
        nueva=pedido,
        comprobada=aprobar(propuesta),
        fecha_expedicion=factura["fecha_expedicion"],
        fecha_vencimiento=factura["fecha_vencimiento"],
        emisor=factura["emisor"],
        zona=compania.zona_horaria,
        version_empresa=compania.version,
        serie=existente(session, compania.id, factura["serie"]),
    )


def _propuesta(compania: Empresa, factura: Fila, contenido: FacturaNueva, dia: date) -> FacturaPropuesta:
    """For the fiscal check, by the name under which it was issued."""
    emisor = factura["emisor"]
    return replace(
        como_propuesta(contenido, compania, contenido.fecha_expedicion or factura["fecha_expedicion"], dia),
        emisor_nif=emisor["nif"],
        emisor_nombre=emisor["nombre"],
        limite_simplificada=_LIMITE,
    )


def _avisos(factura: Fila, totales: Totales) -> list[Fault]:
    """What the paper says and the record no longer does: other groups of taxes round otherwise."""
    return [
        Fault(
            campo,
            "no_coincide_con_la_factura",
            f"El registro corregido suma {getattr(totales, campo)} € y la factura dice {factura[campo]} € en "
            f"{cual}" + (": los QR ya impresos dejan de coincidir." if campo == "total" else "."),
        )
        for campo, cual in _SUMAS.items()
        if getattr(totales, campo) != factura[campo]
    ]
