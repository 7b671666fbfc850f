"""The score explains itself, and stays within its bounds."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crm.estadisticas.score import FACTORES, Datos, puntuar

MANY = st.integers(0, 10**6)
DAYS = st.none() | st.integers(0, 10**5)
DATOS = st.builds(
    Datos,
    dias_sin_contacto=DAYS,
    paso_atrasado=st.none() | st.booleans(),
    oportunidades_abiertas=MANY,
    facturas=MANY,
    dias_medios_pago=st.none() | st.decimals(-100, 10**5, places=1),
    ganadas=MANY,
    perdidas=MANY,
)
BEST = Datos(0, paso_atrasado=False, oportunidades_abiertas=2, facturas=20, dias_medios_pago=Decimal(30),
             ganadas=1, perdidas=1)  # fmt: skip


def score(datos):
    return sum(part.puntos for part in puntuar(datos))


@given(DATOS)
def test_it_is_the_sum_of_parts_none_of_which_gives_more_than_its_share(datos):
    parts = puntuar(datos)
    assert [(part.factor, part.maximo) for part in parts] == [(factor, most) for factor, most, _ in FACTORES]
    assert all(0 <= part.puntos <= part.maximo and part.explicacion.endswith(".") for part in parts)


def test_the_shares_make_a_hundred_and_the_best_client_has_them_all():
    assert sum(most for _, most, _ in FACTORES) == score(BEST) == 100


@given(DATOS, st.integers(0, 1000))
def test_less_contact_slower_payment_and_a_late_step_never_raise_it(datos, more):
    later = None if datos.dias_sin_contacto is None else datos.dias_sin_contacto + more
    slower = None if datos.dias_medios_pago is None else datos.dias_medios_pago + more
    worse = [replace(datos, dias_sin_contacto=later), replace(datos, dias_medios_pago=slower)]
    if datos.paso_atrasado is False:
        worse.append(replace(datos, paso_atrasado=True))
    assert all(score(each) <= score(datos) for each in worse)


@given(DATOS)
def test_more_sales_and_opportunities_never_lower_it(datos):
    more = replace(
        datos, facturas=datos.facturas + 1, oportunidades_abiertas=datos.oportunidades_abiertas + 1
    )
    assert score(more) >= score(datos)
