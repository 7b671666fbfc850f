"""docs/alertas.yml: rules that Prometheus would take, on figures that running services really tell."""

import math
import re
from collections import defaultdict

import httpx
import promql_parser
import pytest
import yaml
from databases import Postgresql
from deployment import Deployment
from machine import ROOT
from prometheus_client.parser import text_string_to_metric_families
from promql_parser import AggModifierType, AggregateExpr, MatchOp, MatrixSelector, VectorSelector
from waiting import wait_for

RULES = ROOT / "docs" / "alertas.yml"
DOCUMENT = yaml.safe_load(RULES.read_text())
ALERTS = {rule["alert"]: rule for group in DOCUMENT["groups"] for rule in group["rules"]}
SCRAPE_LABELS = {"job", "instance"}
"""Those that Prometheus adds by itself."""

JOBS = {"billing", "billing-worker", "crm"}
PER_SERIES = re.compile(r"\{\{ *\$labels\.(\w+) *\}\}")


def nodes(expression):
    """Every part of an expression that selects or aggregates."""
    found = []
    promql_parser.walk(expression, lambda node: found.append(node) or True)
    return found


def selectors(expression):
    """What an expression reads."""
    picked = []
    for node in nodes(expression):
        if isinstance(node, MatrixSelector):
            picked.append(node.vector_selector)
        elif isinstance(node, VectorSelector):
            picked.append(node)
    return {selector.prettify(): selector for selector in picked}.values()


@pytest.fixture(scope="module")
def told(made_once, standing):
    """For each job, the samples of each metric that its process tells, after a little work, on PostgreSQL."""
    deployment = standing(made_once(Postgresql.name))
    worker = deployment.worker()
    company = deployment.company()
    company.issue()
    company.wait_until_delivered()
    company.every_row(company.crm, "/api/crm/clientes")
    services = {"billing": deployment.billing, "billing-worker": worker, "crm": deployment.crm}
    yield {job: samples(service) for job, service in services.items()}
    worker.close()


def samples(service):
    """Every sample that a service tells, by name: its labels and its value."""
    found = defaultdict(list)
    for family in text_string_to_metric_families(service.metrics()):
        for sample in family.samples:
            found[sample.name].append((sample.labels, sample.value))
    return found


def test_the_file_is_made_as_prometheus_wants_it():
    names = [group["name"] for group in DOCUMENT["groups"]]
    assert len(set(names)) == len(names)
    assert len(ALERTS) == sum(len(group["rules"]) for group in DOCUMENT["groups"])
    for group in DOCUMENT["groups"]:
        assert set(group) == {"name", "rules"}
        for rule in group["rules"]:
            assert (
                {"alert", "expr", "labels", "annotations"}
                <= set(rule)
                <= {
                    "alert",
                    "expr",
                    "for",
                    "labels",
                    "annotations",
                }
            )
            assert promql_parser.parse_duration(rule.get("for", "1m")).total_seconds() > 0


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_says_how_grave_it_is_and_what_to_do(name):
    rule = ALERTS[name]
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in {"critica", "aviso"}
    assert rule["annotations"].keys() == {"summary", "description"}
    assert len(rule["annotations"]["description"]) > len(rule["annotations"]["summary"])


@pytest.mark.parametrize("name", ALERTS)
def test_each_expression_parses_and_reads_what_running_services_tell(name, told):
    expression = promql_parser.parse(ALERTS[name]["expr"])
    read = list(selectors(expression))
    assert read
    for selector in read:
        matchers = {matcher.name: matcher for matcher in selector.matchers.matchers}
        jobs = set(matchers["job"].value.split("|")) if "job" in matchers else JOBS
        assert jobs <= JOBS
        if selector.name == "up":
            continue
        found = [sample for job in jobs for sample in told[job][selector.name]]
        assert found, f"nobody tells {selector.name}"
        for label, matcher in matchers.items():
            if label not in SCRAPE_LABELS:
                known = {shape(labels[label]) for labels, _ in found}
                alike = re.compile(re.escape(shape(matcher.value)) if is_exact(matcher) else matcher.value)
                assert any(map(alike.fullmatch, known)), (label, matcher.value)


