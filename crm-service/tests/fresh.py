"""Something of each kind to do things to, made when it is asked for."""

from merging import merged_and_told_apart

_TABLE = "Razón social;Notas\nTalleres Ruiz;Buen cliente\n".encode()


def _named(api, path, **more):
    return api.post(path, {"nombre": f"De {path}"} | more).json()


_MAKE = {
    "cliente_id": lambda api, _: api.cliente(),
    "contacto_id": lambda api, ids: api.contacto(ids["cliente_id"], email="ana@cliente.example"),
    "actividad_id": lambda api, ids: api.actividad(ids["cliente_id"]),
    "oportunidad_id": lambda api, ids: api.oportunidad(ids["cliente_id"]),
    "adjunto_id": lambda api, ids: api.adjunto(ids["cliente_id"]),
    "etapa_id": lambda api, _: _named(api, "etapas", probabilidad=1),
    "embudo_id": lambda api, _: _named(api, "embudos"),
    "motivo_id": lambda api, _: _named(api, "motivos", estado="perdida"),
    "campo_id": lambda api, _: api.campo(tipo="lista", opciones=["a"]),
    "importacion_id": lambda api, _: api.importacion(_TABLE),
    "fusion_id": lambda api, _: {"id": merged_and_told_apart(api)["fusion_id"]},
    "descarte_id": lambda api, _: {"id": merged_and_told_apart(api)["descarte_id"]},
    "webhook_id": lambda api, _: api.post("webhooks", {"url": "https://mia.example/"}).json(),
}
NAMES = frozenset(_MAKE)
"""What addresses call the ids that there are."""


class Fresh(dict):
    """Ids, by those names, of what is new in a company: for `address.format_map`."""

    def __init__(self, api):
        super().__init__()
        self._api = api

    def __missing__(self, name):
        """The id of a new one."""
        self[name] = _MAKE[name](self._api, self)["id"]
        return self[name]


def filled(given, ids):
    """An example with ids of what is there."""
    if isinstance(given, list):
        return [filled(each, ids) for each in given]
    if not isinstance(given, dict):
        return given
    return {
        name: ids[name] if name in NAMES and value is not None else filled(value, ids)
        for name, value in given.items()
    }
