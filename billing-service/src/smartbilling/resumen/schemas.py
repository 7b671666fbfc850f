"""The dashboard's and the client record's shapes on the wire."""

from decimal import Decimal

from pydantic import ConfigDict, Field

from contratos import Salida
from contratos.crm import ActividadPublica, ClientePublico
from contratos.types import Euros
from smartbilling.facturas import EJEMPLO_EN_LISTA, FacturaEnLista


class ResumenFacturacion(Salida):
    """What was invoiced and what is due. Averages are null without data.

    `total_facturado` has every invoice issued and not annulled; `total_sustituido` is what of it other
    invoices took the place of (by substitution, or an F3), and `total_neto` what is left.
    """

    total_facturado: Euros
    total_sustituido: Euros
    total_neto: Euros
    facturas_emitidas: int
    facturas_pendientes: int
    importe_pendiente: Euros
    importe_vencido: Euros
    facturas_vencidas: int
    total_cobrado: Euros
    promedio_pago: Euros | None
    dias_medios_cobro: float | None


class ResumenCrm(Salida):
    """The CRM's figures; when `disponible` is false none is known: counts are null, the amount is 0.00."""

    disponible: bool
    total_clientes: int | None = None
    clientes_activos: int | None = None
    actividades_pendientes: int | None = None
    oportunidades_abiertas: int | None = None
    valor_oportunidades_abiertas: Euros = Decimal("0.00")


class Resumen(Salida):
    """`GET /api/dashboard/resumen`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "facturacion": {
                    "total_facturado": "48350.20",
                    "total_sustituido": "1210.00",
                    "total_neto": "47140.20",
                    "facturas_emitidas": 212,
                    "facturas_pendientes": 31,
                    "importe_pendiente": "9120.75",
                    "importe_vencido": "2310.00",
                    "facturas_vencidas": 9,
                    "total_cobrado": "39229.45",
                    "promedio_pago": "217.94",
                    "dias_medios_cobro": 23.4,
                },
                "crm": {
                    "disponible": True,
                    "total_clientes": 36,
                    "clientes_activos": 30,
                    "actividades_pendientes": 12,
                    "oportunidades_abiertas": 8,
                    "valor_oportunidades_abiertas": "15400.00",
                },
            }
        }
    )

    facturacion: ResumenFacturacion
    crm: ResumenCrm


class Antiguedad(Salida):
    """What a client owes, by how many days it is overdue."""

    al_corriente: Euros
    hasta_30: Euros
    hasta_60: Euros
    hasta_90: Euros
    mas_de_90: Euros


class FichaFacturacion(Salida):
    """Billing's part of a client's record. While the CRM does not answer there is no credit that is known."""

    saldo: Euros
    vencido: Euros
    antiguedad: Antiguedad
    credito_disponible: Euros = Decimal("0.00")
    facturas: list[FacturaEnLista]


class FichaCrm(Salida):
    """The CRM's part of a client's record."""

    disponible: bool
    cliente: ClientePublico | None = None
    actividades: list[ActividadPublica] = Field(default_factory=list)


class Ficha(Salida):
    """`GET /api/clientes/{cliente_id}/ficha`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
                "facturacion": {
                    "saldo": "161.18",
                    "vencido": "0.00",
                    "antiguedad": {
                        "al_corriente": "161.18",
                        "hasta_30": "0.00",
                        "hasta_60": "0.00",
                        "hasta_90": "0.00",
                        "mas_de_90": "0.00",
                    },
                    "credito_disponible": "0.00",
                    "facturas": [EJEMPLO_EN_LISTA],
                },
                "crm": {"disponible": False, "cliente": None, "actividades": []},
            }
        }
    )

    cliente_id: str
    facturacion: FichaFacturacion
    crm: FichaCrm
