"""A set of clients of whom it is known which are the same, made up from a seed.

The same one is written again as people do: other spelling, order, abbreviations, company forms, phones and
capitals, with some data missing. Others only look alike: homonyms, sister companies, neighbours in a street.
"""

import random
from dataclasses import dataclass, replace

FIRST = [
    "Juan",
    "María",
    "José",
    "Ana",
    "Luis",
    "Carmen",
    "Francisco",
    "Isabel",
    "Antonio",
    "Pilar",
    "Manuel",
    "Teresa",
    "Jesús",
    "Rosa",
    "David",
    "Elena",
]
FIRST += [
    "Javier",
    "Lucía",
    "Miguel",
    "Marta",
    "Pedro",
    "Sara",
    "Rafael",
    "Paula",
    "Ángel",
    "Cristina",
    "Pablo",
    "Raquel",
    "Sergio",
    "Nuria",
]
LAST = [
    "García",
    "Rodríguez",
    "González",
    "Fernández",
    "López",
    "Martínez",
    "Sánchez",
    "Pérez",
    "Gómez",
    "Martín",
    "Jiménez",
    "Ruiz",
]
LAST += [
    "Hernández",
    "Díaz",
    "Moreno",
    "Muñoz",
    "Álvarez",
    "Romero",
    "Alonso",
    "Gutiérrez",
    "Navarro",
    "Torres",
    "Domínguez",
    "Vázquez",
]
LAST += [
    "Ramos",
    "Gil",
    "Ramírez",
    "Serrano",
    "Blanco",
    "Molina",
    "Suárez",
    "Ortega",
    "Delgado",
    "Castro",
    "Ortiz",
    "Rubio",
    "Marín",
    "Sanz",
]
LAST += [
    "Iglesias",
    "Núñez",
    "Medina",
    "Garrido",
    "Cortés",
    "Castillo",
    "Santos",
    "Lozano",
    "Guerrero",
    "Cano",
    "Prieto",
    "Méndez",
    "Cruz",
]
TRADE = [
    "Talleres",
    "Construcciones",
    "Transportes",
    "Distribuciones",
    "Instalaciones",
    "Panadería",
    "Bodegas",
    "Muebles",
]
TRADE += [
    "Reformas",
    "Suministros",
    "Electricidad",
    "Restaurante",
    "Clínica",
    "Asesoría",
    "Comercial",
    "Promociones",
]
PLACE = [
    "Norte",
    "Sur",
    "Levante",
    "Ebro",
    "Duero",
    "Castilla",
    "Bahía",
    "Sierra",
    "Mancha",
    "Vega",
    "Ribera",
    "Alcarria",
    "Bierzo",
    "Tajo",
]
SYLLABLE = [
    "ba",
    "ber",
    "bi",
    "car",
    "cen",
    "co",
    "dal",
    "de",
    "dur",
    "el",
    "fer",
    "fi",
    "gal",
    "ge",
    "gra",
    "i",
    "lan",
    "li",
    "lo",
    "mar",
    "mi",
    "mon",
    "na",
    "nor",
    "o",
    "pal",
]
SYLLABLE += [
    "pe",
    "pri",
    "que",
    "ra",
    "re",
    "rio",
    "sa",
    "sol",
    "su",
    "tec",
    "ti",
    "tor",
    "u",
    "val",
    "ve",
    "vi",
    "xa",
    "zo",
]
FORM = (", S.L.", " SL", ", S.A.", " S.L.U.", " Sociedad Limitada", ", Sociedad Anónima", "", " S. L.")
OF_FORM = {"S.L.", "SL", "S.A.", "S.L.U.", "S.", "L.", "Sociedad", "Limitada", "Anónima"}
OF_FORM |= {word.upper() for word in OF_FORM} | {"ANONIMA"}
SHORT = {"Construcciones": "Const.", "Talleres": "Tall.", "Distribuciones": "Dist.", "Hermanos": "Hnos."}
SHORT |= {
    "Transportes": "Transp.",
    "María": "Mª",
    "Francisco": "Fco.",
    "Fernández": "Fdez.",
    "García": "Gcia.",
}


@dataclass(frozen=True)
class Persona:
    """A client as somebody typed it, and whom it is."""

    quien: int
    nombre: str
    nif: str | None
    email: str | None
    telefono: str | None


