"""Activities that repeat: the next is made when one is done, once, until the series ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.actividades.repeticion import Repeticion, siguiente

MONTHLY = {"cada": "mes"}


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


def done(api, activity):
    """The activity once it is done, and the one that follows it."""
    answer = api.patch(f"actividades/{activity['id']}", {"completada": True})
    assert answer.status_code == 200, answer.text
    after = answer.json()["siguiente_id"]
    return answer.json(), api.get(f"actividades/{after}").json() if after else None


def test_the_next_one_is_as_the_first_with_its_instants_moved_on_the_companys_clock(api, client_id):
    contact = api.contacto(client_id, email="marta@ruiz.example")["id"]
    first = api.actividad(
        client_id,
        fecha="2026-10-20T09:00:00+02:00",
        vence="2026-10-24T18:00:00+02:00",
        recordatorio="2026-10-24T09:00:00+02:00",
        repeticion={"cada": "semana"} | {"intervalo": 5},
        subtipo="Revisión",
        prioridad="alta",
        responsable="Lucía",
        duracion=30,
        contacto_id=contact,
        participantes=[{"email": "ana@otra.example"}],
    )
    assert (first["serie_id"], first["ordinal"], first["siguiente_id"]) == (first["id"], 1, None)
    completed, second = done(api, first)
    changed = {"completada": True, "completada_en": "2026-11-24T09:30:00+00:00"}
    assert completed == first | changed | {"siguiente_id": second["id"]}
    moved = {  # after the change of hour on 25 October; five weeks, to the minute, on the clock
        "fecha": "2026-11-24T08:00:00+00:00",
        "vence": "2026-11-28T17:00:00+00:00",
        "recordatorio": "2026-11-28T08:00:00+00:00",
    }
    made = {name: second[name] for name in ("id", "creado", "actualizado")}
    assert second == first | moved | made | {"ordinal": 2}
    assert api.get("resumen").json()["actividades_pendientes"] == 1
    assert [row["recurso"]["id"] for row in api.rows(f"clientes/{client_id}/historial", tipo="tarea")] == [
        second["id"],
        first["id"],
    ]


def test_done_at_once_undone_and_done_again_by_many_it_is_followed_once(api, client_id):
    first = api.actividad(client_id, repeticion=MONTHLY)
    path = f"actividades/{first['id']}"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.patch(path, {"completada": True}), range(8)))
    assert {answer.json()["siguiente_id"] for answer in answers} == {answers[0].json()["siguiente_id"]}
    api.patch(path, {"completada": False})
    api.patch(path, {"completada": True})
    assert api.get("actividades").json()["total"] == 2
    logged = api.actividad(client_id, fecha="2026-11-23T10:00:00Z", completada=True, repeticion=MONTHLY)
    assert api.get(f"actividades/{logged['siguiente_id']}").json()["fecha"] == "2026-12-23T10:00:00+00:00"


def test_a_team_that_gets_them_done_at_once_waits_for_nobody_in_a_circle(api, client_id):
    """Each writes figures of what is done and of what follows."""
    made = [api.actividad(client_id, repeticion=MONTHLY)["id"] for _ in range(48)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: api.patch(f"actividades/{one}", {"completada": True}), made))
    assert {answer.status_code for answer in answers} == {200}
    assert api.get("resumen").json()["actividades_pendientes"] == len(made)


def test_what_was_missed_is_not_made_up_for_and_from_when_it_is_done_counts_if_asked(api, client_id):
    late = {"fecha": "2026-08-31T10:00:00+02:00"}
    _, by_plan = done(api, api.actividad(client_id, **late, repeticion=MONTHLY))
    assert by_plan["fecha"] == "2026-11-30T09:00:00+00:00"
    _, again = done(api, by_plan)
    assert again["fecha"] == "2026-12-31T09:00:00+00:00"
    _, from_done = done(api, api.actividad(client_id, **late, repeticion=MONTHLY | {"desde": "hecha"}))
    assert from_done["fecha"] == "2026-12-24T09:00:00+00:00"


@pytest.mark.parametrize("end", [{"veces": 2}, {"hasta": "2026-12-24"}])
def test_a_series_ends(api, client_id, end):
    _, second = done(api, api.actividad(client_id, repeticion=MONTHLY | end))
    assert second["fecha"] == "2026-12-24T09:30:00+00:00"
    _, third = done(api, second)
    assert third is None


def test_a_series_ends_when_its_rule_is_cleared_or_its_next_one_is_archived(api, client_id):
    first = api.actividad(client_id, repeticion=MONTHLY)
    api.patch(f"actividades/{first['id']}", {"repeticion": None})
    assert done(api, first)[1] is None
    _, second = done(api, api.actividad(client_id, repeticion=MONTHLY))
    api.delete(f"actividades/{second['id']}")
    assert api.get("resumen").json()["actividades_pendientes"] == 0


def test_a_rule_given_anew_counts_from_where_the_activity_stands(api, client_id):
    activity = api.actividad(client_id)
    path = f"actividades/{activity['id']}"
    api.patch(path, {"fecha": "2026-11-26T10:00:00Z", "repeticion": {"cada": "dia", "intervalo": 2}})
    second = done(api, activity)[1]
    assert (second["fecha"], second["serie_id"]) == ("2026-11-28T10:00:00+00:00", activity["id"])
    moved = api.patch(f"actividades/{second['id']}", {"fecha": "2026-11-29T10:00:00Z"}).json()
    assert done(api, moved)[1]["fecha"] == "2026-11-30T10:00:00+00:00"


moments = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1))  # noqa: DTZ001 - a clock without a zone
rules = st.builds(
    Repeticion,
    cada=st.sampled_from(["dia", "semana", "mes", "anio"]),
    intervalo=st.integers(1, 40),
    desde=st.sampled_from(["plan", "hecha"]),
    hasta=st.none() | st.dates(date(2000, 1, 1), date(2190, 1, 1)),
)


def in_order(rule, start):
    """The plan's moments one after the other, counted by hand."""
    length = {"dia": 1, "semana": 7}
    count = 0
    while True:
        if rule.cada in length:
            yield start + timedelta(days=length[rule.cada] * rule.intervalo * count)
        else:
            months = start.month - 1 + rule.intervalo * count * (12 if rule.cada == "anio" else 1)
            year, month = start.year + months // 12, months % 12 + 1
            day = start.day
            while True:
                try:
                    moment = start.replace(year=year, month=month, day=day)
                except ValueError:
                    day -= 1
                else:
                    break
            yield moment
        count += 1


@settings(deadline=None)
@given(rules, moments, moments, moments)
def test_the_next_moment_is_the_first_of_the_plan_that_is_still_to_come(rule, start, planned, finished):
    found = siguiente(rule, start, planned, finished)
    if rule.desde == "plan":
        expected = next(moment for moment in in_order(rule, start) if moment > max(planned, finished))
    else:
        base = datetime.combine(finished.date(), start.time())
        expected = [moment for moment, _ in zip(in_order(rule, base), range(2), strict=False)][1]
    assert found == (None if rule.hasta and expected.date() > rule.hasta else expected)


@given(rules, moments)
def test_a_series_only_goes_forward_and_stays_on_its_day_and_hour(rule, start):
    moment = start
    for _ in range(5):
        after = siguiente(rule, start, moment, moment)
        if after is None:
            return
        assert after > moment
        assert after.time() == start.time()
        if rule.cada in {"mes", "anio"} and rule.desde == "plan":
            assert after.day == start.day or (after.day < start.day and (after + timedelta(days=1)).day == 1)
        moment = after
