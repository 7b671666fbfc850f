"""Every route that a service's OpenAPI document names, with a body that it takes."""

import re
from dataclasses import dataclass
from typing import Any

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
PARAMETER = re.compile(r"\{(\w+)\}")

_QUERIES = {"q": "ruiz", "con": "{otro_id}"}
"""What a parameter of the query that must be given stands for; one that is not here is an id."""

_LINE = {"descripcion": "Trabajos", "cantidad": 1, "precio_unitario": "10.00"}
_BODIES = {
    "FacturaNueva": {"cliente_nombre": "Ruiz", "cliente_cif": "B10000008", "lineas": [_LINE]},
    "LoteNuevo": {"facturas": [{"cliente_nombre": "Ruiz", "cliente_cif": "B10000008", "lineas": [_LINE]}]},
    "RectificativaNueva": {"tipo": "R1", "metodo": "S", "motivo": "Precio", "lineas": [_LINE]},
    "BorradorNuevo": {"cliente_nombre": "Ruiz", "lineas": [_LINE]},
    "EstadoNuevo": {"estado": "anulada", "motivo": "Error"},
    "PagoNuevo": {"monto": "1.00"},
    "DevolucionNueva": {"motivo": "Error"},
    "Reintentos": {},
    "Atencion": {"nota": "Revisado"},
    "EmpresaNueva": {"nombre": "Nueva, S.L.", "nif": "B10000016", "direccion": "Calle 1"},
    "InstalacionNueva": {"nombre": "Tienda"},
    "SubsanacionNueva": {"motivo": "Error"},
    "EmpresaCambios": {"email": "nueva@e2e.example"},
    "SerieNueva": {"codigo": "NUEVA"},
    "UsuarioNuevo": {"usuario": "nueva@e2e.example", "rol": "lectura"},
    "UsuarioCambios": {"rol": "lectura"},
    "ClaveApiNueva": {"nombre": "nueva", "scopes": ["facturas:leer"]},
    "ClienteAlta": {"nombre_completo": "Nuevo, S.L."},
    "ClienteDeFuera": {"nombre_completo": "Nuevo, S.L."},
    "LoteDeClientes": {
        "clientes": [{"nombre_completo": "Nuevo, S.L.", "origen": "erp", "referencia_externa": "C-1"}]
    },
    "LoteDeContactos": {
        "contactos": [
            {
                "cliente_id": f"cli_{'0' * 32}",
                "nombre": "Marta",
                "origen": "erp",
                "referencia_externa": "P-1",
            }
        ]
    },
    "LoteDeActividades": {
        "actividades": [
            {
                "cliente_id": f"cli_{'0' * 32}",
                "tipo": "tarea",
                "titulo": "Llamar",
                "fecha": "2026-11-24T09:30:00+01:00",
                "origen": "erp",
                "referencia_externa": "A-1",
            }
        ]
    },
    "LoteDeOportunidades": {
        "oportunidades": [
            {
                "cliente_id": f"cli_{'0' * 32}",
                "titulo": "Mantenimiento",
                "valor": "10.00",
                "origen": "erp",
                "referencia_externa": "O-1",
            }
        ]
    },
    "ClienteParche": {"telefono": "600 000 000"},
    "ContactoNuevo": {"nombre": "Marta"},
    "ContactoParche": {"cargo": "Jefa"},
    "VinculoNuevo": {"cliente_id": f"cli_{'0' * 32}"},
    "CampoNuevo": {"entidad": "cliente", "nombre": "Sector", "tipo": "texto"},
    "CampoParche": {"nombre": "Ramo"},
    "ActividadDada": {"tipo": "tarea", "titulo": "Llamar", "fecha": "2026-11-24T09:30:00+01:00"},
    "ActividadParche": {"completada": True},
    "Restaurar": {
        "cliente_id": f"cli_{'0' * 32}",
        "tipo": "venta",
        "titulo": "Factura #1",
        "fecha": "2026-11-24T09:30:00+01:00",
        "origen": "smartbilling",
        "referencia_externa": "fac_1",
    },
    "Retirar": {"origen": "smartbilling", "referencia_externa": "fac_1"},
    "NotaNueva": {"texto": "Cierra en agosto"},
    "AdjuntoParche": {"nombre": "Otro.txt"},
    "OportunidadNueva": {"titulo": "Mantenimiento", "valor": "10.00"},
    "OportunidadParche": {"valor": "11.00"},
    "CambioEtapa": {},
    "CambioEstado": {"estado": "ganada", "motivo": "Precio"},
    "EtapaNueva": {"nombre": "Nueva", "probabilidad": 10},
    "EtapaParche": {"nombre": "Otra"},
    "EmbudoNuevo": {"nombre": "Contratos"},
    "EmbudoParche": {"nombre": "Servicios"},
    "FusionNueva": {"cliente_id": f"cli_{'0' * 32}"},
    "DescarteNuevo": {"cliente_id": f"cli_{'0' * 32}", "otro_id": f"cli_{'1' * 32}"},
    "ImportacionParche": {"si_existe": "rellenar"},
    "WebhookNuevo": {"url": "https://avisos.example/", "eventos": ["cliente.*"]},
    "WebhookParche": {"activo": False},
    "SecretoNuevo": {"horas": 1},
    "ReenvioPedido": {"eventos": [f"evt_{'0' * 32}"]},
    "MotivoNuevo": {"nombre": "Precio", "estado": "perdida"},
    "MotivoParche": {"nombre": "Plazo"},
    "Credenciales": {"usuario": "nadie", "clave": "ninguna"},
    "Renovacion": {"refresh_token": "ninguno"},
    "CambioDeEmpresa": {"empresa_id": f"emp_{'0' * 32}"},
}
"""A body that each route takes, by the name of its schema."""


@dataclass(frozen=True)
class Route:
    """One operation of a document."""

    method: str
    path: str
    body: Any
    query: tuple[tuple[str, str], ...]
    """What must be asked with, by name; ids as a path names them."""

    @property
    def parameters(self):
        return PARAMETER.findall(self.path)

    @property
    def names_ids(self):
        """Whether its path or its query takes an id of something."""
        return bool(PARAMETER.search(f"{self.path}{self.query}"))

    def with_ids(self, ids):
        """Its path, each parameter replaced."""
        return _filled(self.path, ids)

    def query_with_ids(self, ids):
        """Its query, each id replaced."""
        return [(name, _filled(value, ids)) for name, value in self.query]


def _filled(text, ids):
    return PARAMETER.sub(lambda found: ids[found[1]], text)


def routes_of(document, prefix="/api/"):
    """The operations below `prefix`. Raises KeyError when one takes a body of which we have no example."""
    return [
        Route(method.upper(), path, _body(operation), _query(operation))
        for path, operations in document["paths"].items()
        if path.startswith(prefix)
        for method, operation in operations.items()
    ]


def _query(operation):
    given = operation.get("parameters", ())
    names = [each["name"] for each in given if each["in"] == "query" and each.get("required")]
    return tuple((name, _QUERIES.get(name, f"{{{name}}}")) for name in names)


def _body(operation):
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = content["schema"]
    refs = [option["$ref"] for option in schema.get("anyOf", [schema]) if "$ref" in option]
    return _BODIES[refs[0].rpartition("/")[2]]
