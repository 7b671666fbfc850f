"""The invoice that an opportunity becomes, in billing's words. Pure: no database."""

from typing import Any

from crm.clientes import Cliente
from crm.oportunidades import Oportunidad


def de_oportunidad(oportunidad: Oportunidad, cliente: Cliente) -> dict[str, Any]:
    """A draft with the opportunity's lines, or with one of its whole value; taxes are billing's to say."""
    lineas = [
        {name: linea[name] for name in ("descripcion", "cantidad", "precio_unitario", "descuento")}
        for linea in oportunidad.lineas
    ]
    whole = {
        "descripcion": oportunidad.titulo,
        "cantidad": "1",
        "precio_unitario": f"{oportunidad.valor:.2f}",
    }
    return {
        "estado": "borrador",
        "referencia_externa": oportunidad.id,
        "descripcion": oportunidad.titulo,
        "cliente_id": cliente.id,
        "cliente_nombre": cliente.nombre_completo,
        "cliente_cif": cliente.cif_nif,
        "cliente_email": cliente.email,
        "cliente_direccion": cliente.direccion,
        "lineas": lineas or [whole],
    }
