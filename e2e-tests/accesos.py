"""Who may do what: the one written table of both services' routes, the scope that each needs, and the roles.

Written by hand from the contract, and imported by no product: `test_access_table.py` holds both against it.
"""

READ, WRITE = "facturas:leer", "facturas:escribir"
CRM_READ, CRM_WRITE = "crm:leer", "crm:escribir"
ADMIN, PLATFORM = "empresa:administrar", "plataforma"
SCOPES = (READ, WRITE, CRM_READ, CRM_WRITE, ADMIN, PLATFORM)

OPEN = "nobody is asked"
ANYBODY = "anybody known"

ROLES = {
    "admin": {READ, WRITE, CRM_READ, CRM_WRITE, ADMIN},
    "facturacion": {READ, WRITE, CRM_READ, CRM_WRITE},
    "comercial": {READ, CRM_READ, CRM_WRITE},
    "lectura": {READ, CRM_READ},
}
SERVICE = {CRM_READ, CRM_WRITE}
"""What billing's own token may, in the CRM alone."""

_HEALTH = {
    "GET /health/live": OPEN,
    "GET /health/ready": OPEN,
    "GET /metrics": OPEN,
}

BILLING = _HEALTH | {
    "GET /.well-known/jwks.json": OPEN,
    "POST /api/auth/login": OPEN,
    "POST /api/auth/refresh": OPEN,
    "POST /api/auth/logout": OPEN,
    "POST /api/auth/empresa": ANYBODY,
    "GET /api/auth/yo": ANYBODY,
    "POST /api/empresas": PLATFORM,
    "GET /api/empresas": ANYBODY,
    "GET /api/empresas/{empresa_id}": ANYBODY,
    "PATCH /api/empresas/{empresa_id}": ADMIN,
    "PUT /api/empresas/{empresa_id}/logo": ADMIN,
    "GET /api/empresas/{empresa_id}/logo": READ,
    "DELETE /api/empresas/{empresa_id}/logo": ADMIN,
    "POST /api/empresas/{empresa_id}/instalaciones": ADMIN,
    "GET /api/empresas/{empresa_id}/instalaciones": READ,
    "GET /api/empresas/{empresa_id}/instalaciones/{instalacion_id}": READ,
    "POST /api/usuarios": ADMIN,
    "GET /api/usuarios": ADMIN,
    "GET /api/usuarios/{usuario_id}": ADMIN,
    "PATCH /api/usuarios/{usuario_id}": ADMIN,
    "DELETE /api/usuarios/{usuario_id}": ADMIN,
    "POST /api/claves-api": ADMIN,
    "GET /api/claves-api": ADMIN,
    "GET /api/claves-api/{clave_id}": ADMIN,
    "DELETE /api/claves-api/{clave_id}": ADMIN,
    "POST /api/series": ADMIN,
    "GET /api/series": READ,
    "GET /api/series/{codigo}": READ,
    "POST /api/facturas": WRITE,
    "POST /api/facturas/lote": WRITE,
    "GET /api/facturas": READ,
    "GET /api/facturas/{factura_id}": READ,
    "PUT /api/facturas/{factura_id}": WRITE,
    "DELETE /api/facturas/{factura_id}": WRITE,
    "PUT /api/facturas/{factura_id}/estado": WRITE,
    "GET /api/facturas/{factura_id}/correcciones": READ,
    "POST /api/facturas/{factura_id}/subsanacion": WRITE,
    "POST /api/facturas/{factura_id}/rectificativa": WRITE,
    "POST /api/facturas/{factura_id}/pagos": WRITE,
    "GET /api/facturas/{factura_id}/pagos": READ,
    "POST /api/pagos/{pago_id}/devolucion": WRITE,
    "GET /api/clientes/{cliente_id}/ficha": READ,
    "GET /api/dashboard/resumen": READ,
    "GET /api/verifactu/verificacion": READ,
    "GET /api/verifactu/exportacion": READ,
    "GET /api/verifactu/clave-evidencia": READ,
    "GET /api/verifactu/puntos-de-control": READ,
    "GET /api/facturas/{factura_id}/xml": READ,
    "GET /api/facturas/{factura_id}/qr.svg": READ,
    "GET /api/facturas/{factura_id}/pdf": READ,
    "GET /api/verifactu/registros": READ,
    "GET /api/verifactu/registros/{registro_id}": READ,
    "GET /api/verifactu/registros/{registro_id}/xml": READ,
    "GET /api/verifactu/alarmas": READ,
    "GET /api/verifactu/alarmas/{alarma_id}": READ,
    "POST /api/verifactu/alarmas/{alarma_id}/atencion": ADMIN,
    "GET /api/verifactu/declaracion-responsable": ANYBODY,
    "GET /api/verifactu/declaracion-responsable/pdf": ANYBODY,
    "GET /api/verifactu/declaracion-responsable/versiones": ANYBODY,
    "GET /api/integracion/crm": READ,
    "GET /api/integracion/crm/conciliacion": READ,
    "POST /api/integracion/crm/reintentos": ADMIN,
}

