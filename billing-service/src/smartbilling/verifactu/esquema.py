"""Whether a record is valid against the official schema."""

from collections import deque
from importlib.resources import files
from threading import Lock
from typing import Any

from lxml import etree

_CARPETA = files(__package__) / "xsd"
_REGISTROS = "SuministroInformacion.xsd"
_FIRMA = "xmldsig-core-schema.xsd"

_libres: deque[etree.XMLSchema] = deque()
_compilando = Lock()


def validar(xml: bytes) -> list[str]:
    """What the official schema says against a record, nothing when it is valid or `["…"]` when unreadable.

    Safe from several threads at once. Source: AEAT, SuministroInformacion.xsd (RegistroAlta and
    RegistroAnulacion are global elements of it).
    """
    try:
        return validar_elemento(parse(xml))
    except etree.XMLSyntaxError as error:
        return [str(error)]


def validar_elemento(elemento: etree._Element) -> list[str]:
    """As `validar`, of a record already parsed."""
    try:
        esquema = _libres.pop()
    except IndexError:
        esquema = _compilar()
    try:
        if esquema.validate(elemento):
            return []
        errores: Any = esquema.error_log
        return [f"line {error.line}: {error.message}" for error in errores]
    except etree.XMLSchemaError as error:
        return [str(error)]
    finally:
        _libres.append(esquema)


def parse(xml: bytes) -> etree._Element:
    """The root of a document that may be hostile: no entities, no DTD, no network.

    Raises etree.XMLSyntaxError.
    """
    return etree.fromstring(xml, _PARSER)


def _compilar() -> etree.XMLSchema:
    """A schema's error log is its own, so each validation at the same time takes one (2 ms, 0.8 MiB).

    One thread at a time: libxml2's built-in types and the document loader that lxml puts in for our
    resolver are the whole process's. Two that compile at once can spoil every later one.
    """
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    parser.resolvers.add(_Local())
    with _compilando:
        return etree.XMLSchema(etree.fromstring((_CARPETA / _REGISTROS).read_bytes(), parser))


class _Local(etree.Resolver):
    """Answers the schema's import of XML Signature, by absolute URL, from the file beside it."""

    def resolve(self, system_url: str, public_id: str, *context: Any) -> Any:
        if not system_url.endswith(_FIRMA):
            raise OSError(f"{system_url} is not a schema of ours")
        resolver: Any = super()
        return resolver.resolve_string((_CARPETA / _FIRMA).read_bytes(), *context)


_PARSER = etree.XMLParser(
    no_network=True, resolve_entities=False, load_dtd=False, remove_comments=True, remove_pis=True
)
