"""The elements of a record, in the order and with the presence that the schema asks."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from . import formato
from .datos import (
    ESPACIO,
    Destinatario,
    Detalle,
    FacturaReferida,
    IdOtro,
    ImporteRectificacion,
    Interviniente,
    RegistroAnterior,
    SistemaInformatico,
    TipoRegistro,
)

_NIF_IVA = "02"
_RAICES: dict[TipoRegistro, tuple[str, str]] = {
    "alta": ("RegistroAlta", ""),
    "anulacion": ("RegistroAnulacion", "Anulada"),
}


def ref_externa(referencia: str | None) -> str:
    """Our own id of the invoice, by which the AEAT lets a record be searched."""
    if referencia is None:
        return ""
    return f"<RefExterna>{formato.texto(referencia, 'RefExterna')}</RefExterna>"


def si(nombre: str, cierto: bool) -> str:  # noqa: FBT001 - a flag that stands only when it holds
    """A flag: `S`, or nothing."""
    return f"<{nombre}>S</{nombre}>" if cierto else ""


def fecha_operacion(operacion: date | None, expedicion: date) -> str:
    """Only when it differs from the issue date."""
    if operacion is None or operacion == expedicion:
        return ""
    return f"<FechaOperacion>{formato.fecha(operacion)}</FechaOperacion>"


def valor(nombre: str, contenido: str | None) -> str:
    """An element of text, or nothing."""
    return f"<{nombre}>{formato.texto(contenido, nombre)}</{nombre}>" if contenido is not None else ""


def destinatarios(todos: Sequence[Destinatario]) -> str:
    """Nobody, or everybody who receives the invoice."""
    if not todos:
        return ""
    cada_uno = [f"<IDDestinatario>{_persona(d.nombre, d.nif, d.id_otro)}</IDDestinatario>" for d in todos]
    return f"<Destinatarios>{''.join(cada_uno)}</Destinatarios>"


def emitida_por(quien: Interviniente) -> str:
    """Who issues in the company's name: a third party is told of, the recipient is already there."""
    bloque = ""
    if quien.quien == "T":
        bloque = f"<Tercero>{_persona(quien.nombre or '', quien.nif, quien.id_otro)}</Tercero>"
    return f"<EmitidaPorTerceroODestinatario>{quien.quien}</EmitidaPorTerceroODestinatario>{bloque}"


def generado_por(quien: Interviniente | None) -> str:
    """Nothing, or who makes the record of an annulment, always told of."""
    if quien is None:
        return ""
    persona = _persona(quien.nombre or "", quien.nif, quien.id_otro)
    return f"<GeneradoPor>{quien.quien}</GeneradoPor><Generador>{persona}</Generador>"


def _persona(nombre: str, nif: str | None, id_otro: IdOtro | None) -> str:
    """A name, and a NIF or another document: its country, save that of a VAT number."""
    razon = f"<NombreRazon>{formato.texto(nombre, 'NombreRazon')}</NombreRazon>"
    if id_otro is None:
        return f"{razon}<NIF>{formato.texto(nif or '', 'NIF')}</NIF>"
    pais = ""
    if id_otro.tipo != _NIF_IVA:
        pais = f"<CodigoPais>{formato.texto(id_otro.pais or '', 'CodigoPais')}</CodigoPais>"
    return (
        f"{razon}<IDOtro>{pais}<IDType>{formato.texto(id_otro.tipo, 'IDType')}</IDType>"
        f"<ID>{formato.texto(id_otro.id, 'ID')}</ID></IDOtro>"
    )


def rectificacion(
    tipo: str | None, rectificadas: Sequence[FacturaReferida], importe: ImporteRectificacion | None
) -> str:
    """How an R1–R5 rectifies and what: by substitution with what it replaces."""
    partes = [valor("TipoRectificativa", tipo)]
    if rectificadas:
        partes.append(
            f"<FacturasRectificadas>{_referidas(rectificadas, 'Rectificada')}</FacturasRectificadas>"
        )
    if importe is not None:
        partes.append(_importe_rectificacion(importe))
    return "".join(partes)


