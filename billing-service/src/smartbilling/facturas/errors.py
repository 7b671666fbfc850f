"""Why an invoice is refused, each by name."""

from contratos import DomainError


class ReferenciaDuplicada(DomainError):
    """Another invoice of the company bears this external reference; `factura_id` names it."""

    code = "referencia_duplicada"
    status = 409


def referencia_duplicada(referencia: str, factura_id: str) -> ReferenciaDuplicada:
    """`referencia` is already the reference of the invoice `factura_id`."""
    return ReferenciaDuplicada(
        f"Ya hay una factura con la referencia «{referencia}»: usa otra o consulta la primera.",
        factura_id=factura_id,
    )
