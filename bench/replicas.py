"""One Rasa server beside two that share PostgreSQL and Redis; Meta's webhooks alternate.

PostgreSQL gets a schema of its own, dropped at the end; in Redis an empty database is taken and
emptied again.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from bench.bots import PRODUCTION, Place, Plan, Ready
from bench.figures import Result
from bench.measuring import Bot, load_all
from kelurahan.store import engine
from scripts import surroundings
from scripts.children import Children, Program, free_port
from scripts.train import ensure_model

DATABASE = "postgresql://root@127.0.0.1:5432/test"
REDIS = "redis://127.0.0.1:6379/15"


class ReplicasError(Exception):
    """PostgreSQL or Redis cannot be used; the message says which and why."""


def compare(plan: Plan, logs: Path, database: str, redis_url: str) -> list[Result]:
    """The same load on one server and on two, each on fresh tables."""
    results = []
    for count in (1, 2):
        with own_schema(database) as url, own_redis(redis_url) as locks:
            more = {"DATABASE_URL": url, "REDIS_URL": locks}
            results.append(measured(count, plan, logs / f"{count}", more))
    return results


def measured(count: int, plan: Plan, logs: Path, more: Mapping[str, str]) -> Result:
    """`count` servers, each with its own action server, under one load."""
    result = Result(f"replicas-{count}", f"{count} Rasa server{'s' * (count > 1)}")
    with (
        tempfile.TemporaryDirectory(prefix="kelurahan-bench-") as var,
        Children(logs) as children,
    ):
        ensure_model(children)
        graph_port = free_port()
        places = [Place.make(Path(var), free_port(), graph_port, **more) for _ in range(count)]
        ready = Ready(
            [surroundings.migrate_program(places[0].environ())],
            [
                replace(program, name=f"{program.name}-{number}")
                for number, place in enumerate(places, 1)
                for program in programs(place)
            ],
        )
        webhooks = [place.webhook for place in places]
        bot = Bot(children, result, ready, graph_port, webhooks)
        return load_all([bot], plan)[0]


def programs(place: Place) -> list[Program]:
    """One replica as `make run` would start it, and its action server."""
    environ = place.environ()
    rasa = surroundings.rasa_program(place.settings, environ, place.var, PRODUCTION, api=False)
    return [rasa, surroundings.actions_program(place.settings, environ)]


@contextmanager
def own_schema(base: str) -> Iterator[str]:
    """URL of a new schema, dropped at the end."""
    schema, url = f"bench_{uuid.uuid4().hex[:12]}", engine.baca_url(base)
    admin = create_engine(url, future=True)
    try:
        with admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except SQLAlchemyError as error:
        host = url.render_as_string()  # without the password
        raise ReplicasError(f"PostgreSQL at {host}: {type(error).__name__}") from error
    own = url.update_query_dict({"options": f"-csearch_path={schema}"})
    try:
        yield own.render_as_string(hide_password=False)
    finally:
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        admin.dispose()


@contextmanager
def own_redis(base: str) -> Iterator[str]:
    """URL of a database that is empty, so that emptying it at the end takes nothing from anyone."""
    import redis  # Rasa's own dependency, needed in this mode only

    try:
        for number in range(15, 0, -1):
            url = urlsplit(base)._replace(path=f"/{number}").geturl()
            client = redis.Redis.from_url(url, socket_timeout=5)
            if client.dbsize() == 0:
                break
        else:
            raise ReplicasError("Redis: none of the databases 1 to 15 is empty")
    except redis.RedisError as error:
        raise ReplicasError(f"Redis: {type(error).__name__}: {error}") from error
    try:
        yield url
    finally:
        client.flushdb()
        client.close()
