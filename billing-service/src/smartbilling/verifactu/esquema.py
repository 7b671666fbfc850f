"""Whether a record is valid against the official schema."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from .datos import ESPACIO

_XS = "{http://www.w3.org/2001/XMLSchema}"
_ESPACIO_DE_FIRMA = "http://www.w3.org/2000/09/xmldsig#"
_CARPETA = Path(__file__).with_name("xsd")
_REGISTROS = "SuministroInformacion.xsd"
_FIRMA = "xmldsig-core-schema.xsd"

_JUNTAS = f"""
<element xmlns="http://www.w3.org/2001/XMLSchema" xmlns:sf="{ESPACIO}" name="Juntas">
  <complexType><sequence><element ref="sf:RegistroAlta" maxOccurs="unbounded"/></sequence></complexType>
</element>
"""
"""An element of ours that holds records, so that one call checks them all."""

_libres: deque[etree.XMLSchema] = deque()
_libres_de_juntas: deque[etree.XMLSchema] = deque()
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


def son_validas(altas: Iterable[bytes]) -> bool:
    """Whether each RegistroAlta is valid, in one call, which is faster; each must be well formed by itself.

    Not of any that has more than elements and texts: what one opens another could close. Safe from several
    threads at once.
    """
    todas = b"".join(altas)
    if b"<!" in todas or b"<?" in todas:
        return False
    try:
        esquema = _libres_de_juntas.pop()
    except IndexError:
        esquema = _compilar(_JUNTAS)
    try:
        valido: bool = esquema.validate(parse(b'<Juntas xmlns="%b">%b</Juntas>' % (ESPACIO.encode(), todas)))
    except (etree.XMLSyntaxError, etree.XMLSchemaError):
        return False
    finally:
        _libres_de_juntas.append(esquema)
    return valido


def parse(xml: bytes) -> etree._Element:
    """The root of a document that may be hostile: no entities, no DTD, no network.

    Raises etree.XMLSyntaxError.
    """
    return etree.fromstring(xml, _PARSER)


def _compilar(otro_elemento: str | None = None) -> etree.XMLSchema:
    """A schema's error log is its own, so each validation at the same time takes one (2 ms, 0.8 MiB).

    One thread at a time: libxml2's built-in types are the whole process's, and two that make them at once
    can spoil every later schema. XML Signature, which the official file asks of the network, is read beside
    it: lxml's resolvers will not do, for a thread that parses puts back the process's document loader.
    """
    raiz = etree.fromstring((_CARPETA / _REGISTROS).read_bytes(), _PARSER)
    for importado in raiz.iterfind(f"{_XS}import[@namespace='{_ESPACIO_DE_FIRMA}']"):
        importado.set("schemaLocation", (_CARPETA / _FIRMA).as_uri())
    if otro_elemento is not None:
        raiz.append(etree.fromstring(otro_elemento, _PARSER))
    with _compilando:
        return etree.XMLSchema(raiz)


_PARSER = etree.XMLParser(
    no_network=True, resolve_entities=False, load_dtd=False, remove_comments=True, remove_pis=True
)
