"""Why an invoice is corrected one way and not another: the same words wherever it is said."""

from decimal import Decimal

RECTIFICAR = (
    "Lo que la factura dice y el reglamento de facturación obliga a rectificar (importes, tipos, cuotas, "
    "fechas, líneas, destinatario) se corrige con una factura rectificativa, de número propio, aunque la "
    "AEAT rechazara el registro (RD 1619/2012, art. 15)."
)
SUBSANAR = (
    "Un dato interno del registro que no se ve en la factura, como una clave de régimen, se corrige con un "
    "registro de subsanación: la factura conserva su número y su contenido."
)
ANULAR = (
    "Solo se anula una factura que no debió existir. Las facturas de operaciones reales no se anulan: si la "
    "operación se hizo, emite una rectificativa."
)
CAMBIAR = "Un borrador no es todavía una factura: cámbialo, o bórralo, y emítelo cuando esté bien."
NO_SE_CAMBIA = "Una factura emitida no se modifica: se corrige por una de las otras vías."
YA_ANULADA = (
    "La factura está anulada: si se anuló por error, recupérala antes con una subsanación; si la operación "
    "se hizo de otra forma, emite otra."
)
RECUPERAR = (
    "Una factura que se anuló por error se recupera con un registro de subsanación: conserva su número y su "
    "contenido, y vuelve a estar emitida. Si la operación no se hizo, déjala anulada."
)
YA_SUSTITUIDA = "Otra factura ocupa el lugar de esta: rectifica esa, que es la última."
CON_RECTIFICATIVAS = "La factura tiene rectificativas: si ninguna debió existir, anúlalas antes a ellas."


def cobros_por_devolver(cobrado: Decimal) -> str:
    """What to do first about an invoice with `cobrado` euros collected that is to be annulled."""
    return f"Hay {cobrado} € cobrados de esta factura: devuelve los cobros antes de anularla."
