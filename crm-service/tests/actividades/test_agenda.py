"""The agenda of a user and day, what is late first, and the reminders that are due."""

from datetime import timedelta

import pytest
from asked import asked, plans


@pytest.fixture
def client_id(api):
    return api.cliente()["id"]


def titles(rows):
    return [row["titulo"] for row in rows]


@pytest.fixture
def day(api, client_id, reloj):
    """Lucía's and Pablo's things to do around now, 10:30 on 24 November in Madrid."""

    def do(titulo, when, **how):
        moment = (reloj.now + when).isoformat()
        return api.actividad(client_id, titulo=titulo, fecha=moment, **{"responsable": "Lucía"} | how)

    hours = lambda number: timedelta(hours=number)  # noqa: E731
    do("tomorrow", hours(24))
    do("tonight", hours(13.4))
    do("just after midnight", hours(13.6))
    do("late this morning", hours(-1))
    do("late of last week", timedelta(days=-6))
    do("soon", hours(1), prioridad="alta")
    do("Pablo's", hours(2), responsable="Pablo")
    do("done", hours(1), completada=True)
    do("a note", hours(1), tipo="nota")
    do("a sale to be confirmed", hours(3), tipo="venta", vence=(reloj.now + hours(3)).isoformat())
    archived = do("archived", hours(1))
    api.delete(f"actividades/{archived['id']}")
    return api


def test_today_is_what_is_late_and_then_what_is_to_come_of_the_companys_day(day):
    rows = day.rows("agenda", responsable="Lucía")
    assert titles(rows) == [
        "late of last week",
        "late this morning",
        "soon",
        "a sale to be confirmed",
        "tonight",
    ]
    assert [row["atrasada"] for row in rows] == [True, True, False, False, False]
    assert titles(day.rows("agenda"))[3] == "Pablo's"


def test_other_days_follow_what_is_late_unless_it_is_left_out(day):
    late = ["late of last week", "late this morning"]
    next_day = ["just after midnight", "tomorrow"]
    asked = {"responsable": "Lucía", "desde": "2026-11-25"}
    assert titles(day.rows("agenda", **asked)) == late + next_day
    assert titles(day.rows("agenda", **asked, atrasadas="false")) == next_day
    assert titles(day.every_row("agenda", **asked, limite=1)) == late + next_day
    assert titles(day.rows("agenda", **asked, orden="-vence")) == (late + next_day)[::-1]
    past = {"responsable": "Lucía", "desde": "2026-11-18", "hasta": "2026-11-20", "atrasadas": "false"}
    assert titles(day.rows("agenda", **past)) == late[:1]
    assert titles(day.rows("agenda", **past | {"atrasadas": "true"})) == late
    refused = day.get("agenda", desde="2026-11-25", hasta="2026-11-24")
    assert (refused.status_code, refused.json()["errores"][0]["campo"]) == (422, "hasta")


def test_reminders_are_due_from_their_instant_until_they_are_dismissed_or_the_thing_is_done(
    api, client_id, reloj
):
    def remind(titulo, minutes, **how):
        moment = (reloj.now + timedelta(minutes=minutes)).isoformat()
        return api.actividad(client_id, titulo=titulo, recordatorio=moment, **how)

    second, first = remind("second", -5, responsable="Ana"), remind("first", -10)
    remind("later", 10)
    remind("done", -5, completada=True)
    assert titles(api.rows("recordatorios")) == ["first", "second"]
    assert titles(api.rows("recordatorios", responsable="Ana")) == ["second"]
    reloj.advance(minutes=10)
    assert titles(api.every_row("recordatorios", limite=1)) == ["first", "second", "later"]
    api.patch(f"actividades/{first['id']}", {"recordatorio": None})
    api.patch(f"actividades/{second['id']}", {"completada": True})
    assert titles(api.rows("recordatorios")) == ["later"]


@pytest.mark.parametrize(
    ("path", "params", "index"),
    [
        ("agenda", {}, "idx_actividades_agenda_pendiente"),
        ("agenda", {"responsable": "Ana"}, "idx_actividades_agenda_responsable"),
        ("recordatorios", {}, "idx_actividades_recordatorio"),
        ("actividades", {"responsable": "Ana"}, "idx_actividades_responsable"),
        ("actividades", {"oportunidad_id": "opo_x"}, "idx_actividades_oportunidad"),
        ("actividades", {"prioridad": "alta"}, "idx_actividades_prioridad"),
    ],
)
def test_a_list_goes_by_its_index_and_sorts_nothing(service, api, client_id, path, params, index):
    api.actividad(client_id)
    with asked() as statements:
        api.rows(path, **params)
    listed = next(each for each in statements if "ORDER BY" in each.sql and "participantes" not in each.sql)
    (plan,) = plans(service.database, [listed], off=("seqscan", "bitmapscan", "sort"))
    assert index in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
