"""A company's day."""

from datetime import UTC, date, datetime

import pytest

from smartbilling.empresas import Empresa, hoy, zona


@pytest.mark.parametrize(
    ("zona_horaria", "instante", "dia"),
    [
        ("Europe/Madrid", datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        ("Europe/Madrid", datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
        ("Atlantic/Canary", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
        ("Atlantic/Canary", datetime(2027, 1, 1, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
        ("Europe/Madrid", datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_today_is_the_company_s(zona_horaria, instante, dia):
    empresa = Empresa(zona_horaria=zona_horaria)
    assert zona(empresa).key == zona_horaria
    assert hoy(empresa, instante) == dia
