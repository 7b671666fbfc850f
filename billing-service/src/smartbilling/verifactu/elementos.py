"""The elements of a record, in the order and with the presence that the schema asks."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from . import formato
from .datos import ESPACIO, Destinatario, Detalle, RegistroAnterior, SistemaInformatico, TipoRegistro

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


def destinatarios(todos: Sequence[Destinatario]) -> str:
    """Nobody, or everybody who receives the invoice."""
    if not todos:
        return ""
    return f"<Destinatarios>{''.join([_destinatario(d) for d in todos])}</Destinatarios>"


def _destinatario(destinatario: Destinatario) -> str:
    nombre = f"<NombreRazon>{formato.texto(destinatario.nombre, 'NombreRazon')}</NombreRazon>"
    id_otro = destinatario.id_otro
    if id_otro is None:
        nif = formato.texto(destinatario.nif or "", "NIF")
        return f"<IDDestinatario>{nombre}<NIF>{nif}</NIF></IDDestinatario>"
    pais = ""
    if id_otro.tipo != _NIF_IVA:
        pais = f"<CodigoPais>{formato.texto(id_otro.pais or '', 'CodigoPais')}</CodigoPais>"
    return (
        f"<IDDestinatario>{nombre}<IDOtro>{pais}<IDType>{formato.texto(id_otro.tipo, 'IDType')}</IDType>"
        f"<ID>{formato.texto(id_otro.id, 'ID')}</ID></IDOtro></IDDestinatario>"
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
    return (
        f"<DetalleDesglose><Impuesto>{formato.texto(detalle.impuesto, 'Impuesto')}</Impuesto>{regimen}{clase}"
        f"{tipo}<BaseImponibleOimporteNoSujeto>{base}</BaseImponibleOimporteNoSujeto>{cuota}{recargo}"
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


def final(tipo: TipoRegistro, fecha_hora_huso: str, huella: str) -> str:
    """A record from its instant on."""
    return (
        f"<FechaHoraHusoGenRegistro>{fecha_hora_huso}</FechaHoraHusoGenRegistro>"
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
