"""What the product says of the month, held to the books."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from .figures import Figures, day, money

FIELDS = ("ganadas", "perdidas", "valor_ganado", "valor_perdido", "tasa_exito", "dias_medios_hasta_ganar")

LEFT = (
    *("salidas", "avanzan", "retroceden", "a_otro_embudo", "ganadas", "perdidas"),
    *("tasa", "dias_medios"),
)


class Checks:
    """Each compares what the API answers with what the books add up to now."""

    def __init__(self, api, books, clock, owners):
        self._api, self._books, self._clock, self._owners = api, books, clock, owners

    @property
    def figures(self):
        return Figures(self._books, self._clock.now)

    def in_short(self):
        """What a team looks at every week."""
        figures = self.figures
        _same("resumen", self._api.get("resumen"), figures.summary())
        today = day(figures.now)
        pipelines = sorted({stage.pipeline for stage in self._books.stages})
        for pipeline in pipelines:
            self._board(pipeline)
            self._analysis(today - timedelta(days=6), today, pipeline)
        self._analysis(today.replace(day=1), today, None)
        self._team(today - timedelta(days=9), today)
        for owner in self._owners:
            self._agenda(owner, today, today)
            self._agenda(owner, today, today + timedelta(days=6))

    def whole(self):
        """Everything that the month left behind."""
        self.in_short()
        self._rows()
        self._totals()
        for client in self._books.clients.values():
            if client.merged is None:
                self._client(client)
        self._found()
        self._timelines()
        self._tables()

    def _board(self, pipeline):
        said = self._api.get("pipeline", embudo_id=pipeline, tarjetas=1)
        sums = ("oportunidades", "valor", "valor_ponderado")

        def of(row):
            return {name: row[name] for name in sums}

        shown = {
            "etapas": {row["etapa"]["id"]: of(row) for row in said["etapas"]},
            "totales": of(said["totales"]),
            "prevision": {row["mes"]: of(row) for row in said["prevision"]},
        }
        _same("pipeline", shown, self.figures.board(pipeline))
        for stage, column in shown["etapas"].items():
            cards = self._api.rows(f"pipeline/{stage}")
            there = [d for d in self.figures.deals if d.state == "abierta" and d.stage.id == stage]
            assert {card["id"]: card["valor"] for card in cards} == {d.id: money(d.value) for d in there}
            assert column["oportunidades"] == len(cards)
            for card in cards:
                deal = self._books.deals[card["id"]]
                assert card["dias_en_etapa"] == (self._clock.now - deal.stays[-1].since).days
                assert card["cliente_id"] == deal.client
                assert card["atascada"] is False  # no stage says how long one may stay

    def _analysis(self, since, until, pipeline):
        params = {} if pipeline is None else {"embudo_id": pipeline}
        said = self._api.get("estadisticas/oportunidades", desde=str(since), hasta=str(until), **params)
        many = ("oportunidades", "valor")

        def by(rows, key, names):
            return {key(row): {name: row[name] for name in names} for row in rows}

        shown = {name: said[name] for name in (*FIELDS, "velocidad")} | {
            "por_motivo": by(said["por_motivo"], lambda row: (row["motivo"], row["estado"]), many),
            "por_responsable": by(said["por_responsable"], lambda row: row["responsable"], FIELDS),
            "perdidas_por_etapa": by(said["perdidas_por_etapa"], lambda row: row["etapa_id"], many),
            "conversion": by(said["conversion"], lambda row: row["etapa_id"], LEFT),
        }
        _same("oportunidades", shown, self.figures.analysis(since, until, pipeline))

    def _team(self, since, until):
        """Owners, stages, velocity, conversion and volumes of the days from `since` to `until`."""
        days, figures = {"desde": str(since), "hasta": str(until)}, self.figures
        said = self._api.get("estadisticas/responsables", **days)["responsables"]
        shown = {
            row["responsable"]: {name: row[name] for name in ("actividades", "oportunidades")} for row in said
        }
        _same("responsables", shown, figures.team(since, until))
        said = self._api.get("estadisticas/etapas", **days)["etapas"]
        for row in said:
            wanted = figures.stages(since, until)[row["etapa_id"]]
            left = row["salidas"] and {name: row["salidas"][name] for name in LEFT}
            _same("etapas", {name: row[name] for name in wanted} | {"salidas": left}, wanted)
        assert len(said) == len(self._books.stages)
        for owner in self._owners:
            for path, wanted in (
                ("velocidad", figures.speed(since, until, owner)),
                ("conversion", figures.converted(since, until, owner)),
            ):
                said = self._api.get(f"estadisticas/{path}", responsable=owner, **days)
                _same(path, {name: said[name] for name in wanted}, wanted)
        said = self._api.get("estadisticas/actividades", **days)
        assert {
            **_named(said, "hechas", "pendientes"),
            "por_tipo": {row["tipo"]: _named(row, "hechas", "pendientes") for row in said["por_tipo"]},
            "por_responsable": {
                row["responsable"]: _named(row, "hechas", "pendientes") for row in said["por_responsable"]
            },
            "periodos": {
                row["desde"]: {kind["tipo"]: _named(kind, "hechas", "pendientes") for kind in row["por_tipo"]}
                for row in said["periodos"]
            },
        } == figures.volumes(since, until)

    def _agenda(self, owner, first, last):
        for late in (True, False):
            params = {
                "responsable": owner,
                "desde": str(first),
                "hasta": str(last),
                "atrasadas": str(late).lower(),
            }
            rows = self._api.rows("agenda", **params)
            wanted = self.figures.agenda(owner, first, last, late=late)
            assert {row["id"] for row in rows} == wanted
            assert self._api.total("agenda", **params) == len(wanted)
            slots = [self._books.activities[row["id"]].slot for row in rows]
            assert slots == sorted(slots)
            assert [row["atrasada"] for row in rows] == [slot < self._clock.now for slot in slots]

    def _rows(self):
        """Every row of every list, what is put away too."""
        books, away = self._books, {"archivados": "true"}
        shown = {
            row["id"]: (
                row["nombre_completo"],
                row["estado"],
                row["tipo_cliente"],
                row["responsable"],
                tuple(sorted(row["etiquetas"])),
                row["archivado"],
            )
            for row in self._api.rows("clientes", **away)
        }
        wanted = {
            c.id: (c.name, c.state, c.kind, c.owner, c.tags, c.away)
            for c in books.clients.values()
            if c.merged is None
        }
        _same("clientes", shown, wanted)
        shown = {
            row["id"]: (
                row["archivado"],
                {at["cliente_id"]: (at["rol"], at["principal"]) for at in row["clientes"]},
            )
            for row in self._api.rows("contactos", **away)
        }
        _same("contactos", shown, {c.id: (c.away, c.at) for c in books.contacts.values()})
        self._activities()
        shown = {
            row["id"]: (
                row["cliente_id"],
                row["valor"],
                row["estado"],
                row["motivo"],
                row["etapa"]["id"],
                row["responsable"],
                row["cierre_previsto"],
                row["archivado"],
                _instant(row["cerrada"]),
            )
            for row in self._api.rows("oportunidades", **away)
        }
        wanted = {
            d.id: (
                d.client,
                money(d.value),
                d.state,
                d.reason,
                d.stage.id,
                d.owner,
                d.closes and str(d.closes),
                d.away,
                d.closed,
            )
            for d in books.deals.values()
        }
        _same("oportunidades", shown, wanted)

    def _activities(self):
        shown = {
            row["id"]: (
                row["cliente_id"],
                row["tipo"],
                row["titulo"],
                _instant(row["fecha"]),
                _instant(row["vence"]),
                _instant(row["completada_en"]),
                row["responsable"],
                row["prioridad"],
                row["subtipo"],
                row["ordinal"],
                row["siguiente_id"],
                row["archivado"],
                row["importe"],
            )
            for row in self._api.rows("actividades", archivados="true")
        }
        wanted = {
            a.id: (
                a.client,
                a.kind,
                a.title,
                a.when,
                a.due,
                a.done,
                a.owner,
                a.priority,
                a.own_kind,
                a.ordinal,
                a.next,
                a.away,
                money(a.amount or 0),
            )
            for a in self._books.activities.values()
        }
        _same("actividades", shown, wanted)

    def _totals(self):
        """How many rows lists say that there are, by every filter that the month gives something to."""
        figures = self.figures
        clients, activities, deals = figures.clients, figures.activities, figures.deals

        def same(path, rows, key, param):
            for value, many in Counter(map(key, rows)).items():
                if value is not None:
                    assert (
                        self._api.total(
                            path, **{param: str(value).lower() if value in (True, False) else value}
                        )
                        == many
                    )

        same("clientes", clients, lambda c: c.state, "estado")
        same("clientes", clients, lambda c: c.kind, "tipo_cliente")
        same("clientes", clients, lambda c: c.owner, "responsable")
        same("actividades", activities, lambda a: a.kind, "tipo")
        same("actividades", activities, lambda a: a.done is not None, "completada")
        same("actividades", activities, lambda a: a.owner, "responsable")
        same("actividades", activities, lambda a: a.priority, "prioridad")
        same("actividades", activities, lambda a: a.own_kind, "subtipo")
        same("actividades", activities, figures.is_overdue, "vencidas")
        same("oportunidades", deals, lambda d: d.state, "estado")
        same("oportunidades", deals, lambda d: d.stage.id, "etapa_id")
        same("oportunidades", deals, lambda d: d.stage.pipeline, "embudo_id")
        same("oportunidades", deals, lambda d: d.owner, "responsable")
        for tag in {tag for client in clients for tag in client.tags}:
            assert self._api.total("clientes", etiqueta=tag) == sum(tag in c.tags for c in clients)
        for week in range(4):
            first = day(figures.now) - timedelta(days=7 * week)
            there = [a for a in activities if first <= day(a.when) <= first + timedelta(days=2)]
            params = {"desde": str(first), "hasta": str(first + timedelta(days=2))}
            assert self._api.total("actividades", **params) == len(there)

    def _client(self, client):
        said, wanted = self._api.get(f"clientes/{client.id}/estadisticas"), self.figures.of_client(client)
        contact, step = said["ultimo_contacto"], said["proximo_paso"]
        shown = {name: said[name] for name in wanted} | {
            "ultimo_contacto": contact and _instant(contact["fecha"]),
            "proximo_paso": step and (_instant(step["cuando"]), step["atrasada"]),
            "actividades": {row["tipo"]: (row["hechas"], row["pendientes"]) for row in said["actividades"]},
        }
        _same(client.id, shown, wanted)
        points = said["puntuacion"]
        assert points["valor"] == sum(part["puntos"] for part in points["motivos"])
        assert all(
            0 <= part["puntos"] <= part["maximo"] and part["explicacion"] for part in points["motivos"]
        )

    def _found(self):
        """Who is called something is found by it, and nobody else by a name that nobody else has."""
        clients = self.figures.clients
        for client in clients[::7]:
            hits = self._api.get("busqueda", q=client.name, tipo="cliente")["datos"]
            exact = [hit["id"] for hit in hits if hit["coincide"] == "exacta"]
            assert exact == [c.id for c in clients if set(client.name.split()) <= set(c.name.split())]
            assert [row["id"] for row in self._api.rows("clientes", buscar=client.name.upper())] == exact
            if client.nif:
                spelt = f"{client.nif[0]}-{client.nif[1:]}"
                assert [row["id"] for row in self._api.rows("clientes", buscar=spelt)] == [client.id]
        for words in {" ".join(client.name.split()[:2]) for client in clients if client.owner}:
            named = {c.id for c in clients if c.name.startswith(f"{words} ")}
            assert {row["id"] for row in self._api.rows("clientes", buscar=words)} == named

    def _timelines(self):
        """Each activity that is not put away is once in its client's timeline, and in no other."""
        for client in [c for c in self._books.clients.values() if c.merged is None][::5]:
            told = Counter(row["recurso"]["id"] for row in self._api.rows(f"clientes/{client.id}/historial"))
            mine = Counter(a.id for a in self.figures.activities if a.client == client.id)
            assert {id_: n for id_, n in told.items() if id_.startswith("act_")} == mine

    def _tables(self):
        """A list as a file has as many rows as the list."""
        for path in ("clientes", "contactos", "actividades", "oportunidades"):
            answer = self._api.http.get(f"exportaciones/{path}", params={"formato": "csv"})
            assert answer.status_code == 200, answer.text
            assert len(answer.text.splitlines()) == 1 + self._api.total(path)


def _instant(text):
    return text and datetime.fromisoformat(text).astimezone(UTC)


def _named(row, *names):
    return {name: row[name] for name in names}


def _same(what, said, wanted):
    """Fails with what is not the same, for a person to read."""
    names = said.keys() | wanted.keys()
    wrong = {name: (said.get(name), wanted.get(name)) for name in names if said.get(name) != wanted.get(name)}
    assert not wrong, f"{what}: {wrong}"
    assert said == wanted, what
