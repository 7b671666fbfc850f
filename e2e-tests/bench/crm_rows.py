"""Clients of the CRM, and what goes with them, written straight into its tables, in sizes that no API is for.

Words are made up, of syllables. What a row does not say is as in a row that the service made.
"""

import itertools
import random
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import psycopg
from psycopg.types.json import Json
from stdnum.es import cif

CLIENTS_OF_ONE = 200
"""Clients that one person looks after."""

BUSY = 2_000
"""Entries in the timeline of the client that has many, number 1."""

TRADES = ("talleres", "bodegas", "hotel", "imprenta", "viveros", "transportes", "asesoria", "ferreteria")
_STARTS = ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "ll", "br", "tr")
_VOWELS, _ENDS = ("a", "e", "i", "o", "u"), ("", "n", "r", "s", "l")
WORDS = 1200


class Words:
    """What clients of a company are called: the words of any two companies are the same."""

    def __init__(self):
        chance, made = random.Random(20261130), set()
        while len(made) < WORDS:
            syllables = (
                chance.choice(_STARTS) + chance.choice(_VOWELS) + chance.choice(_ENDS)
                for _ in range(chance.choice((2, 3, 3, 4)))
            )
            made.add("".join(syllables))
        self.all = sorted(made)

    def name(self, number):
        """What client `number` is called: three words, the last two of them chosen by it."""
        mixed = (number * 7919 + 13) % (WORDS * WORDS)
        return TRADES[number % len(TRADES)], self.all[mixed // WORDS], self.all[mixed % WORDS]


def seller(number):
    """Whose clients these are."""
    return f"vendedor {number}"


def an_id(prefix, number):
    """The id of row `number`."""
    return f"{prefix}_{number:032x}"


def nif(number):
    """The NIF of client `number`."""
    body = f"B{number:07}"
    return body + cif.calc_check_digits(body)[0]


class Loader:
    """Writes clients, and what goes with them, straight into the tables of a company, as its own rows are."""

    def __init__(self, database, empresa_id, words):
        self._database, self._empresa_id, self._words = database, empresa_id, words
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._stages = [row["id"] for row in self._rows("etapas")]

    def load(self, size):
        """So many clients; each with an activity, each fifth with an opportunity."""
        with closing(self._connect()) as connection:
            self._fill(connection, "clientes", self._clients(size))
            self._fill(connection, "busqueda", self._found(size), template=False)
            self._fill(connection, "actividades", self._activities(size))
            self._fill(connection, "historial", self._timeline(size))
            self._fill(connection, "oportunidades", self._deals(size))
            self._fill(connection, "oportunidades_abiertas", self._sums(size))
            connection.commit()
        self._settle()

    def _settle(self):
        """Do what a database does by itself once it has been filled for a while: it knows its tables."""
        with closing(self._connect()) as connection:
            if self._database.is_postgresql:
                connection.commit()
                connection.autocommit = True
                connection.execute("VACUUM (ANALYZE)")
            else:
                connection.execute("ANALYZE")
                connection.commit()

    def _clients(self, size):
        for n in range(size):
            name = " ".join(self._words.name(n))
            yield {
                "id": an_id("cli", n),
                "nombre_completo": name,
                "nombre_orden": name,
                "cif_nif": nif(n),
                "responsable": seller(n // CLIENTS_OF_ONE),
                "creado": self._moment(self._now - timedelta(seconds=size - n)),
            }

    def _found(self, size):
        for n in range(size):
            own = nif(n).lower()
            for token in (*dict.fromkeys(self._words.name(n)), f"{own} ", f"es{own} "):
                yield {
                    "empresa_id": self._empresa_id,
                    "tipo": "cliente",
                    "token": token,
                    "recurso_id": an_id("cli", n),
                }

    def _activities(self, size):
        """One each, on some day of the last hundred or the next, and those of a client that has many."""
        for n in range(size):
            when = self._now + timedelta(minutes=(n * 7919) % (200 * 24 * 60) - 100 * 24 * 60)
            done = when < self._now and n % 50 > 0  # one in fifty is late
            yield self._activity(n, n, when, done=done, owner=seller(n // CLIENTS_OF_ONE))
        for n in range(BUSY):
            yield self._activity(size + n, 1, self._now - timedelta(hours=n + 1), done=True, owner=None)

    def _activity(self, number, client, when, *, done, owner):
        moment = self._moment(when)
        return {
            "id": an_id("act", number),
            "cliente_id": an_id("cli", client),
            "fecha": moment,
            "vence": moment,
            "agenda": moment,
            "completada": done if self._database.is_postgresql else int(done),
            "completada_en": moment if done else None,
            "responsable": owner,
        }

    def _timeline(self, size):
        of_all = ((n, n, self._now - timedelta(minutes=n % 9999)) for n in range(size))
        of_one = ((size + n, 1, self._now - timedelta(hours=n + 1)) for n in range(BUSY))
        for number, client, moment in itertools.chain(of_all, of_one):
            yield {
                "id": an_id("his", number),
                "cliente_id": an_id("cli", client),
                "tipo": "llamada" if number % 2 else "reunion",
                "fecha": self._moment(moment),
                "recurso_tipo": "actividad",
                "recurso_id": an_id("act", number),
            }

    def _deals(self, size):
        for n in range(size // 5):
            yield {
                "id": an_id("opo", n),
                "cliente_id": an_id("cli", n * 5),
                "etapa_id": self._stages[n % len(self._stages)],
                "valor": 10_000,
                "cierre_previsto": self._day(n),
                "responsable": seller(n * 5 // CLIENTS_OF_ONE),
                "creado": self._moment(self._now - timedelta(seconds=size - n)),
            }

    def _sums(self, size):
        """The running figures that the board reads: by stage and month."""
        sums = {}
        for n in range(size // 5):
            key = (self._stages[n % len(self._stages)], self._month(n))
            sums[key] = sums.get(key, 0) + 1
        for (stage, month), many in sums.items():
            yield {
                "etapa_id": stage,
                "mes": month,
                "franja": 0,
                "oportunidades": many,
                "valor": many * 10_000,
            }

    @staticmethod
    def _month(number):
        return f"{2027 + number % 12 // 6}-{number % 6 + 1:02}"

    def _day(self, number):
        day = f"{self._month(number)}-15"
        return date.fromisoformat(day) if self._database.is_postgresql else day

    def _moment(self, moment):
        return moment if self._database.is_postgresql else f"{moment:%Y-%m-%d %H:%M:%S}.000000"

    def _rows(self, table):
        return self._database.rows(table, empresa_id=self._empresa_id)

    def _fill(self, connection, table, rows, *, template=True):
        """Write rows; what they do not say is as in a row that the service made."""
        first = next(rows)
        like = self._rows(table)[-1] if template else {}
        columns = list(like or first)
        rest = [
            Json(value) if self._database.is_postgresql and isinstance(value, list | dict) else value
            for value in map(like.get, columns)
        ]
        places = [(columns.index(name), name) for name in first]

        def values():
            for row in itertools.chain([first], rows):
                made = rest.copy()
                for place, name in places:
                    made[place] = row[name]
                yield made

        if self._database.is_postgresql:
            with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in values():
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values())

    def _connect(self):
        if self._database.is_postgresql:
            connection = psycopg.connect(self._database.address)
            connection.execute("SET session_replication_role = replica")  # no foreign keys looked up
            return connection
        connection = sqlite3.connect(self._database.address, timeout=60)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        return connection
