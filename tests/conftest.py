"""What every test shares: no network beyond this machine, a fresh database on request."""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from kelurahan import katalog
from kelurahan import settings as pengaturan
from kelurahan.store import direktori, engine, models, siapkan

_SOCKET_EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}
_LOCAL_NAMES = {None, "", "localhost", b"", b"localhost"}


def _is_local(host: object) -> bool:
    if host in _LOCAL_NAMES:
        return True
    text_host = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text_host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_network(event: str, args: tuple) -> None:
    """An audit hook sees every socket of this process, whichever library opened it."""
    position = _SOCKET_EVENTS.get(event)
    if position is None:
        return
    target = args[position]
    if event != "socket.getaddrinfo":
        if not isinstance(target, tuple):
            return  # a unix socket's path
        target = target[0]
    if not _is_local(target):
        raise RuntimeError(f"tests may not reach the network: {event} to {target!r}; use a fake")


sys.addaudithook(_refuse_network)


def pytest_configure(config: pytest.Config) -> None:
    """Declare our marker."""
    config.addinivalue_line(
        "markers", "kedua_basis_data: run with `basis_data` on SQLite and on PostgreSQL"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `kedua_basis_data` meet both databases, the others SQLite only."""
    if "jenis_basis_data" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("kedua_basis_data")
        postgres = [pytest.param("postgres", marks=pytest.mark.postgres)] if both else []
        metafunc.parametrize("jenis_basis_data", ["sqlite", *postgres])


@pytest.fixture(scope="session")
def url_postgres() -> Iterator[str]:
    """URL of a schema of its own on TEST_DATABASE_URL, dropped after the run."""
    base = os.environ.get("TEST_DATABASE_URL")
    if not base:
        reason = "PostgreSQL not tested: set TEST_DATABASE_URL=postgresql://user@127.0.0.1/test"
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    schema = f"uji_{uuid.uuid4().hex[:12]}"
    url = engine.baca_url(base)
    admin = create_engine(url, future=True)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    own = url.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    engine.tutup()
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@dataclass(frozen=True)
class BasisData:
    """The database of one test."""

    url: str
    jenis: str


@pytest.fixture
def basis_kosong(
    jenis_basis_data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request
) -> Iterator[BasisData]:
    """A configured database without any table yet."""
    if jenis_basis_data == "sqlite":
        url = f"sqlite:///{tmp_path / 'uji.db'}"
    else:
        url = request.getfixturevalue("url_postgres")
        _drop_tables(url)
    monkeypatch.setenv("DATABASE_URL", url)
    pengaturan.settings.cache_clear()
    direktori._simpanan.clear()
    yield BasisData(url, jenis_basis_data)
    engine.tutup()
    pengaturan.settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_siap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite file to copy: migrating anew for each test would take half its time."""
    path = tmp_path_factory.mktemp("basis_data") / "siap.db"
    siapkan(f"sqlite:///{path}")
    engine.tutup()
    return path


@pytest.fixture
def basis_data(basis_kosong: BasisData, sqlite_siap: Path) -> BasisData:
    """A configured database as `make run` leaves it: migrated, RT/RW from `wilayah/`."""
    if basis_kosong.jenis == "sqlite":
        shutil.copyfile(sqlite_siap, engine.baca_url(basis_kosong.url).database)
    siapkan(basis_kosong.url)
    return basis_kosong


@pytest.fixture(autouse=True)
def _katalog_dari_berkas() -> Iterator[None]:
    """Actions and the console look for changes to the catalogue in their database; tests after
    them do not."""
    yield
    katalog.sumber_perubahan(None)


def _drop_tables(url: str) -> None:
    with engine.mesin(url).begin() as connection:
        models.Basis.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
