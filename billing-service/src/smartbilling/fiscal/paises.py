"""Countries that a record can name."""

_SEGUNDAS_LETRAS = {
    "A": "DEFGILMOQRSTUWZ",
    "B": "ABDEFGHIJMNOQRSTVWYZ",
    "C": "ACDFGHIKLMNORUVWXYZ",
    "D": "EJKMOZ",
    "E": "CEGRST",
    "F": "IJKMOR",
    "G": "ABDEGHILMNQRSTUWY",
    "H": "KMNRTU",
    "I": "DELMNOQRST",
    "J": "EMOP",
    "K": "EGHIMNPRWYZ",
    "L": "ABCIKRSTUVY",
    "M": "ACDEGHKLMNOPRSTUVWXYZ",
    "N": "ACEFGILOPRUZ",
    "O": "M",
    "P": "AEFGHKLMNRSTWY",
    "Q": "AU",
    "R": "EOSUW",
    "S": "ABCDEGHIKLMNORSTVXYZ",
    "T": "CDFGHJKLMNORTVWZ",
    "U": "AGMSYZ",
    "V": "ACEGINU",
    "W": "FS",
    "X": "BGNU",
    "Y": "ET",
    "Z": "AMW",
}

PAISES = frozenset(
    primera + segunda for primera, segundas in _SEGUNDAS_LETRAS.items() for segunda in segundas
)
"""ISO 3166-1 alpha-2 and the AEAT's own additions (SuministroInformacion.xsd, CountryType2)."""
