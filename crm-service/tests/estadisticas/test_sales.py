"""Board, stays and analysis equal a recount of what was done, whatever was done."""

import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sales_model import Company, Deal, Stage, Stay

FIRST, LAST = "2026-11-24", "2026-12-31"
ENDS = ("ganada", "perdida", "abierta")
REASONS = ("Precio", "Plazo")
DEAL = st.integers(0, 3)
STAGE = st.integers(0, 5)
VALUE = st.decimals(0, 9999, places=2)
CLOSE = st.sampled_from([None, "2026-11-30", "2026-12-01", "2026-12-31"])
OWNER = st.sampled_from([None, "ana", "leo"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("make"), VALUE, STAGE, CLOSE, OWNER),
        st.tuples(st.just("move"), DEAL, STAGE),
        st.tuples(st.just("end"), DEAL, st.sampled_from(["ganada", "perdida"]), st.sampled_from(REASONS)),
        st.tuples(st.just("reopen"), DEAL),
        st.tuples(st.just("away"), DEAL, st.booleans()),
        st.tuples(st.just("change"), DEAL, VALUE, CLOSE, OWNER),
        st.tuples(st.just("wait"), st.integers(1, 30 * 3600)),
    ),
    min_size=12,
    max_size=25,
)


class Both:
    """The service and the model, to which the same is done."""

    def __init__(self, api, reloj):
        self.api, self.reloj = api, reloj
        api.post("embudos", {"nombre": "B", "etapas": [{"nombre": n, "probabilidad": 33} for n in "XY"]})
        self.pipelines = [row["id"] for row in api.rows("embudos")]
        rows = [row for each in self.pipelines for row in api.rows("etapas", embudo_id=each)]
        self.model = Company(
            [Stage(r["id"], r["nombre"], r["embudo_id"], r["posicion"], r["probabilidad"]) for r in rows]
        )
        self.client = api.cliente()["id"]
        for number in range(2):
            self._make(Decimal("100.05"), number, "2026-12-01", "ana")

    def do(self, kind, *args):
        getattr(self, f"_{kind}")(*args)

    def _make(self, value, stage, close, owner):
        if len(self.model.deals) == 4:
            return
        stage = self.model.stages[stage]
        given = {"valor": str(value), "etapa_id": stage.id, "cierre_previsto": close, "responsable": owner}
        made = self.api.oportunidad(self.client, **given)
        now = self.reloj.now
        self.model.deals.append(Deal(made["id"], value, close, owner, now, [Stay(stage, now)]))

    def _move(self, number, stage):
        if (deal := self._deal(number)) is None:
            return
        stage = self.model.stages[stage]
        same, closed = stage is deal.stage, deal.state != "abierta"
        self._answers(409 if closed and not same else 200, deal, "/etapa", {"etapa_id": stage.id})
        if not same and not closed:
            deal.move(stage, self.reloj.now)

    def _end(self, number, state, reason):
        if (deal := self._deal(number)) is None:
            return
        wrong = deal.state not in {"abierta", state}
        self._answers(409 if wrong else 200, deal, "/estado", {"estado": state, "motivo": reason})
        if deal.state == "abierta":
            deal.end(state, reason, self.reloj.now)

    def _reopen(self, number):
        if (deal := self._deal(number)) is None:
            return
        self._answers(200, deal, "/estado", {"estado": "abierta"})
        if deal.state != "abierta":
            deal.reopen(self.reloj.now)

    def _away(self, number, away):
        if (deal := self._deal(number)) is not None:
            self._patch(deal, {"archivado": away})
            deal.away = away

    def _change(self, number, value, close, owner):
        if (deal := self._deal(number)) is not None:
            self._patch(deal, {"valor": str(value), "cierre_previsto": close, "responsable": owner})
            deal.value, deal.close, deal.owner = value, close, owner

    def _wait(self, seconds):
        self.reloj.advance(seconds=seconds)

    def _deal(self, number):
        return self.model.deals[number] if number < len(self.model.deals) else None

    def _patch(self, deal, body):
        assert self.api.patch(f"oportunidades/{deal.id}", body).status_code == 200

    def _answers(self, status, deal, suffix, body):
        answer = self.api.put(f"oportunidades/{deal.id}{suffix}", body)
        assert answer.status_code == status, answer.text

    def check(self):
        """Everything that the service shows is what the model works out."""
        for pipeline in self.pipelines:
            self._check_board(pipeline)
        for deal in self.model.deals:
            self._check_stays(deal)
        other = self.pipelines[1]
        for since, until, pipeline in (
            (FIRST, LAST, None),
            (FIRST, LAST, other),
            ("2026-11-25", "2026-11-26", None),
            ("2020-01-01", "2020-01-02", other),
        ):
            self._check_analysis(since, until, pipeline)
        worth = [d.value for d in self.model.deals if d.state == "abierta" and not d.away]
        assert (
            self.api.get("resumen").json()["valor_oportunidades_abiertas"] == f"{sum(worth, Decimal(0)):.2f}"
        )

    def _check_board(self, pipeline):
        shown = self.api.get("pipeline", embudo_id=pipeline).json()
        columns, total, forecast = self.model.board(pipeline)
        sums = ("oportunidades", "valor", "valor_ponderado")
        assert [
            {name: c[name] for name in sums} | {"etapa": c["etapa"]["id"]} for c in shown["etapas"]
        ] == columns
        assert [len(c["tarjetas"]) for c in shown["etapas"]] == [c["oportunidades"] for c in columns]
        assert shown["totales"] == total
        assert shown["prevision"] == forecast

    def _check_stays(self, deal):
        rows = self.api.rows(f"oportunidades/{deal.id}/etapas", orden="desde")
        assert [(r["etapa"]["id"], r["desde"], r["hasta"], r["salida"]) for r in rows] == [
            (s.stage.id, s.since.isoformat(), s.until and s.until.isoformat(), s.way) for s in deal.stays
        ]

    def _check_analysis(self, since, until, pipeline):
        params = {"desde": since, "hasta": until} | ({"embudo_id": pipeline} if pipeline else {})
        shown = self.api.get("estadisticas/oportunidades", **params).json()
        keys = {
            "por_motivo": lambda row: (row.pop("motivo"), row.pop("estado")),
            "por_responsable": lambda row: row.pop("responsable"),
            "perdidas_por_etapa": lambda row: (row.pop("etapa"), row.pop("etapa_id"))[1],
            "conversion": lambda row: (row.pop("etapa"), row.pop("etapa_id"))[1],
        }
        for name, key in keys.items():
            shown[name] = {key(row): row for row in shown[name]}
        expected = self.model.analysis(since, until, pipeline)
        assert {name: shown[name] for name in expected} == expected


