"""Owners, stages, conversion, velocity and volumes equal a recount of the lists, whatever was done."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from asked import asked, plans
from sqlalchemy import text

ZONE = ZoneInfo("Europe/Madrid")
START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OWNERS = (None, "ana", "leo")
KINDS = ("llamada", "email", "tarea", "venta")
PERIODS = (("2026-11-01", "2026-12-31"), ("2026-11-24", "2026-11-26"), ("2020-01-01", "2020-01-02"))
DAY = 86_400


def day(instant):
    return datetime.fromisoformat(instant).astimezone(ZONE).date()


def rounded(value, unit="0.1"):
    return value.quantize(Decimal(unit), ROUND_HALF_UP)


def plain(value):
    return None if value is None else f"{value:f}".removesuffix(".0")


def percent(part, whole):
    return plain(rounded(Decimal(100 * part) / whole)) if whole else None


def mean_days(seconds):
    return plain(rounded(Decimal(sum(seconds)) / (len(seconds) * DAY))) if seconds else None


class Team:
    """A company in which things are done at random."""

    def __init__(self, api, reloj, seed):
        self.api, self.reloj, self.dice = api, reloj, random.Random(seed)
        self.clients = [api.cliente(nombre_completo=f"c{n}")["id"] for n in range(2)]
        self.activities, self.deals, self.closed = [], [], {}
        self.stages = api.rows("etapas")
        api.patch(f"etapas/{self.stages[0]['id']}", {"dias_maximos": 2})

    def work(self, steps):
        for _ in range(steps):
            self.dice.choice((self._plan, self._plan, self._change, self._deal, self._move, self._close))()
            self.reloj.advance(hours=self.dice.randrange(12))

    def _plan(self):
        when = self.reloj.now + timedelta(hours=self.dice.randrange(-90, 90))
        given = {"tipo": self.dice.choice(KINDS), "responsable": self.dice.choice(OWNERS)}
        given |= {"fecha": when.isoformat(), "completada": self.dice.random() < 0.5}
        given["vence"] = self.dice.choice((None, when.isoformat()))
        self.activities.append(self.api.actividad(self.dice.choice(self.clients), **given)["id"])

    def _change(self):
        if self.activities:
            when = self.reloj.now + timedelta(hours=self.dice.randrange(-90, 90))
            body = self.dice.choice(
                (
                    {"completada": self.dice.random() < 0.5},
                    {"responsable": self.dice.choice(OWNERS)},
                    {"fecha": when.isoformat()},
                    {"tipo": self.dice.choice(KINDS)},
                    {"archivado": self.dice.random() < 0.5},
                    {"titulo": "Otro"},
                )
            )
            answer = self.api.patch(f"actividades/{self.dice.choice(self.activities)}", body)
            assert answer.status_code == 200, answer.text

    def _deal(self):
        given = {"valor": f"{self.dice.randrange(9_999)}.35", "responsable": self.dice.choice(OWNERS)}
        self.deals.append(self.api.oportunidad(self.dice.choice(self.clients), **given)["id"])

    def _move(self):
        if self.deals:
            stage = self.dice.choice(self.stages)["id"]
            self.api.put(f"oportunidades/{self.dice.choice(self.deals)}/etapa", {"etapa_id": stage})

    def _close(self):
        if self.deals:
            deal, state = self.dice.choice(self.deals), self.dice.choice(("ganada", "perdida", "abierta"))
            before = self.api.get(f"oportunidades/{deal}").json()["estado"]
            answer = self.api.put(f"oportunidades/{deal}/estado", {"estado": state, "motivo": "x"})
            if answer.status_code == 200 and before != state:
                self.closed[deal] = self.reloj.now

    # what the lists say

    def dated(self, since, until):
        rows = self.api.every_row("actividades", limite=200)
        return [r for r in rows if since <= day(r["fecha"]).isoformat() <= until]

    def ended(self, since, until):
        """Won and lost in the period, with how long each took in seconds."""
        rows = self.api.every_row("oportunidades", limite=200)
        for row in rows:
            if row["estado"] != "abierta":
                at = self.closed[row["id"]]
                if since <= at.astimezone(ZONE).date().isoformat() <= until:
                    took = at - datetime.fromisoformat(row["creado"])
                    yield row | {"segundos": int(took.total_seconds())}

    def opened(self):
        return [r for r in self.api.every_row("oportunidades", limite=200) if r["estado"] == "abierta"]


def worth(rows):
    return sum((Decimal(r["valor"]) for r in rows), Decimal(0))


@pytest.fixture(scope="module", params=range(2))
def worked(service, request):
    """A company that has worked, which tests look at, and when it had done."""
    service.reloj.now = START
    team = Team(service.company(), service.reloj, request.param)
    team.work(70)
    return team, service.reloj.now


@pytest.fixture
def team(worked, reloj):
    team, reloj.now = worked
    return team


@pytest.mark.parametrize(("since", "until"), PERIODS)
def test_owners_equal_a_recount(team, since, until):
    shown = team.api.get("estadisticas/responsables", desde=since, hasta=until).json()
    dated, ended, opened = team.dated(since, until), list(team.ended(since, until)), team.opened()
    owners = {r["responsable"] for r in (*dated, *ended, *opened)}
    assert {r["responsable"] for r in shown["responsables"]} == owners
    for row in shown["responsables"]:
        mine = [r for r in dated if r["responsable"] == row["responsable"]]
        pending = [r for r in mine if not r["completada"]]
        late = [r for r in pending if r["vence"] and r["vence"] < team.reloj.now.isoformat()]
        assert row["actividades"] == {
            "hechas": len(mine) - len(pending),
            "pendientes": len(pending),
            "vencidas": len(late),
        }
        deals = [r for r in ended if r["responsable"] == row["responsable"]]
        won, lost = ([r for r in deals if r["estado"] == state] for state in ("ganada", "perdida"))
        still = [r for r in opened if r["responsable"] == row["responsable"]]
        assert row["oportunidades"] == {
            "abiertas": len(still),
            "valor_abiertas": f"{worth(still):.2f}",
            "ganadas": len(won),
            "valor_ganado": f"{worth(won):.2f}",
            "perdidas": len(lost),
            "valor_perdido": f"{worth(lost):.2f}",
            "tasa_exito": percent(len(won), len(deals)),
            "dias_medios_hasta_ganar": mean_days([r["segundos"] for r in won]),
        }
        (alone,) = team.api.get(
            "estadisticas/responsables", desde=since, hasta=until, responsable=row["responsable"] or ""
        ).json()["responsables"]
        assert alone == row


@pytest.mark.parametrize("por", ["dia", "semana", "mes"])
def test_volumes_equal_a_recount(team, por):
    since, until = PERIODS[0]
    shown = team.api.get("estadisticas/actividades", desde=since, hasta=until, por=por).json()
    counted = defaultdict(Counter)
    for row in team.dated(since, until):
        when = day(row["fecha"])
        if por == "semana":
            when -= timedelta(days=when.isocalendar().weekday - 1)
        first = max(when.replace(day=1) if por == "mes" else when, date.fromisoformat(since)).isoformat()
        for key in ((first, row["tipo"]), ("", row["tipo"]), ("owner", row["responsable"])):
            counted[key][row["completada"]] += 1
    found = {
        (period["desde"], row["tipo"]): row for period in shown["periodos"] for row in period["por_tipo"]
    }
    found |= {("", row["tipo"]): row for row in shown["por_tipo"]}
    found |= {("owner", row["responsable"]): row for row in shown["por_responsable"]}
    assert found.keys() == counted.keys()
    for key, row in found.items():
        assert (row["hechas"], row["pendientes"]) == (counted[key][True], counted[key][False])
    of_ana = team.api.get(
        "estadisticas/actividades", desde=since, hasta=until, responsable="ana", tipo="tarea"
    ).json()
    mine = [r for r in team.dated(since, until) if (r["responsable"], r["tipo"]) == ("ana", "tarea")]
    assert of_ana["hechas"] + of_ana["pendientes"] == len(mine)


@pytest.mark.parametrize(("since", "until"), PERIODS)
def test_velocity_equals_a_recount(team, since, until):
    for owner in (None, "ana"):
        asked = {"desde": since, "hasta": until} | ({"responsable": owner} if owner else {})
        shown = team.api.get("estadisticas/velocidad", **asked).json()
        ended = [r for r in team.ended(since, until) if owner in {None, r["responsable"]}]
        opened = [r for r in team.opened() if owner in {None, r["responsable"]}]
        won = [r for r in ended if r["estado"] == "ganada"]
        seconds = sum(r["segundos"] for r in won)
        assert (shown["abiertas"], shown["tasa_exito"]) == (len(opened), percent(len(won), len(ended)))
        speed = None
        if seconds:
            rate, value = Decimal(len(won)) / len(ended), worth(won) / len(won)
            exact = len(opened) * rate * value / (Decimal(seconds) / len(won) / DAY)
            speed = f"{rounded(exact, '0.01'):.2f}"
        assert shown["velocidad"] == speed
        assert shown["valor_medio"] == (f"{rounded(worth(won) / len(won), '0.01'):.2f}" if won else None)


def test_stages_equal_the_board_and_the_analysis(team):
    since, until = PERIODS[0]
    shown = team.api.get("estadisticas/etapas", desde=since, hasta=until).json()["etapas"]
    board = {c["etapa"]["id"]: c for c in team.api.get("pipeline", tarjetas=50).json()["etapas"]}
    analysis = team.api.get("estadisticas/oportunidades", desde=since, hasta=until).json()["conversion"]
    assert [r["etapa_id"] for r in shown] == [s["id"] for s in team.stages]
    assert [r["salidas"] for r in shown if r["salidas"]] == analysis
    for row in shown:
        column = board[row["etapa_id"]]
        assert (row["abiertas"], row["valor_abiertas"]) == (column["oportunidades"], column["valor"])
        stuck = [card for card in column["tarjetas"] if card["atascada"]]
        assert (row["atascadas"], row["valor_atascadas"]) == (len(stuck), f"{worth(stuck):.2f}")


def test_conversion_equals_a_recount_of_the_states(api, reloj):
    dice = random.Random(4)
    reloj.now = datetime(2026, 8, 20, 9, tzinfo=UTC)
    clients = {}
    for number in range(20):
        source = dice.choice((None, "Feria", "Web"))
        clients[api.cliente(nombre_completo=f"c{number}", fuente=source)["id"]] = source
        for _ in range(3):
            client = dice.choice(list(clients))
            api.patch(f"clientes/{client}", {"estado": dice.choice(("prospecto", "activo", "inactivo"))})
            reloj.advance(hours=dice.randrange(60))
        if dice.random() < 0.1:
            api.delete(f"clientes/{dice.choice(list(clients))}")
    since, until = "2026-08-25", "2026-10-31"
    shown = api.get("estadisticas/conversion", desde=since, hasta=until).json()
    live = {c["id"] for c in api.every_row("clientes", limite=200)}
    groups = defaultdict(list)
    for client in live:
        states = api.every_row(f"clientes/{client}/estados", orden="desde")
        for state, after in zip(states, [*states[1:], None], strict=True):
            if state["estado"] == "prospecto" and since <= day(state["desde"]).isoformat() <= until:
                for key in (None, ("mes", day(state["desde"]).isoformat()[:7]), ("fuente", clients[client])):
                    groups[key].append((state, after))

    def counted(pairs):
        became = [(s, a) for s, a in pairs if a and a["estado"] == "activo"]
        took = [
            int((datetime.fromisoformat(a["desde"]) - datetime.fromisoformat(s["desde"])).total_seconds())
            for s, a in became
        ]
        return {
            "prospectos": len(pairs),
            "convertidos": len(became),
            "perdidos": sum(bool(a) and a["estado"] == "inactivo" for _, a in pairs),
            "tasa": percent(len(became), len(pairs)),
            "dias_medios": mean_days(took),
        }

    assert {name: shown[name] for name in counted([])} == counted(groups[None])
    assert shown["por_mes"] == [
        {"mes": mes} | counted(groups["mes", mes])
        for kind, mes in sorted(filter(None, groups), key=str)
        if kind == "mes"
    ]
    found = {row["fuente"]: row for row in shown["por_fuente"]}
    assert found == {
        name: {"fuente": name} | counted(pairs)
        for key, pairs in groups.items()
        if key
        for kind, name in [key]
        if kind == "fuente"
    }


@pytest.mark.parametrize("path", ["responsables", "conversion", "actividades"])
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"desde": "2026-11-02", "hasta": "2026-11-01"}, "periodo_al_reves"),
        ({"desde": "2001-01-01", "hasta": "2026-11-01"}, "periodo_largo"),
    ],
)
def test_days_that_cannot_be_are_refused(api, path, asked, code):
    answer = api.get(f"estadisticas/{path}", **asked)
    assert answer.status_code == 422
    assert answer.json()["errores"][0]["codigo"] == code


def test_without_days_the_last_ones_are_meant(api):
    shown = api.get("estadisticas/actividades").json()
    assert (shown["desde"], shown["hasta"], shown["hechas"]) == ("2026-10-26", "2026-11-24", 0)


def test_another_companys_figures_are_not_seen(api, service):
    stranger = service.company()
    client = stranger.cliente()["id"]
    stranger.actividad(client, completada=True)
    stranger.oportunidad(client)
    assert api.get("estadisticas/actividades").json()["hechas"] == 0
    assert api.get("estadisticas/responsables").json()["responsables"] == []
    assert api.get("estadisticas/velocidad").json()["abiertas"] == 0
    assert api.get("estadisticas/conversion").json()["prospectos"] == 0
    assert api.get(f"clientes/{client}/estadisticas").status_code == 404


def test_volumes_read_one_row_a_day_owner_and_type_however_many_activities_there_are(api, service):
    client = api.cliente()["id"]
    for _ in range(30):
        api.actividad(client)
    with service.database.reading() as session:
        count = text("SELECT count(*) FROM actividades_dias WHERE empresa_id = :empresa")
        assert session.execute(count, {"empresa": api.empresa_id}).scalar_one() <= 8


def test_what_is_open_is_summed_in_indexes(service, api):
    api.oportunidad(api.cliente()["id"])
    with asked() as statements:
        for path in ("responsables", "etapas", "conversion"):
            api.get(f"estadisticas/{path}")
    of_tables = ("FROM oportunidades", "FROM actividades", "FROM clientes_estados")
    rows = [each for each in statements if any(table in each.sql for table in of_tables)]
    every = "\n".join(plans(service.database, rows))
    wanted = (
        "idx_oportunidades_abiertas_responsable",
        "idx_oportunidades_abiertas_etapa",
        "idx_clientes_estados_desde",
        "idx_actividades_pendientes",
    )
    if service.database.dialect == "sqlite":  # of indexes of a small table PostgreSQL takes any
        assert [index for index in wanted if index not in every] == []
    assert "Seq Scan" not in every