class Maker:
    """Makes clients up; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.made = 0

    def somebody(self) -> Persona:
        """A client who looks like no other but by chance."""
        self.made += 1
        pick, number = self.pick, self.made
        if pick.random() < 0.35:
            nombre = f"{pick.choice(FIRST)} {pick.choice(LAST)} {pick.choice(LAST)}"
        else:
            owner = self._brand() if pick.random() < 0.5 else f"{pick.choice(LAST)} {pick.choice(LAST)}"
            owner = pick.choice(LAST) if pick.random() < 0.06 else owner
            owner += pick.choice(["", "", " e Hijos", " Hermanos", f" {pick.choice(PLACE)}"])
            nombre = f"{pick.choice(TRADE)} {owner}{pick.choice(FORM)}"
        return Persona(
            number,
            nombre,
            f"N{number:08}" if pick.random() < 0.7 else None,
            f"contacto{number}@empresa{number}.example" if pick.random() < 0.75 else None,
            f"+34 6{number:08}" if pick.random() < 0.8 else None,
        )

    def again(self, one: Persona) -> Persona:
        """The same client, typed anew by somebody else."""
        pick, words = self.pick, one.nombre.split()
        for change in pick.sample([self._swap, self._typo, self._shorten, self._reform, self._plain], 2):
            words = change(words)
        kept = {"nif": one.nif if pick.random() < 0.3 else None}
        kept["email"] = one.email if pick.random() < 0.45 else None
        kept["telefono"] = self._respell(one.telefono) if pick.random() < 0.55 else None
        if pick.random() < 0.1:
            kept["telefono"] = f"+34 91{one.quien:07}"
        if kept["email"] and pick.random() < 0.5:
            kept["email"] = kept["email"].upper()
        return replace(one, nombre=" ".join(words), **kept)

    def lookalike(self, one: Persona) -> Persona:
        """Another client: of the same name or nearly, with a NIF, an e-mail and a phone of its own."""
        other = self.somebody()
        own = {"nif": f"N{other.quien:08}", "email": f"otro{other.quien}@otra.example"}
        kind = self.pick.randrange(3)
        if kind == 0 and one.nif:
            return replace(other, nombre=one.nombre, **own, telefono=f"+34 6{other.quien:08}")
        if kind == 1 and one.nif:
            return replace(
                other, nombre=f"{one.nombre} {self.pick.choice(PLACE)}", **own, telefono=one.telefono
            )
        street = f"Comunidad de Propietarios Calle Mayor {other.quien}"
        return replace(other, nombre=street, **own)

    def _brand(self) -> str:
        """A word that somebody made up for a company."""
        parts = [self.pick.choice(SYLLABLE) for _ in range(self.pick.choice((3, 3, 4)))]
        return "".join(parts).capitalize()

    def _swap(self, words: list[str]) -> list[str]:
        """The last words first, as lists by surname have them."""
        own = [word for word in words if word.strip(",") not in OF_FORM]
        return [f"{own[-1].strip(',')},", *own[:-1], *words[len(own) :]] if len(own) > 1 else words

    def _typo(self, words: list[str]) -> list[str]:
        own = [i for i, word in enumerate(words) if word.strip(",") not in OF_FORM] or [0]
        place = max(own, key=lambda i: (len(words[i]), i))
        word, at = words[place], self.pick.randrange(1, max(2, len(words[place]) - 1))
        wrong = self.pick.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
                word[:at] + self.pick.choice("aeiourns") + word[at + 1 :],
            ]
        )
        return [*words[:place], wrong, *words[place + 1 :]]

    def _shorten(self, words: list[str]) -> list[str]:
        return [SHORT.get(word, word) for word in words]

    def _reform(self, words: list[str]) -> list[str]:
        kept = [word for word in words if word.strip(",") not in OF_FORM]
        return [*kept, self.pick.choice(FORM).strip(", ")]

    def _plain(self, words: list[str]) -> list[str]:
        """In capitals and without accents."""
        return [word.upper().translate(str.maketrans("ÁÉÍÓÚÑ", "AEIOUN")) for word in words]

    def _respell(self, phone: str | None) -> str | None:
        if phone is None:
            return None
        bare = phone.removeprefix("+34 ")
        spelt = [
            bare,
            f"0034{bare}",
            f"{bare[:3]} {bare[3:5]} {bare[5:7]} {bare[7:]}",
            f"+34-{bare}",
            f"({bare})",
        ]
        return self.pick.choice(spelt)


def labelled(seed: int, size: int) -> list[Persona]:
    """`size` clients, a quarter of them written a second time, and as many that only look alike."""
    maker = Maker(seed)
    people = [maker.somebody() for _ in range(size)]
    half = size // 2
    people += [maker.again(one) for one in maker.pick.sample(people[:half], size // 4)]
    people += [maker.lookalike(one) for one in maker.pick.sample(people[half:size], size // 4)]
    maker.pick.shuffle(people)
    return people
