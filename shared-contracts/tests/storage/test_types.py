"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError
from sqlmodel import select

from storage import Cents, Instant, Key, Millionths

DIALECTS = [sqlite.dialect(), postgresql.dialect()]
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
GREATEST = {Cents: Decimal(2**63 - 1) / 100, Millionths: Decimal(2**63 - 1) / 1_000_000}
PLACES = {Cents: 2, Millionths: 6}


@pytest.fixture
def keep(database, cosas):
    """Keeps things and reads them again, by a connection that had nothing to do with it."""

    def write(*rows):
        with database.unit_of_work() as session:
            ids = [cosas.crear(session, cosas.EMPRESA, NOW, **row).id for row in rows]
        with database.reading() as session:
            return [session.get(cosas.Cosa, (cosas.EMPRESA, one)) for one in ids]

    return write


AMOUNTS = [
    "0", "0.00", "-0", "0.01", "-0.01", "0.1", "1.10", "1E+2", "121", "999999999999.99", "-999999999999.99",
    "92233720368547758.07", "-92233720368547758.08", "1.00000000000000000000000000000000000000000",
]  # fmt: skip


def test_euros_come_back_as_they_went(keep):
    kept = keep(*({"importe": Decimal(amount)} for amount in AMOUNTS))
    assert [cosa.importe for cosa in kept] == [Decimal(amount) for amount in AMOUNTS]
    assert {cosa.importe.as_tuple().exponent for cosa in kept} == {-2}


def test_quantities_come_back_as_they_went(keep):
    amounts = [
        "0",
        "0.000001",
        "-0.000001",
        "999999999.999999",
        "-999999999.999999",
        "5.2",
        "1E+3",
        "9223372036854.775807",
    ]
    kept = keep(*({"cantidad": Decimal(amount)} for amount in amounts))
    assert [cosa.cantidad for cosa in kept] == [Decimal(amount) for amount in amounts]


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from([Cents, Millionths]), st.sampled_from(DIALECTS))
def test_any_amount_that_fits_comes_back_as_it_went(units, kind, dialect):
    amount = Decimal(units).scaleb(-PLACES[kind])
    kept = kind().process_bind_param(amount, dialect)
    assert kept == units
    assert kind().process_result_value(kept, dialect) == amount


@given(st.sampled_from([Cents, Millionths]), st.integers(1, 40), st.integers(-(10**12), 10**12))
def test_a_fraction_of_the_smallest_unit_is_refused_and_never_rounded(kind, beyond, units):
    amount = Decimal(f"{units}E-{PLACES[kind]}")
    fraction = Decimal(f"1E-{PLACES[kind] + beyond}")
    with pytest.raises(ValueError, match="round it where the contract says"):
        kind().process_bind_param(
            Decimal(f"{amount:f}") + fraction if beyond < 10 else Decimal(f"{fraction:f}"), DIALECTS[0]
        )


@pytest.mark.parametrize("kind", [Cents, Millionths])
@pytest.mark.parametrize(
    "amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+30", "1E+999999", "1E-999999"]
)
def test_what_is_no_amount_that_fits_is_refused(kind, amount):
    with pytest.raises(ValueError, match=r".+"):
        kind().process_bind_param(Decimal(amount), DIALECTS[0])
    with pytest.raises(ValueError, match="does not fit"):
        kind().process_bind_param(GREATEST[kind] + 1, DIALECTS[0])


@pytest.mark.parametrize("amount", [1.5, 0.1, "1.50", float("nan")])
def test_a_float_or_a_text_is_no_amount(keep, amount):
    with pytest.raises((StatementError, TypeError, AttributeError)):
        keep({"importe": amount})


def test_nothing_refused_is_kept(keep, database, cosas):
    with pytest.raises(StatementError):
        keep({"importe": Decimal("1.00")}, {"importe": Decimal("0.001")})
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(cosas.Cosa)).scalar() == 0


def test_sums_in_sql_are_exact(keep, database, cosas):
    keep(
        *[{"importe": Decimal("0.10")}] * 3,
        {"importe": Decimal("-0.30")},
        {"importe": Decimal("99999999999.99")},
    )
    with database.reading() as session:
        assert session.execute(select(func.sum(cosas.Cosa.importe))).scalar() == Decimal("99999999999.99")


MADRID, LINE = timezone(timedelta(hours=1)), timezone(timedelta(hours=-12))


def test_an_instant_comes_back_as_the_same_instant_in_utc(keep):
    moments = [
        NOW,
        NOW.astimezone(MADRID),
        datetime(2026, 12, 31, 23, 59, 59, 999_999, LINE),
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2199, 12, 31, 23, 59, 59, 1, tzinfo=MADRID),
    ]
    kept = [cosa.creada for cosa in keep(*({"creada": moment} for moment in moments))]
    assert kept == moments
    assert {moment.utcoffset() for moment in kept} == {timedelta(0)}


def test_an_instant_without_offset_is_refused(keep):
    with pytest.raises(StatementError, match="without a time zone"):
        keep({"creada": datetime(2026, 11, 24)})  # noqa: DTZ001


def test_instants_sort_and_compare_as_time_does(keep, database, cosas):
    moments = [NOW + timedelta(microseconds=n * 333_333 - 10**6) for n in range(7)]
    keep(
        *(
            {"creada": moment.astimezone(zone)}
            for moment, zone in zip(moments[::-1], [MADRID, UTC, LINE] * 3, strict=False)
        )
    )
    column = cosas.Cosa.creada
    with database.reading() as session:
        assert list(session.execute(select(column).order_by(column)).scalars()) == moments
        later = select(column).where(column > moments[3].astimezone(MADRID)).order_by(column)
        assert list(session.execute(later).scalars()) == moments[4:]


NAMES = [
    "",
    " ",
    "a",
    "A",
    "Z",
    "z",
    "á",
    "Á",
    "ñ",
    "n~",
    "a b",
    "a-b",
    "ab",
    "😀",
    "\uffee",
    "مطرقة",
    "_",
    "a\tb",
    "é",
    "é",
]


def test_keys_sort_by_their_bytes_whatever_the_language(keep, database, cosas):
    keep(*({"nombre": name} for name in NAMES))
    column = cosas.Cosa.nombre
    with database.reading() as session:
        found = list(session.execute(select(column).order_by(column, cosas.Cosa.id)).scalars())
        assert found == sorted(NAMES, key=str.encode)
        for name in NAMES:
            smaller = session.execute(select(func.count()).where(column < name)).scalar()
            assert smaller == sum(other.encode() < name.encode() for other in NAMES)


def test_keys_that_look_alike_are_different(keep, database, cosas):
    keep({"nombre": "ana"}, {"nombre": "Ana"}, {"nombre": "ana "})
    with database.reading() as session:
        same = select(func.count()).where(cosas.Cosa.nombre == "ana")
        assert session.execute(same).scalar() == 1


def test_nothing_is_nothing_and_types_tell_what_python_has():
    for kind, python in ((Cents, Decimal), (Millionths, Decimal), (Instant, datetime), (Key, str)):
        assert kind().python_type is python
    for kind in (Cents(), Millionths(), Instant()):
        assert kind.process_bind_param(None, DIALECTS[0]) is None
        assert kind.process_result_value(None, DIALECTS[0]) is None