def sustituidas(todas: Sequence[FacturaReferida]) -> str:
    """Nothing, or the simplified invoices that an F3 replaces."""
    if not todas:
        return ""
    return f"<FacturasSustituidas>{_referidas(todas, 'Sustituida')}</FacturasSustituidas>"


def _referidas(todas: Sequence[FacturaReferida], cual: str) -> str:
    """Numbers are written as they are: those of older invoices, or of others, may not be ones of ours."""
    return "".join(
        [
            f"<IDFactura{cual}><IDEmisorFactura>{formato.texto(f.emisor_nif, 'IDEmisorFactura')}"
            f"</IDEmisorFactura><NumSerieFactura>{formato.texto(f.numero, 'NumSerieFactura')}"
            f"</NumSerieFactura><FechaExpedicionFactura>{formato.fecha(f.fecha_expedicion)}"
            f"</FechaExpedicionFactura></IDFactura{cual}>"
            for f in todas
        ]
    )


def _importe_rectificacion(importe: ImporteRectificacion) -> str:
    recargo = ""
    if importe.recargo is not None:
        cuota = formato.importe(importe.recargo, "CuotaRecargoRectificado")
        recargo = f"<CuotaRecargoRectificado>{cuota}</CuotaRecargoRectificado>"
    return (
        f"<ImporteRectificacion><BaseRectificada>{formato.importe(importe.base, 'BaseRectificada')}"
        f"</BaseRectificada><CuotaRectificada>{formato.importe(importe.cuota, 'CuotaRectificada')}"
        f"</CuotaRectificada>{recargo}</ImporteRectificacion>"
    )


def detalle_desglose(detalle: Detalle) -> str:
    """One row of Desglose; rate and cuota only where the tax has a rate, recargo only where it has one."""
    regimen, clase, tipo, cuota, recargo = "", "", "", "", ""
    if detalle.clave_regimen:
        regimen = f"<ClaveRegimen>{formato.texto(detalle.clave_regimen, 'ClaveRegimen')}</ClaveRegimen>"
    if detalle.exencion is not None:
        clase = f"<OperacionExenta>{formato.texto(detalle.exencion, 'OperacionExenta')}</OperacionExenta>"
    else:
        calificacion = formato.texto(detalle.calificacion or "", "CalificacionOperacion")
        clase = f"<CalificacionOperacion>{calificacion}</CalificacionOperacion>"
    if detalle.tipo_iva is not None:
        tipo = f"<TipoImpositivo>{formato.importe(detalle.tipo_iva, 'TipoImpositivo')}</TipoImpositivo>"
        importe = formato.importe(detalle.cuota, "CuotaRepercutida")
        cuota = f"<CuotaRepercutida>{importe}</CuotaRepercutida>"
    if detalle.recargo_equivalencia is not None:
        porcentaje = formato.importe(detalle.recargo_equivalencia, "TipoRecargoEquivalencia")
        importe = formato.importe(detalle.recargo, "CuotaRecargoEquivalencia")
        recargo = (
            f"<TipoRecargoEquivalencia>{porcentaje}</TipoRecargoEquivalencia>"
            f"<CuotaRecargoEquivalencia>{importe}</CuotaRecargoEquivalencia>"
        )
    base = formato.importe(detalle.base, "BaseImponibleOimporteNoSujeto")
    a_coste = ""
    if detalle.base_a_coste is not None:
        coste = formato.importe(detalle.base_a_coste, "BaseImponibleACoste")
        a_coste = f"<BaseImponibleACoste>{coste}</BaseImponibleACoste>"
    return (
        f"<DetalleDesglose><Impuesto>{formato.texto(detalle.impuesto, 'Impuesto')}</Impuesto>{regimen}{clase}"
        f"{tipo}<BaseImponibleOimporteNoSujeto>{base}</BaseImponibleOimporteNoSujeto>{a_coste}{cuota}"
        f"{recargo}"
        "</DetalleDesglose>"
    )


