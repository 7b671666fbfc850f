"""The shapes of corrections: what is sent to make one, and which ways are open."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, StrictBool

from contratos import Entrada, Salida
from contratos.types import Email, Fecha, Importe, Nif, Nombre, Opcional, Porcentaje, Precio, Texto
from smartbilling.facturas import (
    LINEAS_MAXIMAS,
    Calificacion,
    CantidadDeLinea,
    ClaveRegimen,
    CodigoSerie,
    DestinatarioNuevo,
    Exencion,
    IdDeCliente,
    IdOtroNuevo,
    Impuesto,
    LineaNueva,
    Metodo,
    Redondeo,
    Referencia,
    Tipo,
    TipoRectificativa,
)
from smartbilling.fiscal import Estado, Via

_SE_QUITA = "Vacío: se quita."

_VIAS: dict[str, JsonValue] = {
    "estado": "emitida",
    "vias": [
        {
            "via": "rectificativa",
            "disponible": True,
            "por_que": "Lo que la factura dice y el reglamento de facturación obliga a rectificar se corrige "
            "con una factura rectificativa.",
            "campos": ["cliente_cif", "lineas.tipo_iva"],
            "ruta": "POST /api/facturas/fac_0193e2b0c1d27f3a8b4c5d6e7f809102/rectificativa",
        },
        {
            "via": "cambio",
            "disponible": False,
            "por_que": "Una factura emitida no se modifica: se corrige por una de las otras vías.",
            "campos": [],
            "ruta": None,
        },
    ],
}

_RECTIFICATIVA: dict[str, JsonValue] = {
    "tipo": "R1",
    "metodo": "I",
    "motivo": "Devolución del aceite",
    "lineas": [{"descripcion": "Aceite", "cantidad": "-4.5", "precio_unitario": "8.20", "descuento": 10}],
}


class ViaPublica(Salida):
    """Whether a way to correct an invoice is open, why, what it corrects, and where."""

    via: Via
    disponible: bool
    por_que: str
    campos: list[str]
    ruta: str | None


class Correcciones(Salida):
    """`GET /api/facturas/{id}/correcciones`."""

    model_config = ConfigDict(json_schema_extra={"example": _VIAS})

    estado: Estado
    vias: list[ViaPublica]


class RectificativaNueva(Entrada):
    """A rectifying invoice; the recipient, and all that it does not say, are the first one's.

    `metodo`: with S its lines are what should have been invoiced, and it takes the first one's place; with I
    they are the difference, and it adds to it.
    """

    model_config = ConfigDict(json_schema_extra={"example": _RECTIFICATIVA})

    tipo: TipoRectificativa
    metodo: Metodo
    motivo: Texto
    lineas: Annotated[list[LineaNueva], Field(min_length=1, max_length=LINEAS_MAXIMAS)]
    serie: CodigoSerie | None = None
    fecha_expedicion: Fecha | None = None
    fecha_operacion: Fecha | None = None
    fecha_vencimiento: Fecha | None = None
    descripcion: Annotated[Texto | None, Opcional] = None
    referencia_externa: Referencia | None = None
    redondeo: Redondeo | None = None
    precios_con_impuestos: StrictBool | None = None
    descuento_global: Porcentaje | None = None
    retencion_irpf: Porcentaje | None = None
    cliente_nombre: Annotated[Nombre | None, Opcional] = None
    cliente_email: Annotated[Email | None, Opcional] = None
    cliente_cif: Annotated[Nif | None, Opcional] = None
    cliente_id_otro: IdOtroNuevo | None = None
    cliente_id: IdDeCliente | None = None
    cliente_direccion: Annotated[Texto | None, Opcional] = None
    destinatarios: Annotated[list[DestinatarioNuevo], Field(max_length=999)] | None = None


class LineaCorregida(Entrada):
    """What the record says of the line number `n`, the first being 1; the rest of it stays."""

    n: Annotated[int, Field(strict=True, ge=1, le=LINEAS_MAXIMAS)]
    descripcion: Texto | None = None
    cantidad: CantidadDeLinea | None = None
    precio_unitario: Precio | None = None
    descuento: Porcentaje | None = None
    tipo_iva: Porcentaje | None = None
    recargo_equivalencia: Porcentaje | None = None
    irpf: Porcentaje | None = None
    suplido: StrictBool | None = None
    impuesto: Impuesto | None = None
    clave_regimen: ClaveRegimen | None = None
    calificacion: Calificacion | None = None
    exencion: Exencion | None = None
    base_a_coste: Importe | None = None


class EmitidaPorCorregida(Entrada):
    """Who issued: the company itself, a third party, who says who it is, or the recipient."""

    quien: Literal["empresa", "tercero", "destinatario"]
    nombre: Annotated[Nombre | None, Opcional] = None
    cif: Annotated[Nif | None, Opcional] = None
    id_otro: IdOtroNuevo | None = None


class SubsanacionNueva(Entrada):
    """What the record should say instead; without any field it is made anew as it stands.

    It takes the fields that an invoice has, so that one which a rectificativa must correct is named.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "motivo": "Es el arrendamiento de un local",
                "lineas": [{"n": 1, "clave_regimen": "11"}],
            }
        }
    )

    motivo: Annotated[Texto | None, Opcional] = None
    tipo: Tipo | None = None
    fecha_expedicion: Fecha | None = None
    fecha_operacion: Fecha | None = None
    descripcion: Annotated[Texto | None, Opcional] = None
    cliente_nombre: Annotated[Nombre | None, Opcional] = None
    cliente_cif: Annotated[Nif | None, Opcional] = None
    cliente_id_otro: IdOtroNuevo | None = None
    cliente_direccion: Annotated[Texto | None, Opcional] = None
    destinatarios: Annotated[list[DestinatarioNuevo], Field(max_length=999)] | None = None
    emitida_por: EmitidaPorCorregida | None = None
    sin_identificar_destinatario: StrictBool | None = None
    acuerdo_facturacion: Annotated[str, Field(max_length=15, description=_SE_QUITA)] | None = None
    acuerdo_sistema: Annotated[str, Field(max_length=16, description=_SE_QUITA)] | None = None
    cupon: StrictBool | None = None
    descuento_global: Porcentaje | None = None
    retencion_irpf: Porcentaje | None = None
    redondeo: Redondeo | None = None
    precios_con_impuestos: StrictBool | None = None
    lineas: Annotated[list[LineaCorregida], Field(max_length=LINEAS_MAXIMAS)] | None = None

    def dados(self) -> dict[str, Any]:
        """The fields given that are not lines nor the reason, as plain JSON."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"motivo", "lineas"})
