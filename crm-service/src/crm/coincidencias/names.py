"""A name as it is compared: the words that tell one client from another, and nothing else. Pure.

"Taller. Ruiz e Hnos., S.L.", "RUIZ Y HERMANOS TALLERES" and "talleres ruiz hermanos sociedad limitada" have
the same words.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from crm.busqueda import fold

_LETTERS = re.compile(r"[^\W_]+")
_FORMS_OF_WORDS = re.compile(
    r"\b(sociedad (de responsabilidad )?(limitada|anonima|civil|cooperativa|laboral|profesional)"
    r"|comunidad de bienes|unipersonal|laboral limitada|sociedad)\b"
)
_FORMS = frozenset(
    [
        "sl",
        "slu",
        "slp",
        "slpu",
        "sll",
        "slne",
        "srl",
        "sa",
        "sau",
        "sal",
        "sad",
        "sc",
        "scp",
        "scl",
        "sccl",
        "scoop",
        "coop",
        "cb",
        "aie",
        "ute",
        "sociedad",
        "limitada",
        "anonima",
        "ltda",
        "unipersonal",
        "ltd",
        "limited",
        "llc",
        "inc",
        "gmbh",
        "ag",
        "sarl",
        "sas",
        "spa",
        "bv",
        "nv",
        "plc",
        "lda",
    ]
)
_SILENT = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "el",
        "y",
        "e",
        "i",
        "en",
        "a",
        "o",
        "and",
        "the",
        "of",
        "d",
        "don",
        "dona",
        "da",
        "do",
        "dos",
        "sus",
    ]
)
_SHORT = {
    "hnos": "hermanos",
    "hno": "hermano",
    "cia": "compania",
    "const": "construcciones",
    "constr": "construcciones",
    "tall": "talleres",
    "taller": "talleres",
    "dist": "distribuciones",
    "distrib": "distribuciones",
    "transp": "transportes",
    "trans": "transportes",
    "inst": "instalaciones",
    "instal": "instalaciones",
    "ind": "industrias",
    "serv": "servicios",
    "com": "comercial",
    "inm": "inmobiliaria",
    "mant": "mantenimiento",
    "admon": "administracion",
    "asoc": "asociacion",
    "rest": "restaurante",
    "gral": "general",
    "sta": "santa",
    "sto": "santo",
    "ma": "maria",
    "fco": "francisco",
    "fdo": "fernando",
    "fdez": "fernandez",
    "glez": "gonzalez",
    "gcia": "garcia",
    "hdez": "hernandez",
    "rguez": "rodriguez",
    "rdguez": "rodriguez",
    "mtnez": "martinez",
    "mtez": "martinez",
    "dguez": "dominguez",
    "jmnez": "jimenez",
    "avda": "avenida",
}
GENERIC = frozenset(
    [
        "talleres",
        "construcciones",
        "distribuciones",
        "transportes",
        "instalaciones",
        "industrias",
        "servicios",
        "comercial",
        "inmobiliaria",
        "mantenimiento",
        "asociacion",
        "restaurante",
        "grupo",
        "asesoria",
        "bar",
        "cafeteria",
        "panaderia",
        "clinica",
        "comunidad",
        "propietarios",
        "consultores",
        "consultoria",
        "hermanos",
        "hijos",
        "compania",
        "espana",
        "iberica",
        "sistemas",
        "suministros",
        "electricidad",
        "fontaneria",
        "reformas",
        "promociones",
        "gestion",
        "soluciones",
        "obras",
        "muebles",
        "bodegas",
    ]
)
"""Words that many names have: sharing one says little."""

_MOST_BLOCK_WORDS = 4
_VOWELS_AND_H = re.compile(r"[aeiouh]")
_SOUNDS = str.maketrans({"v": "b", "w": "b", "z": "s", "c": "s", "k": "s", "q": "s", "j": "g", "y": "l"})
_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def palabras(nombre: str) -> tuple[str, ...]:
    """The words of a name that count, in order of the alphabet; all of them where none would be left."""
    whole = _LETTERS.findall(_FORMS_OF_WORDS.sub(" ", fold(nombre).replace("&", " ")))
    joined = list(_join_initials(whole))
    kept = [_SHORT.get(word, word) for word in joined if word not in _FORMS and word not in _SILENT]
    return tuple(sorted(kept or joined or _LETTERS.findall(fold(nombre))))


def bloques(words: tuple[str, ...]) -> Iterator[str]:
    """Short keys of which two spellings of a name nearly always share one, and two names seldom.

    Each two words as they sound, whatever their vowels; where there are two only, each with the initial of
    the other; where there is one, it and its beginning.
    """
    sounds = sorted(((sound(word), word) for word in words), key=lambda each: (-len(each[0]), each))
    chosen = sorted(each for each in sounds[:_MOST_BLOCK_WORDS])
    if len(chosen) == 1:
        yield chosen[0][0]
        yield f"{chosen[0][1][:4]}*"
        return
    for (first, _), (second, _) in combinations(chosen, 2):
        yield f"{first} {second}"
    if len(chosen) == 2:  # noqa: PLR2004 - no third word makes up for a misspelled one
        (first, one), (second, other) = chosen
        yield f"{first} {other[:1]}*"
        yield f"{second} {one[:1]}*"


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """What is left of a word that is spelled by ear: its first letter and its consonants, none twice."""
    if word.isdecimal():
        return word
    heard = word.replace("ph", "f").replace("x", "s").translate(_SOUNDS)
    return heard[:1] + _REPEATED.sub(r"\1", _VOWELS_AND_H.sub("", heard[1:]))


def _join_initials(words: list[str]) -> Iterator[str]:
    """The words, single letters in a row as one word where that is a company's form: "s", "l" is "sl"."""
    place = 0
    while place < len(words):
        end = place
        while end < len(words) and len(words[end]) == 1:
            end += 1
        run = "".join(words[place:end])
        for size in range(len(run), 1, -1):
            if run[-size:] in _FORMS:
                yield from run[:-size]
                yield run[-size:]
                break
        else:
            yield from run
        if end == place:
            yield words[end]
            end += 1
        place = end