@given(STEPS)
@settings(
    max_examples=7,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # to shrink an example of a hundred requests takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_figure_equals_a_recount_after_whatever_is_done(service, reloj, steps):
    both = Both(service.company(), reloj)
    for step in steps:
        both.do(*step)
    both.check()


def test_figures_hold_when_many_write_at_once(api):
    client, stages = api.cliente()["id"], [row["id"] for row in api.rows("etapas")]
    paths = [f"oportunidades/{api.oportunidad(client, valor=n)['id']}" for n in range(1, 5)]
    dice = random.Random(5)
    moves = (
        lambda path: api.put(f"{path}/etapa", {"etapa_id": dice.choice(stages)}),
        lambda path: api.put(f"{path}/estado", {"estado": dice.choice(ENDS), "motivo": "x"}),
        lambda path: api.patch(path, {"archivado": dice.random() < 0.3, "valor": dice.randrange(999)}),
        lambda path: api.patch(path, {"etapa_id": dice.choice(stages), "cierre_previsto": "2026-12-01"}),
    )
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: dice.choice(moves)(dice.choice(paths)), range(80))
        assert {answer.status_code for answer in answers} <= {200, 409}
    deals = api.rows("oportunidades")
    for column in api.get("pipeline").json()["etapas"]:
        here = [d for d in deals if d["estado"] == "abierta" and d["etapa"]["id"] == column["etapa"]["id"]]
        assert column["oportunidades"] == len(here)
        assert Decimal(column["valor"]) == sum(Decimal(d["valor"]) for d in here)
    shown = api.get("estadisticas/oportunidades").json()
    for name, state in (("ganadas", "ganada"), ("perdidas", "perdida")):
        assert shown[name] == [d["estado"] for d in deals].count(state)
    ended = [s for d in deals for s in api.rows(f"oportunidades/{d['id']}/etapas", limite=200) if s["salida"]]
    assert sum(row["salidas"] for row in shown["conversion"]) == len(ended)


def test_a_period_without_anything_has_no_averages(api):
    shown = api.get("estadisticas/oportunidades").json()
    for name in ("tasa_exito", "dias_medios_hasta_ganar", "velocidad"):
        assert shown[name] is None
    assert (shown["ganadas"], shown["valor_ganado"], shown["conversion"]) == (0, "0.00", [])
    assert api.get("estadisticas/oportunidades", desde="ayer").status_code == 422


def test_the_day_of_an_end_is_the_companys_own(api, reloj):
    deal = api.oportunidad(api.cliente()["id"], valor="300")["id"]
    reloj.advance(hours=14)  # 23:30 in UTC, half past midnight in Madrid
    api.put(f"oportunidades/{deal}/estado", {"estado": "ganada", "motivo": "Sí"})

    def won(day):
        return api.get("estadisticas/oportunidades", desde=day, hasta=day).json()["ganadas"]

    assert (won("2026-11-24"), won("2026-11-25")) == (0, 1)
