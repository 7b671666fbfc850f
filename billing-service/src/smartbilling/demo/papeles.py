"""The papers of the demo company: what it sends for an invoice of each kind."""

from datetime import date
from decimal import Decimal
from typing import Any

from smartbilling.correcciones import RectificativaNueva
from smartbilling.facturas import FacturaNueva, FacturaPublica

from . import datos

_DECIMA = Decimal("0.1")
_EXTRANJERO = {
    "cliente_nombre": "Atelier Beaumont SARL",
    "cliente_id_otro": {"pais": "FR", "tipo": "02", "id": "FR40303265045"},
    "cliente_email": "compta@atelier-beaumont.example",
    "cliente_direccion": "12 rue des Capucins, 69001 Lyon",
}
_PEQUENO_MATERIAL = {
    "descripcion": "Copia de llaves y pequeño material",
    "cantidad": 2,
    "precio_unitario": "14.50",
}


def simplificada(dia: date, cliente: datos.ClienteDemo | None = None) -> FacturaNueva:
    """A sale over the counter, to nobody in particular or to somebody who gave a NIF."""
    quien = {"cliente_nombre": cliente.nombre, "cliente_cif": cliente.cif} if cliente else {}
    return _nueva(
        quien,
        tipo="F2",
        fecha_expedicion=dia,
        precios_con_impuestos=True,
        lineas=[_PEQUENO_MATERIAL],
    )


def canje(simplificada: FacturaPublica, cliente: datos.ClienteDemo, dia: date) -> FacturaNueva:
    """The full invoice that somebody asks for in the place of a simplified one."""
    return _nueva(
        _de(cliente),
        tipo="F3",
        fecha_expedicion=dia,
        precios_con_impuestos=True,
        sustituidas=[{"numero": simplificada.numero, "fecha": simplificada.fecha_expedicion}],
        lineas=[_PEQUENO_MATERIAL],
    )


def al_extranjero(dia: date) -> FacturaNueva:
    """A service to a French company, not subject in Spain (LIVA art. 69)."""
    linea = {
        "descripcion": "Proyecto técnico para una obra en Lyon",
        "cantidad": 1,
        "precio_unitario": "1450.00",
        "calificacion": "N2",
    }
    return _nueva(_EXTRANJERO, fecha_expedicion=dia, lineas=[linea])


def completa(cliente: datos.ClienteDemo, dia: date, **mas: Any) -> FacturaNueva:
    """An ordinary invoice."""
    return _nueva(_de(cliente), fecha_expedicion=dia, **mas)


def presupuesto(cliente: datos.ClienteDemo) -> FacturaNueva:
    """A draft, not issued yet."""
    linea = {
        "descripcion": "Presupuesto aceptado, pendiente de emitir",
        "cantidad": 1,
        "precio_unitario": "950.00",
    }
    quien = {"cliente_nombre": cliente.nombre, "cliente_cif": cliente.cif}
    return _nueva(quien, estado="borrador", lineas=[linea])


def abono(nueva: FacturaNueva) -> RectificativaNueva:
    """A tenth of the first line given back, by difference."""
    primera = nueva.lineas[0].model_dump()
    menos = primera | {
        "descripcion": f"Abono parcial: {nueva.lineas[0].descripcion}",
        "cantidad": -1,
        "precio_unitario": (nueva.lineas[0].precio_unitario * _DECIMA).quantize(Decimal("0.01")),
    }
    return RectificativaNueva.model_validate(
        {"tipo": "R1", "metodo": "I", "motivo": "Descuento acordado después de facturar", "lineas": [menos]}
    )


def correccion(nueva: FacturaNueva) -> RectificativaNueva:
    """The same with the discount that was forgotten, by substitution."""
    lineas = [linea.model_dump() | ({} if linea.suplido else {"descuento": 10}) for linea in nueva.lineas]
    return RectificativaNueva.model_validate(
        {"tipo": "R4", "metodo": "S", "motivo": "Faltaba el descuento pactado", "lineas": lineas}
    )


def _de(cliente: datos.ClienteDemo) -> dict[str, Any]:
    return {
        "cliente_nombre": cliente.nombre,
        "cliente_cif": cliente.cif,
        "cliente_email": cliente.email,
        "cliente_direccion": cliente.direccion,
    }


def _nueva(quien: dict[str, Any], **mas: Any) -> FacturaNueva:
    return FacturaNueva.model_validate(quien | mas)