CRM = _HEALTH | {
    "POST /api/crm/clientes": CRM_WRITE,
    "GET /api/crm/clientes": CRM_READ,
    "PUT /api/crm/clientes/upsert": CRM_WRITE,
    "GET /api/crm/clientes/{cliente_id}": CRM_READ,
    "PUT /api/crm/clientes/{cliente_id}": CRM_WRITE,
    "PATCH /api/crm/clientes/{cliente_id}": CRM_WRITE,
    "DELETE /api/crm/clientes/{cliente_id}": CRM_WRITE,
    "GET /api/crm/clientes/{cliente_id}/historial": CRM_READ,
    "POST /api/crm/clientes/{cliente_id}/contactos": CRM_WRITE,
    "GET /api/crm/clientes/{cliente_id}/contactos": CRM_READ,
    "GET /api/crm/contactos": CRM_READ,
    "GET /api/crm/contactos/{contacto_id}": CRM_READ,
    "PATCH /api/crm/contactos/{contacto_id}": CRM_WRITE,
    "DELETE /api/crm/contactos/{contacto_id}": CRM_WRITE,
    "POST /api/crm/clientes/{cliente_id}/actividades": CRM_WRITE,
    "GET /api/crm/clientes/{cliente_id}/actividades": CRM_READ,
    "GET /api/crm/actividades": CRM_READ,
    "GET /api/crm/actividades/{actividad_id}": CRM_READ,
    "PATCH /api/crm/actividades/{actividad_id}": CRM_WRITE,
    "DELETE /api/crm/actividades/{actividad_id}": CRM_WRITE,
    "GET /api/crm/agenda": CRM_READ,
    "GET /api/crm/recordatorios": CRM_READ,
    "GET /api/crm/subtipos": CRM_READ,
    "POST /api/crm/correos": CRM_WRITE,
    "POST /api/crm/clientes/{cliente_id}/notas": CRM_WRITE,
    "GET /api/crm/clientes/{cliente_id}/notas": CRM_READ,
    "POST /api/crm/clientes/{cliente_id}/adjuntos": CRM_WRITE,
    "GET /api/crm/clientes/{cliente_id}/adjuntos": CRM_READ,
    "GET /api/crm/adjuntos/{adjunto_id}": CRM_READ,
    "GET /api/crm/adjuntos/{adjunto_id}/contenido": CRM_READ,
    "PATCH /api/crm/adjuntos/{adjunto_id}": CRM_WRITE,
    "DELETE /api/crm/adjuntos/{adjunto_id}": CRM_WRITE,
    "POST /api/crm/clientes/{cliente_id}/oportunidades": CRM_WRITE,
    "GET /api/crm/clientes/{cliente_id}/oportunidades": CRM_READ,
    "GET /api/crm/oportunidades": CRM_READ,
    "GET /api/crm/oportunidades/{oportunidad_id}": CRM_READ,
    "PATCH /api/crm/oportunidades/{oportunidad_id}": CRM_WRITE,
    "DELETE /api/crm/oportunidades/{oportunidad_id}": CRM_WRITE,
    "PUT /api/crm/oportunidades/{oportunidad_id}/etapa": CRM_WRITE,
    "PUT /api/crm/oportunidades/{oportunidad_id}/estado": CRM_WRITE,
    "GET /api/crm/oportunidades/{oportunidad_id}/etapas": CRM_READ,
    "POST /api/crm/oportunidades/{oportunidad_id}/factura": CRM_WRITE,
    "GET /api/crm/pipeline": CRM_READ,
    "GET /api/crm/pipeline/{etapa_id}": CRM_READ,
    "GET /api/crm/embudos": CRM_READ,
    "POST /api/crm/embudos": CRM_WRITE,
    "GET /api/crm/embudos/{embudo_id}": CRM_READ,
    "PATCH /api/crm/embudos/{embudo_id}": CRM_WRITE,
    "DELETE /api/crm/embudos/{embudo_id}": CRM_WRITE,
    "GET /api/crm/motivos": CRM_READ,
    "POST /api/crm/motivos": CRM_WRITE,
    "GET /api/crm/motivos/{motivo_id}": CRM_READ,
    "PATCH /api/crm/motivos/{motivo_id}": CRM_WRITE,
    "DELETE /api/crm/motivos/{motivo_id}": CRM_WRITE,
    "GET /api/crm/estadisticas/oportunidades": CRM_READ,
    "GET /api/crm/etapas": CRM_READ,
    "POST /api/crm/etapas": CRM_WRITE,
    "GET /api/crm/etapas/{etapa_id}": CRM_READ,
    "PATCH /api/crm/etapas/{etapa_id}": CRM_WRITE,
    "DELETE /api/crm/etapas/{etapa_id}": CRM_WRITE,
    "GET /api/crm/resumen": CRM_READ,
    "GET /api/crm/conciliacion": CRM_READ,
    "PUT /api/crm/conciliacion/actividad": CRM_WRITE,
    "PUT /api/crm/conciliacion/retirada": CRM_WRITE,
}

TABLE = {"billing": BILLING, "crm": CRM}


def may(scopes, needed):
    """Whether who has these scopes gets in where `needed` stands in the table. Nobody known: None."""
    if needed == OPEN:
        return True
    return scopes is not None and (needed == ANYBODY or needed in scopes)
