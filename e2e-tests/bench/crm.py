"""The CRM as clients grow: the same questions to companies of 10,000, 100,000 and 1,000,000 of them.

They are companies of one database, asked by turns, so that what else the machine does falls on all alike.
The first clients bring words in through the API, so that who mistypes them finds them; the others, and what
goes with them, are written straight into the tables.
"""

import os
import statistics
import time
from datetime import UTC, datetime

from crm_alone import Crm

from .crm_rows import TRADES, WORDS, Loader, Words, an_id, nif, seller
from .report import Figure

SIZES = (10_000, 100_000, 1_000_000)
ASKED = int(os.environ.get("BENCH_PREGUNTAS", "200"))
"""How often each question is put to each company."""

_EACH = 8
"""Words of a client that brings some in."""

_DEEP = 9_800
"""Rows before the deep page: all but one page of the smallest company, by pages of 200."""

_SELLERS = 40
"""How many people who sell are asked about: as many as the smallest company has, nearly."""

BUSY = f"clientes/{an_id('cli', 1)}"
QUESTIONS = {
    "search, exact name": ("busqueda", {"q": "{name}"}),
    "search, NIF": ("busqueda", {"q": "{nif}"}),
    "search, beginnings of two words": ("busqueda", {"q": "{trade:.5} {word:.5}"}),
    "search, a word mistyped": ("busqueda", {"q": "{mistyped}"}),
    "search, a word that one in eight has": ("busqueda", {"q": "{trade}"}),
    "list, newest first": ("clientes", {}),
    "list, by name, deep": ("clientes", {"orden": "nombre", "cursor": "{deep}"}),
    "list, of one who sells": ("clientes", {"responsable": "{seller}"}),
    "board": ("pipeline", {"tarjetas": "50"}),
    "agenda of one, today": ("agenda", {"responsable": "{seller}", "atrasadas": "false"}),
    "agenda of one, with what is late": ("agenda", {"responsable": "{seller}"}),
    "agenda of all, today": ("agenda", {"atrasadas": "false"}),
    "timeline": (f"{BUSY}/historial", {}),
    "timeline, by kind": (f"{BUSY}/historial", {"tipo": "llamada"}),
    "figures of a client": (f"{BUSY}/estadisticas", {}),
    "summary": ("resumen", {}),
}
"""What is asked: a path, and parameters in which a company puts what it has."""


class Sized:
    """A company of so many clients, and whoever asks it."""

    def __init__(self, crm, words, size):
        self.size, self._words = size, words
        self.company = crm.company()
        self._deep = ""
        api, trade = self.company.api, TRADES[0]
        for n in range(0, WORDS, _EACH):
            api.post("clientes", nombre_completo=" ".join((trade, *words.all[n : n + _EACH])))
        client = api.post("clientes", nombre_completo="Talleres", cif_nif="B10000008", estado="activo")
        where, known = f"clientes/{client['id']}", {"responsable": seller(0)}
        now = datetime.now(UTC).isoformat()
        api.post(f"{where}/actividades", tipo="llamada", titulo="Llamar", fecha=now, vence=now, **known)
        api.post(f"{where}/oportunidades", titulo="Mantenimiento", valor="100.00", **known)

    def look_deep(self):
        """Have the cursor of a page that lies deep in the list of clients."""
        params = {"limite": 200, "orden": "nombre"}
        for _ in range(min(_DEEP, self.size - 200) // 200):
            params["cursor"] = self.company.api.get("clientes", **params)["siguiente"]
        self._deep = params["cursor"]

    def milliseconds(self, path, params, turn):
        """How long the answer to a question takes; each turn asks about another client."""
        number = (turn * 104_729 + 17) % self.size
        trade, word, last = self._words.name(number)
        known = {
            "name": f"{trade} {word} {last}",
            "trade": trade,
            "word": word,
            "mistyped": _mistyped(word),
            "nif": nif(number),
            "seller": seller(turn % _SELLERS),
            "deep": self._deep,
        }
        asked = {name: value.format(**known) for name, value in params.items()}
        began = time.perf_counter()
        answer = self.company.api.http.get(path, params=asked)
        waited = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, answer.text
        return waited


def _mistyped(word):
    """The word with one letter in the middle another."""
    at = len(word) // 2
    return word[:at] + ("x" if word[at] != "x" else "k") + word[at + 1 :]


def measure(kind, folder, sizes=SIZES):
    """Figures of one kind of database: each question, to the last company beside the first."""
    databases, words = kind.fresh(folder), Words()
    crm = Crm(databases, folder)
    try:
        crm.process.start()
        companies = [Sized(crm, words, size) for size in sizes]
        crm.process.stop()
        began = time.perf_counter()
        for sized in companies:
            Loader(crm.database, sized.company.id, words).load(sized.size)
        seconds = time.perf_counter() - began
        yield Figure(f"{kind.name}: CRM, writing {sum(sizes):,} clients into the tables", seconds, "s")
        crm.process.start()
        for sized in companies:
            sized.look_deep()
        for name, (path, params) in QUESTIONS.items():
            yield _figure(f"{kind.name}: CRM, {name}, {sizes[-1]:,} clients", companies, path, params)
    finally:
        crm.close()
        kind.drop(databases)


def _figure(name, companies, path, params):
    """A question put by turns to each company, a few times for nothing first."""
    waits = {sized.size: [] for sized in companies}
    for turn in range(-5, ASKED):
        for sized in companies:
            waited = sized.milliseconds(path, params, turn % sized.size)
            if turn >= 0:
                waits[sized.size].append(waited)
    medians = {size: statistics.median(found) for size, found in waits.items()}
    more = {f"ms with {size:,}": ms for size, ms in medians.items()}
    more |= {f"p99 ms with {n:,}": statistics.quantiles(found, n=100)[-1] for n, found in waits.items()}
    first, last = min(medians), max(medians)
    return Figure(
        name, medians[last], "ms", medians[first], f"with {first:,}", goal=2.0, at_most=True, more=more
    )