def is_exact(matcher):
    """Whether it names one value, not a pattern."""
    return matcher.op in (MatchOp.Equal, MatchOp.NotEqual)


def shape(value):
    """A value with all digits alike: `5xx` looks like `2xx`, which there always is."""
    return re.sub(r"\d", "9", value)


@pytest.mark.parametrize("name", ALERTS)
def test_each_grouping_and_each_text_names_labels_that_are_there(name, told):
    rule = ALERTS[name]
    expression = promql_parser.parse(rule["expr"])
    metrics = {selector.name for selector in selectors(expression)} - {"up"}
    there = SCRAPE_LABELS | {
        label for job in JOBS for metric in metrics for labels, _ in told[job][metric] for label in labels
    }
    groupings = [node for node in nodes(expression) if isinstance(node, AggregateExpr)]
    for node in groupings:
        if node.modifier is not None:
            assert node.modifier.type == AggModifierType.By
            assert set(node.modifier.labels) <= there
    kept = there
    for node in groupings:
        kept = kept & set(node.modifier.labels if node.modifier else ())
    text = " ".join(rule["annotations"].values())
    assert set(PER_SERIES.findall(text)) <= kept


def test_what_is_no_expression_does_not_parse():
    for broken in ("sum(", "max by (crm_dead_letters > 0", "rate(up)", "up == "):
        with pytest.raises(ValueError, match=r"."):
            promql_parser.parse(broken)


def test_figures_are_numbers_where_they_mean_something(deployment, company):
    company.issue()
    company.wait_until_delivered()
    told = {"billing": samples(deployment.billing), "crm": samples(deployment.crm)}
    on_sqlite = not deployment.databases.billing.is_postgresql

    def value(job, name):
        ((_, number),) = told[job][name]
        return number

    for job in told:
        assert value(job, "service_ready") == value(job, "database_up") == 1
        assert value(job, "database_connections_max") > value(job, "database_connections_in_use")
        assert abs(value(job, "clock_step_seconds")) < 1
        assert abs(value(job, "clock_database_drift_seconds")) < 1
        assert (value(job, "data_disk_free_bytes") > 0) is on_sqlite
        assert math.isnan(value(job, "sqlite_wal_bytes")) is not on_sqlite
        ((labels, one),) = told[job]["build_info"]
        assert (labels.keys(), one) == ({"version", "contrato"}, 1)
    assert value("billing", "emisor_up") == value("billing", "crm_worker_up") == 1
    assert value("billing", "emisor_request_seconds_count") >= 1
    assert value("billing", "verifactu_alarms_open") == 0
    assert value("crm", "jwks_age_seconds") >= 0
    assert sum(number for _, number in told["crm"]["crm_upserts_total"]) >= 1


def test_no_figure_names_a_company_or_a_client(deployment, company):
    factura = company.issue()
    company.wait_until_delivered()
    known = (company.id, factura["id"], factura["numero"], factura["cliente"]["cif"])
    for service in (deployment.billing, deployment.crm):
        told = service.metrics()
        assert not [one for one in known if one in told]


def test_figures_are_told_while_the_database_is_away(made_once, tmp_path):
    """Its databases are dropped under both services: they stay alive, say so, and hang nowhere."""
    kind = made_once(Postgresql.name)
    databases = kind.fresh(tmp_path)
    deployment = Deployment(databases, tmp_path)
    try:
        deployment.start()
        kind.drop(databases)
        for service in (deployment.billing, deployment.crm):
            assert httpx.get(f"{service.url}/health/live", trust_env=False).is_success
            wait_for(lambda s=service: "database_up 0.0" in s.metrics(), "it says that its database is away")
            told = samples(service)
            assert [number for _, number in told["service_ready"]] == [0]
            assert math.isnan(told["clock_database_drift_seconds"][0][1])
        assert math.isnan(samples(deployment.billing)["crm_messages_pending"][0][1])
    finally:
        deployment.close()
