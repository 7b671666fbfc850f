"""Who the demo company sells to, and what: names made up, NIFs with a valid control character."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stdnum.es import cif, dni

NOMBRE = "Reformas y Mantenimientos Levante, S.L."
DIRECCION = "Avenida del Puerto 118, 46023 Valencia"
USUARIO = "demo"

_SOCIEDADES = (
    ("Talleres Ruiz, S.L.", "Calle de la Industria 14, 46980 Paterna"),
    ("Clínica Dental Sonrisa, S.L.P.", "Gran Vía 41, 46005 Valencia"),
    ("Panadería Hermanos Soler, S.L.", "Calle Colón 8, 46004 Valencia"),
    ("Hotel Mirador del Mar, S.A.", "Paseo Marítimo 2, 46011 Valencia"),
    ("Logística Turia, S.A.", "Polígono Fuente del Jarro 33, 46988 Paterna"),
    ("Gestoría Benlloch y Asociados, S.L.", "Calle Xàtiva 20, 46007 Valencia"),
    ("Viveros El Naranjo, S.L.", "Camino de Moncada 55, 46009 Valencia"),
    ("Academia Lumen, S.L.", "Avenida Blasco Ibáñez 90, 46021 Valencia"),
    ("Farmacia Carbonell, C.B.", "Calle San Vicente 112, 46007 Valencia"),
    ("Restaurante La Barraca, S.L.", "Playa de la Malvarrosa 6, 46011 Valencia"),
    ("Imprenta Artes Gráficas Sanz, S.L.", "Calle Cirilo Amorós 33, 46004 Valencia"),
    ("Cooperativa Agrícola del Camp, Coop. V.", "Plaza Mayor 1, 46600 Alzira"),
    ("Estudio Nómada Arquitectos, S.L.P.", "Calle Ruzafa 27, 46006 Valencia"),
    ("Gimnasio Activa, S.L.", "Calle Archiduque Carlos 64, 46014 Valencia"),
    ("Residencia Los Olivos, S.L.", "Carretera de Llíria km 9, 46980 Paterna"),
    ("Transportes Peñarrocha, S.A.", "Calle del Comercio 12, 46220 Picassent"),
    ("Óptica Visión Clara, S.L.", "Calle Jesús 45, 46007 Valencia"),
    ("Informática Bitácora, S.L.", "Parque Tecnológico 7, 46980 Paterna"),
    ("Muebles Casa Viva, S.A.", "Carretera de Madrid km 340, 46930 Quart de Poblet"),
    ("Colegio San Marcos, S. Coop.", "Calle de la Paz 3, 46003 Valencia"),
    ("Electricidad Giménez e Hijos, S.L.", "Calle Sagunto 150, 46009 Valencia"),
    ("Inmobiliaria Cuatro Torres, S.L.", "Plaza del Ayuntamiento 19, 46002 Valencia"),
    ("Comunidad de Propietarios Edificio Alameda", "Paseo de la Alameda 30, 46023 Valencia"),
    ("Asociación Cultural El Micalet", "Calle Caballeros 9, 46001 Valencia"),
)
_PERSONAS = (
    ("Lucía Ferrer Molina", "Calle Cuba 18, 46006 Valencia"),
    ("Andrés Domènech Gil", "Calle Denia 60, 46006 Valencia"),
    ("Marta Ibáñez Roig", "Avenida de Aragón 22, 46021 Valencia"),
    ("Sergio Pastor Llorens", "Calle Músico Ginés 4, 46022 Valencia"),
    ("Carmen Vidal Orts", "Calle Literato Azorín 11, 46006 Valencia"),
    ("Javier Nogueira Prats", "Calle Pintor Maella 37, 46023 Valencia"),
    ("Elena Castelló Bru", "Calle Historiador Diago 5, 46007 Valencia"),
    ("Rafael Montesinos Peris", "Calle Conde Altea 29, 46005 Valencia"),
    ("Isabel Cervera Mas", "Calle Borriana 14, 46005 Valencia"),
    ("Óscar Llopis Andreu", "Calle Duque de Calabria 16, 46005 Valencia"),
    ("Nuria Sanchis Tomás", "Calle Salamanca 51, 46005 Valencia"),
    ("Pablo Esteve Blasco", "Calle Maestro Gozalbo 8, 46005 Valencia"),
)


@dataclass(frozen=True, slots=True)
class ClienteDemo:
    """A client of the demo company. `tipo` as the CRM has it."""

    nombre: str
    cif: str
    email: str
    telefono: str
    direccion: str
    tipo: str


def clientes() -> list[ClienteDemo]:
    """Thirty-six clients: companies, self-employed and persons."""
    return [
        *(_sociedad(n, nombre, direccion) for n, (nombre, direccion) in enumerate(_SOCIEDADES)),
        *(_persona(n, nombre, direccion) for n, (nombre, direccion) in enumerate(_PERSONAS)),
    ]


def nif_de_sociedad(letra: str, numero: int) -> str:
    """A NIF of an organisation, its control computed."""
    base = f"{letra}{numero:07}"
    control: str = cif.calc_check_digits(base)  # as a digit, then as a letter
    return base + control[letra in "NPQRSW"]


def _sociedad(n: int, nombre: str, direccion: str) -> ClienteDemo:
    letras = {"S.A.": "A", "C.B.": "E", "Coop.": "F", "Comunidad": "H", "Asociación": "G"}
    letra = next((letra for marca, letra in letras.items() if marca in nombre), "B")
    return ClienteDemo(
        nombre,
        nif_de_sociedad(letra, 4610203 + 97 * n),
        f"administracion@{_dominio(nombre)}.example",
        f"+34 96{3100000 + 7919 * n}",
        direccion,
        "empresa",
    )


def _persona(n: int, nombre: str, direccion: str) -> ClienteDemo:
    number = f"{22541907 + 104729 * n:08}"
    usuario = ".".join(_plano(nombre).split()[:2])
    return ClienteDemo(
        nombre,
        number + dni.calc_check_digit(number),
        f"{usuario}@correo.example",
        f"+34 6{10200300 + 6571 * n}",
        direccion,
        "autonomo" if n % 2 else "particular",
    )


def _plano(texto: str) -> str:
    return texto.lower().translate(str.maketrans("áéíóúàèòñü", "aeiouaeonu"))


def _dominio(nombre: str) -> str:
    words = ["".join(c for c in palabra if c.isalnum()) for palabra in _plano(nombre).split(",")[0].split()]
    return "-".join(words[:3])


TRABAJOS: tuple[tuple[str, Decimal, dict[str, Any]], ...] = (
    ("Mantenimiento mensual de instalaciones", Decimal("185.00"), {}),
    ("Reparación de fontanería", Decimal("64.50"), {}),
    ("Revisión de la instalación eléctrica", Decimal("142.00"), {}),
    ("Pintura de interiores, por metro cuadrado", Decimal("9.75"), {}),
    ("Reforma de baño completo", Decimal("3480.00"), {"tipo_iva": "10"}),
    ("Sustitución de caldera", Decimal("1890.00"), {"tipo_iva": "10"}),
    ("Proyecto de climatización", Decimal("2250.00"), {}),
    ("Limpieza de final de obra", Decimal("310.00"), {}),
    ("Material de construcción para reventa", Decimal("540.00"), {"recargo_equivalencia": "5.2"}),
    ("Curso de prevención de riesgos", Decimal("420.00"), {"exencion": "E1"}),
    ("Obra con inversión del sujeto pasivo", Decimal("5200.00"), {"calificacion": "S2"}),
    ("Dirección técnica de la obra", Decimal("760.00"), {"irpf": "15"}),
)
"""What the demo company does: description, unit price, tax fields."""
