"""What a stored record says, read back from its own bytes."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from .datos import ESPACIO, TipoRegistro
from .esquema import parse
from .huella import huella_alta, huella_anulacion

_ESPACIO = f"{{{ESPACIO}}}"
_LARGO = len(_ESPACIO)
_RAICES: dict[str, TipoRegistro] = {
    f"{_ESPACIO}RegistroAlta": "alta",
    f"{_ESPACIO}RegistroAnulacion": "anulacion",
}


class RegistroIlegible(ValueError):
    """The bytes are not a record: broken XML, or another document."""


class Enlace(NamedTuple):
    """What a record says of the one before it, or of itself to the next: the texts of its XML."""

    emisor: str
    numero: str
    fecha: str
    huella: str


class RegistroLeido(NamedTuple):
    """The texts of a record; missing elements read as empty. `anterior` is None in a PrimerRegistro.

    `bases`, `cuotas` and `recargos` are those of all the rows of Desglose; `faltas`, what the official schema
    says against the record.
    """

    tipo: TipoRegistro
    propio: Enlace
    anterior: Enlace | None
    fecha_hora_huso: str
    tipo_factura: str
    cuota_total: str
    importe_total: str
    bases: list[str]
    cuotas: list[str]
    recargos: list[str]
    numero_instalacion: str
    faltas: list[str]

    def huella(self) -> str:
        """The huella over the record's literal texts."""
        return self._huella(self.cuota_total, self.importe_total)

    def huellas(self) -> Iterator[str]:
        """All the huellas the record may rightly bear.

        The AEAT takes an amount with one or two decimals, or none, as the same: 21.40 and 21.4.
        """
        yield self.huella()
        if self.tipo == "alta":
            for cuota in _formas(self.cuota_total):
                for importe in _formas(self.importe_total):
                    yield self._huella(cuota, importe)

    def _huella(self, cuota_total: str, importe_total: str) -> str:
        propio, anterior = self.propio, self.anterior.huella if self.anterior else ""
        if self.tipo == "anulacion":
            return huella_anulacion(
                emisor=propio.emisor,
                numero=propio.numero,
                fecha=propio.fecha,
                huella_anterior=anterior,
                fecha_hora_huso=self.fecha_hora_huso,
            )
        return huella_alta(
            emisor=propio.emisor,
            numero=propio.numero,
            fecha=propio.fecha,
            tipo_factura=self.tipo_factura,
            cuota_total=cuota_total,
            importe_total=importe_total,
            huella_anterior=anterior,
            fecha_hora_huso=self.fecha_hora_huso,
        )


def abrir(xml: bytes) -> etree._Element:
    """The root of the record in `xml`. Raises RegistroIlegible."""
    try:
        raiz = parse(xml)
    except etree.XMLSyntaxError as error:
        raise RegistroIlegible(str(error)) from error
    if raiz.tag not in _RAICES:
        raise RegistroIlegible(f"{raiz.tag} is not a record")
    return raiz


def leer(raiz: etree._Element, faltas: list[str]) -> RegistroLeido:
    """What the record of `raiz` says; `faltas` are those that `validar_elemento` gave."""
    tipo = _RAICES[raiz.tag]
    sufijo = "Anulada" if tipo == "anulacion" else ""
    textos = _textos(raiz)
    detalles = [
        _textos(detalle) for detalle in raiz.iterfind(f"{_ESPACIO}Desglose/{_ESPACIO}DetalleDesglose")
    ]
    return RegistroLeido(
        tipo=tipo,
        propio=_enlace(raiz.find(f"{_ESPACIO}IDFactura"), sufijo, textos.get("Huella", "")),
        anterior=_anterior(raiz),
        fecha_hora_huso=textos.get("FechaHoraHusoGenRegistro", ""),
        tipo_factura=textos.get("TipoFactura", ""),
        cuota_total=textos.get("CuotaTotal", ""),
        importe_total=textos.get("ImporteTotal", ""),
        bases=[detalle.get("BaseImponibleOimporteNoSujeto", "0") for detalle in detalles],
        cuotas=[detalle.get("CuotaRepercutida", "0") for detalle in detalles],
        recargos=[detalle.get("CuotaRecargoEquivalencia", "0") for detalle in detalles],
        numero_instalacion=raiz.findtext(f"{_ESPACIO}SistemaInformatico/{_ESPACIO}NumeroInstalacion") or "",
        faltas=faltas,
    )


def _anterior(raiz: etree._Element) -> Enlace | None:
    cadena = f"{_ESPACIO}Encadenamiento/{_ESPACIO}"
    eslabon = raiz.find(f"{cadena}RegistroAnterior")
    if eslabon is None and raiz.find(f"{cadena}PrimerRegistro") is not None:
        return None
    return _enlace(eslabon, "", raiz.findtext(f"{cadena}RegistroAnterior/{_ESPACIO}Huella") or "")


def _enlace(elemento: etree._Element | None, sufijo: str, huella: str) -> Enlace:
    textos = {} if elemento is None else _textos(elemento)
    return Enlace(
        textos.get(f"IDEmisorFactura{sufijo}", ""),
        textos.get(f"NumSerieFactura{sufijo}", ""),
        textos.get(f"FechaExpedicionFactura{sufijo}", ""),
        huella,
    )


def _textos(elemento: etree._Element) -> dict[str, str]:
    """The texts of an element's children by name; an entity left alone has none."""
    return {hijo.tag[_LARGO:]: hijo.text or "" for hijo in elemento if isinstance(hijo.tag, str)}


def _formas(importe: str) -> tuple[str, ...]:
    """The texts that the AEAT takes as the same amount."""
    entero, _, decimales = importe.strip().partition(".")
    cortos = decimales.rstrip("0")
    formas = (f"{entero}.{cortos.ljust(2, '0')}", f"{entero}.{cortos.ljust(1, '0')}")
    return formas if cortos else (*formas, entero)