def encadenamiento(anterior: RegistroAnterior | None) -> str:
    """The link to the record before, written as it stands: a broken past never stops invoicing."""
    if anterior is None:
        return "<Encadenamiento><PrimerRegistro>S</PrimerRegistro></Encadenamiento>"
    return eslabon(
        formato.texto(anterior.emisor_nif, "IDEmisorFactura"),
        formato.texto(anterior.numero, "NumSerieFactura"),
        formato.fecha(anterior.fecha_expedicion),
        formato.texto(anterior.huella, "Huella"),
    )


def eslabon(emisor: str, numero: str, fecha: str, huella: str) -> str:
    """The link to a record that is not the first, of texts already escaped."""
    return (
        f"<Encadenamiento><RegistroAnterior><IDEmisorFactura>{emisor}</IDEmisorFactura>"
        f"<NumSerieFactura>{numero}</NumSerieFactura><FechaExpedicionFactura>{fecha}</FechaExpedicionFactura>"
        f"<Huella>{huella}</Huella></RegistroAnterior></Encadenamiento>"
    )


def inicio(tipo: TipoRegistro, emisor: str, numero: str, fecha: str) -> str:
    """A record up to the identity of its invoice, of texts already escaped."""
    raiz, sufijo = _RAICES[tipo]
    return (
        f'<{raiz} xmlns="{ESPACIO}"><IDVersion>1.0</IDVersion>'
        f"<IDFactura><IDEmisorFactura{sufijo}>{emisor}</IDEmisorFactura{sufijo}>"
        f"<NumSerieFactura{sufijo}>{numero}</NumSerieFactura{sufijo}>"
        f"<FechaExpedicionFactura{sufijo}>{fecha}</FechaExpedicionFactura{sufijo}></IDFactura>"
    )


def final(tipo: TipoRegistro, fecha_hora_huso: str, huella: str, acuerdos: str = "") -> str:
    """A record from its instant on; `acuerdos` stand before its huella."""
    return (
        f"<FechaHoraHusoGenRegistro>{fecha_hora_huso}</FechaHoraHusoGenRegistro>{acuerdos}"
        f"<TipoHuella>01</TipoHuella><Huella>{huella}</Huella></{_RAICES[tipo][0]}>"
    )


@lru_cache(maxsize=1024)
def sistema(sistema: SistemaInformatico) -> str:
    """The same block for every record of an installation, so it is written once."""
    return (
        f"<SistemaInformatico><NombreRazon>{formato.texto(sistema.nombre_razon, 'NombreRazon')}</NombreRazon>"
        f"<NIF>{formato.texto(sistema.nif, 'NIF')}</NIF><NombreSistemaInformatico>"
        f"{formato.texto(sistema.nombre_sistema, 'NombreSistemaInformatico')}</NombreSistemaInformatico>"
        "<IdSistemaInformatico>"
        f"{formato.texto(sistema.id_sistema, 'IdSistemaInformatico')}</IdSistemaInformatico>"
        f"<Version>{formato.texto(sistema.version, 'Version')}</Version><NumeroInstalacion>"
        f"{formato.texto(sistema.numero_instalacion, 'NumeroInstalacion')}</NumeroInstalacion>"
        f"<TipoUsoPosibleSoloVerifactu>{_si_no(sistema.solo_verifactu)}</TipoUsoPosibleSoloVerifactu>"
        f"<TipoUsoPosibleMultiOT>{_si_no(sistema.multi_ot_posible)}</TipoUsoPosibleMultiOT>"
        f"<IndicadorMultiplesOT>{_si_no(sistema.multiples_ot)}</IndicadorMultiplesOT></SistemaInformatico>"
    )


def _si_no(valor: bool) -> str:  # noqa: FBT001 - one flag, one letter
    return "S" if valor else "N"
