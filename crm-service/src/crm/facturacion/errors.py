"""Why no invoice draft is made. The opportunity stays won."""

from contratos import DomainError


class FacturacionNoDisponible(DomainError):
    """There is no billing to ask, or it does not answer as it should."""

    code = "facturacion_no_disponible"
    status = 409


class OportunidadNoGanada(DomainError):
    """Only what was won is invoiced."""

    code = "oportunidad_no_ganada"
    status = 409


class BorradorPerdido(DomainError):
    """Billing made a draft for this opportunity, and has it no more."""

    code = "borrador_perdido"
    status = 409
