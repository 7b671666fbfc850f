"""The dashboard's and the client record's shapes on the wire."""

from decimal import Decimal

from pydantic import Field

from contratos import Salida
from contratos.crm import ActividadPublica, ClientePublico
from contratos.types import Euros
from smartbilling.facturas import FacturaEnLista


class ResumenFacturacion(Salida):
    """What was invoiced and what is due. Averages are null without data."""

    total_facturado: Euros
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

    cliente_id: str
    facturacion: FichaFacturacion
    crm: FichaCrm
