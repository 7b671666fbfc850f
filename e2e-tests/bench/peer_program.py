"""django-verifactu at the duties of issuing, run by the interpreter of an environment of its own.

`python peer_program.py sqlite:PATH SECONDS` or `python peer_program.py postgresql:CONNINFO SECONDS`: says how
many invoices a second it issues, each in one durable transaction with its lines, record, outbox message,
audit entry and idempotent answer. It calls the library directly: no HTTP, which is in its favour.
"""

import json
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

import django
from django.conf import settings


def database(where):
    kind, _, rest = where.partition(":")
    if kind == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": rest,
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                "transaction_mode": "IMMEDIATE",
            },
        }
    url = urlsplit(where)
    query = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host") or url.hostname or "",
        "PORT": query.get("port") or url.port or "",
    }


SOFTWARE = {"name": "Peer", "system_id": "PE", "version": "1", "multiple_taxpayers_possible": False}

settings.configure(
    DATABASES={"default": database(sys.argv[1])},
    INSTALLED_APPS=["django.contrib.contenttypes", "django_verifactu"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)

from django_verifactu.aeat.domain import Party  # noqa: E402 - Django wants its settings first

settings.VERIFACTU = {
    "PRODUCTION": False,
    "SOFTWARE": SOFTWARE | {"producer": Party("Peer SL", tax_id="B12345674")},
    "TAXPAYERS": {"B12345674": {"name": "Peer SL", "certificate": b"", "password": ""}},
}
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django_verifactu.aeat.domain import Invoice, TaxLine  # noqa: E402
from django_verifactu.issuing import register  # noqa: E402
from django_verifactu.models import VerifactuRecords  # noqa: E402


class Sale(models.Model):
    """What was sold, with its record."""

    number = models.CharField(max_length=60, unique=True)
    customer = models.CharField(max_length=120)
    issued = models.DateField()
    base = models.DecimalField(max_digits=12, decimal_places=2)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    verifactu_records = VerifactuRecords()

    class Meta:  # noqa: D106
        app_label = "peer"


class Line(models.Model):
    """A line of a sale."""

    sale = models.ForeignKey(Sale, models.PROTECT)
    description = models.CharField(max_length=500)
    quantity = models.DecimalField(max_digits=15, decimal_places=6)
    price = models.DecimalField(max_digits=15, decimal_places=6)

    class Meta:  # noqa: D106
        app_label = "peer"


class Noted(models.Model):
    """What a fact leaves beside it: outbox message, audit entry, answer."""

    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=60)
    body = models.JSONField()

    class Meta:  # noqa: D106
        app_label = "peer"


class Counter(models.Model):
    """The last number."""

    last = models.IntegerField()

    class Meta:  # noqa: D106
        app_label = "peer"


def issue():
    with transaction.atomic():
        counter = Counter.objects.select_for_update().get(pk=1)
        counter.last += 1
        counter.save()
        number, today, base, tax = (
            f"A-{counter.last:06}",
            datetime.now(UTC).date(),
            Decimal("100.00"),
            Decimal("21.00"),
        )
        sale = Sale.objects.create(
            number=number, customer="Talleres Ruiz, S.L.", issued=today, base=base, total=base + tax
        )
        Line.objects.create(sale=sale, description="Revisión anual", quantity=1, price=base)
        invoice = Invoice(
            issuer_tax_id="B12345674",
            issuer_name="Peer SL",
            invoice_number=number,
            issue_date=today,
            description="Revisión anual",
            recipients=(Party("Talleres Ruiz, S.L.", tax_id="B10000008"),),
            lines=(TaxLine(base=base, rate=Decimal(21), tax=tax),),
        )
        register(sale, invoice)
        body = {"number": number, "total": str(base + tax), "customer": "Talleres Ruiz, S.L."}
        Noted.objects.bulk_create(
            [Noted(kind=kind, reference=uuid4().hex, body=body) for kind in ("outbox", "audit", "answer")]
        )


call_command("migrate", verbosity=0)
with connection.schema_editor() as editor:
    for model in (Sale, Line, Noted, Counter):
        editor.create_model(model)
Counter.objects.create(pk=1, last=0)
for _ in range(20):
    issue()
issued, began = 0, time.perf_counter()
while time.perf_counter() - began < float(sys.argv[2]):
    issue()
    issued += 1
sys.stdout.write(json.dumps({"per_second": issued / (time.perf_counter() - began)}))
