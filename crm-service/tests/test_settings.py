"""Settings, and what follows from them."""

import pytest
from fastapi.testclient import TestClient

from crm.app import create_app
from crm.settings import Settings
from storage import Database


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"CRM_DATA_DIR": "/datos"}, "sqlite:////datos/crm.db"),
        ({"CRM_DATABASE_URL": "postgresql://u:c@servidor/crm"}, "postgresql+psycopg://u:c@servidor/crm"),
        ({"CRM_DATABASE_URL": "sqlite:///otra.db"}, "sqlite:///otra.db"),
    ],
)
def test_the_database_is_in_the_data_folder_unless_another_is_named(monkeypatch, given, url):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Settings().database_url == url


@pytest.mark.parametrize(
    ("origins", "allowed"), [("", None), ("https://a.example, https://b.example", "https://b.example")]
)
def test_other_origins_are_closed_unless_they_are_named(monkeypatch, tmp_path, origins, allowed):
    monkeypatch.setenv("CRM_CORS_ORIGINS", origins)
    client = TestClient(create_app(Settings(), Database(f"sqlite:///{tmp_path}/crm.db")))
    answer = client.get("/health/live", headers={"Origin": "https://b.example"})
    assert answer.headers.get("access-control-allow-origin") == allowed
