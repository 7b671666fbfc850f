"""What a text needs so that an official record can carry it."""

import re
from collections.abc import Iterator

from contratos import Fault

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SALTOS = re.compile("[\t\n\r]")


def faltas_de_texto(
    campo: str, texto: str | None, maximo: int | None = None, *, varias_lineas: bool = False
) -> Iterator[Fault]:
    """What is wrong with a text that must say something.

    It may not be blank, longer than `maximo` characters, nor have what XML 1.0 cannot write: control
    characters, U+FFFE, lone surrogates. Emoji and right-to-left text are fine. Tabs and line breaks only
    if it may have `varias_lineas`.
    """
    if not texto or not texto.strip():
        yield Fault(campo, "texto_obligatorio", "Escribe un texto: no puede quedar en blanco.")
        return
    if maximo is not None and len(texto) > maximo:
        yield Fault(campo, "texto_largo", f"El texto tiene {len(texto)} caracteres: el máximo es {maximo}.")
    if _NO_XML.search(texto) or (not varias_lineas and _SALTOS.search(texto)):
        yield Fault(
            campo, "caracteres_no_validos", "Quita los caracteres de control: no se pueden registrar."
        )
