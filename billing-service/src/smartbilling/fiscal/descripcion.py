"""What a record says of the operation when nobody wrote it."""

from collections.abc import Iterable

DESCRIPCION_MAXIMA = 500
"""Characters (SuministroInformacion.xsd, DescripcionOperacion)."""

_CORTE = "…"


def descripcion_de_lineas(descripciones: Iterable[str]) -> str:
    """The lines' own descriptions, each once, in one line of text of at most 500 characters."""
    distintas = dict.fromkeys(" ".join(texto.split()) for texto in descripciones)
    texto = "; ".join(filter(None, distintas))
    if len(texto) <= DESCRIPCION_MAXIMA:
        return texto
    return texto[: DESCRIPCION_MAXIMA - len(_CORTE)].rstrip() + _CORTE
