"""The customer of an invoice as the CRM is told of it."""

from contratos.crm import ClienteNuevo


def cliente_del_crm(
    *, nombre: str | None, email: str | None, cif: str | None, direccion: str | None
) -> ClienteNuevo:
    """Whom the CRM finds or makes; the data were checked with the invoice."""
    return ClienteNuevo.model_construct(
        nombre_completo=nombre or email or cif or "", email=email, cif_nif=cif, direccion=direccion
    )
