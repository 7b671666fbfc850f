"""The shapes of many invoices in one request."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, ValidatorFunctionWrapHandler, WrapValidator

from contratos import Entrada, Salida
from http_rules import Problem
from smartbilling.facturas import EJEMPLO_NUEVA, EJEMPLO_PUBLICA, FacturaNueva, FacturaPublica

FACTURAS_MAXIMAS = 1_000

_RECHAZADA: JsonValue = {
    "type": "about:blank",
    "title": "Datos no válidos",
    "status": 422,
    "detail": "Revisa los campos indicados.",
    "instance": "/api/facturas/lote",
    "codigo": "datos_invalidos",
    "errores": [
        {
            "campo": "cliente_cif",
            "codigo": "nif_invalido",
            "mensaje": "El NIF no es válido: revisa el número y su letra o dígito de control.",
        }
    ],
}


def _tal_cual(value: object, _: ValidatorFunctionWrapHandler) -> object:
    return value


FacturaSinMirar = Annotated[FacturaNueva, WrapValidator(_tal_cual)]
"""Documented as an invoice, and let in as it comes: one that is wrong is refused by itself."""


class LoteNuevo(Entrada):
    """Invoices to issue or to keep as drafts, each as if it were sent alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "facturas": [
                    EJEMPLO_NUEVA | {"referencia_externa": "pedido-1042"},
                    {
                        "estado": "borrador",
                        "lineas": [{"descripcion": "Aceite", "cantidad": 1, "precio_unitario": 8}],
                    },
                ]
            }
        }
    )

    facturas: Annotated[list[FacturaSinMirar], Field(min_length=1, max_length=FACTURAS_MAXIMAS)]


class ResultadoDeLote(Salida):
    """What became of one invoice: `factura` when its `status` is 201, `problema` when it was refused.

    `repetida`: its key was used before, and `factura` is its first answer. `reintentar_en`: seconds after
    which it is worth sending again.
    """

    indice: int
    status: int
    repetida: bool
    etag: str | None
    reintentar_en: int | None
    factura: FacturaPublica | None
    problema: Problem | None


class RecuentoDeLote(Salida):
    """How many invoices were made now, had been made before, were refused."""

    total: int
    creadas: int
    repetidas: int
    rechazadas: int


class LotePublico(Salida):
    """What became of each invoice, in the order in which they came."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "resultados": [
                    {
                        "indice": 0,
                        "status": 201,
                        "repetida": False,
                        "etag": '"1"',
                        "reintentar_en": None,
                        "factura": EJEMPLO_PUBLICA,
                        "problema": None,
                    },
                    {
                        "indice": 1,
                        "status": 422,
                        "repetida": False,
                        "etag": None,
                        "reintentar_en": None,
                        "factura": None,
                        "problema": _RECHAZADA,
                    },
                ],
                "recuento": {"total": 2, "creadas": 1, "repetidas": 0, "rechazadas": 1},
            }
        }
    )

    resultados: list[ResultadoDeLote]
    recuento: RecuentoDeLote
