"""Nothing a resident wrote, no number, id or secret shows in a log line; type and place do."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, text
from whatsapp_world import BSUID, NUMBER, TOKEN, VERIFY, FakeRasa, run, served

from kelurahan import logs
from kelurahan.logs import redaction

ROOT = Path(__file__).resolve().parent.parent
NAME, WORDS, BORN = "Budi Contoh", "rumah bocor di gang", "03-05-1990"
WAMID = "wamid.HBgNNjI4MTIwMDAwMDAwMRUCABI="
MESSAGE = f"{NAME}#{BORN} {WORDS} {NUMBER} {WAMID} {TOKEN}"
NEVER = (NAME, "Budi", "bocor", BORN, NUMBER, "wamid", TOKEN, VERIFY, BSUID)

own = logging.getLogger("kelurahan.uji")


class Lines(logging.Handler):
    """Keeps what an ordinary handler would write."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.all: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append(self.format(record))

    def check(self, *wanted: str) -> str:
        """Return everything written, which holds what is wanted and nothing personal."""
        written = "\n".join(self.all)
        for part in wanted:
            assert part in written, written
        for secret in NEVER:
            assert secret not in written, f"{secret}: {written}"
        return written


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process without `install`; whatever it had before, it gets back afterwards."""
    monkeypatch.setattr(logging.Logger, "makeRecord", logs._plain_make_record)
    for module, hook in [
        (warnings, "showwarning"),
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
    ]:
        monkeypatch.setattr(module, hook, getattr(module, hook))
    monkeypatch.setattr(redaction, "_secrets", [])
    config, logger_class = structlog.get_config(), logging.getLoggerClass()
    config["processors"] = list(config["processors"])
    yield
    structlog.configure(**config)
    logging.setLoggerClass(logger_class)


@pytest.fixture
def written(untouched: None) -> Iterator[Lines]:
    """Every line of every logger, before anything is installed."""
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(lines)
    root.setLevel(level)


@pytest.fixture
def lines(written: Lines) -> Lines:
    """The same with Rasa's own configuration and ours over it."""
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.DEBUG)
    logs.install(secrets=[VERIFY])
    return written


# --- Rasa ---------------------------------------------------------------------------------------


def failing_graph() -> Callable[[Any], list[dict]]:
    """Rasa's graph with one component, which raises with the message in its text and locals."""
    from rasa.engine.graph import ExecutionContext, GraphComponent, GraphNode, GraphSchema

    class Component(GraphComponent):
        @classmethod
        def create(cls, config, model_storage, resource, execution_context):
            return cls()

        def process(self, message: Any) -> None:
            number, wamid = NUMBER, WAMID
            raise ValueError(f"{message} {number} {wamid}")

    context = ExecutionContext(GraphSchema({}), "uji")
    node = GraphNode("pengenal", Component, "create", {}, "process", {"message": "m"}, True, None,
                     None, context)  # fmt: skip
    return lambda message: node(("m", message.text))


async def post(address: str, body: Any) -> None:
    def send() -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=10).read()
        except urllib.error.HTTPError as error:
            error.close()

    await asyncio.to_thread(send)


def turn_that_fails_in_the_graph() -> None:
    """One message through Rasa's own REST channel, which logs the exception with structlog."""
    from rasa.core.channels.rest import RestInput

    async def scene() -> None:
        rasa = FakeRasa()
        rasa.reply = failing_graph()
        async with served(rasa, RestInput()) as address:
            await post(f"{address}/rest/webhook", {"sender": NUMBER, "message": MESSAGE})

    run(scene())


@pytest.fixture
def fresh_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process: the channel's structlog logger is not yet bound."""
    from rasa.core.channels import rest

    monkeypatch.setattr(rest, "structlogger", structlog.get_logger())


@pytest.mark.usefixtures("fresh_channel")
def test_an_exception_inside_rasa_is_type_and_place(lines: Lines):
    turn_that_fails_in_the_graph()
    lines.check(
        "ERROR rasa.core.channels.rest rest.message.received.failure",
        "  rasa/core/channels/rest.py:",
        "  tests/test_logs.py:",
        " process\nValueError: [text withheld]\n",
        "\nGraphComponentException: [text withheld]",
    )


@pytest.mark.usefixtures("fresh_channel")
def test_a_structlog_logger_that_was_used_before_is_caught_too(written: Lines):
    from rasa.core.channels import rest
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.DEBUG)
    rest.structlogger.error("rest.first")  # bound now, and kept by the channel's module
    logs.install()
    turn_that_fails_in_the_graph()
    written.check("rest.message.received.failure\n", "ValueError: [text withheld]")


@pytest.mark.usefixtures("fresh_channel")
def test_a_configuration_after_ours_shows_nothing_either(written: Lines):
    from rasa.utils.log_utils import configure_structlog

    logs.install()
    configure_structlog(logging.DEBUG)
    turn_that_fails_in_the_graph()
    written.check("ERROR rasa.core.channels.rest ")


@pytest.mark.usefixtures("fresh_channel")
def test_without_ours_the_message_would_be_in_the_log(written: Lines):
    """The tests above look at a line that does hold it all."""
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.DEBUG)
    turn_that_fails_in_the_graph()
    assert all(part in "".join(written.all) for part in (NAME, NUMBER, "bocor", "locals"))


def processor_without_a_model() -> Any:
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.domain import Domain

    processor = object.__new__(MessageProcessor)
    processor.domain = Domain.empty()
    return processor


def test_an_action_that_raises_is_named_without_its_words(lines: Lines):
    from rasa.core.actions.action import Action
    from rasa.core.policies.policy import PolicyPrediction
    from rasa.shared.core.trackers import DialogueStateTracker

    class ActionMenu(Action):
        def name(self) -> str:
            return "action_menu"

        async def run(self, *_: Any) -> list:
            raise RuntimeError(MESSAGE)

    tracker = DialogueStateTracker.from_events(NUMBER, [])
    prediction = PolicyPrediction([1.0], "uji")
    processor = processor_without_a_model()
    processor._log_action_on_tracker = lambda *_: None
    processor.execute_side_effects = processor._cancel_reminders = _nothing
    processor._log_slots = processor.should_predict_another_action = lambda *_: None
    run(processor._run_action(ActionMenu(), tracker, None, None, prediction))
    lines.check(
        "Encountered an exception while running action 'action_menu'.Bot will continue",
        "  rasa/core/processor.py:",
        "RuntimeError: [text withheld]",
    )


async def _nothing(*_: Any) -> None:
    return None


def test_an_action_server_that_is_away_is_named_with_its_address(lines: Lines):
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.shared.exceptions import RasaException
    from rasa.utils.endpoints import EndpointConfig

    action = RemoteAction("action_menu", EndpointConfig("http://127.0.0.1:9/webhook"))
    tracker = DialogueStateTracker.from_events(NUMBER, [])
    with pytest.raises(RasaException):
        run(action.run(None, None, tracker, Domain.empty()))
    lines.check(
        "Failed to run custom action 'action_menu'. Couldn't connect to the server at "
        "'http://127.0.0.1:9/webhook'. Is the server running? Error: {e}"
    )


def test_keys_that_quote_the_resident_are_dropped(lines: Lines):
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
    from rasa.shared.nlu.training_data.message import Message

    logger = sys.modules[YAMLStoryReader.__module__].structlogger
    logger.warning("message.parsing.failed", user_text=MESSAGE, attempt=2, action_name="action_x")
    logger.warning(f"odd {NAME}", user_text=Message({"text": MESSAGE}))
    lines.check("message.parsing.failed attempt=2 action_name=action_x", "[text withheld]")


def test_a_warning_of_rasa_names_who_warned(lines: Lines):
    """Rasa's warnings all come from one helper; the place is the caller's."""
    from rasa.shared.core.domain import Domain

    parsed = {"text": MESSAGE, "intent": {"name": NAME}, "entities": []}
    processor = processor_without_a_model()
    processor.domain = Domain.from_dict({"intents": ["menu"]})
    processor._check_for_unseen_features(parsed)
    lines.check("UserWarning: Parsed an intent '{intent}' which", "(rasa/core/processor.py:")


# --- Sanic, asyncio, SQLAlchemy -----------------------------------------------------------------


def test_addresses_in_sanic_s_logs_lose_their_query(lines: Lines):
    from rasa.core.channels.rest import RestInput
    from sanic.log import LOGGING_CONFIG_DEFAULTS, access_logger, error_logger

    access = Lines()
    access.setFormatter(
        logging.Formatter(LOGGING_CONFIG_DEFAULTS["formatters"]["access"]["format"])
    )
    before = [(x, x.level, x.propagate) for x in (access_logger, error_logger)]
    access_logger.addHandler(access)
    for logger in (access_logger, error_logger):
        logger.setLevel(logging.DEBUG)
        logger.propagate = True

    async def scene() -> None:
        async with served(FakeRasa(), RestInput()) as address:
            await post(f"{address}/rest/webhook?hub.verify_token={VERIFY}&n={NAME[:4]}", b"")

    try:
        run(scene())
    finally:
        access_logger.removeHandler(access)
        for logger, level, propagate in before:
            logger.setLevel(level)
            logger.propagate = propagate
    lines.check("ERROR sanic.error Exception occurred while handling uri: […]", "AttributeError")
    assert "/webhooks/rest/webhook[…]" in access.check("POST http://127.0.0.1:", " 500 ")


def test_a_forgotten_task_shows_neither_its_arguments_nor_its_error(lines: Lines):
    async def fails(words: str) -> None:
        raise ValueError(words)

    async def scene() -> None:
        task = asyncio.ensure_future(fails(MESSAGE))
        asyncio.get_running_loop().call_soon(exec, "raise KeyError(words)", {"words": MESSAGE})
        await asyncio.sleep(0.01)
        del task
        gc.collect()

    run(scene())
    lines.check(
        "Task exception was never retrieved (", "Exception in callback (", "fails\nValueErr"
    )


def test_a_database_error_is_its_type(lines: Lines):
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO tidak_ada VALUES (:nama)"), {"nama": MESSAGE})
    except Exception as error:  # noqa: BLE001 - whatever it is, it quotes the row
        own.error("not stored: %s", error)
        own.exception("not stored")
    lines.check("not stored: OperationalError\n", "OperationalError: [text withheld]")


# --- other people's calls -----------------------------------------------------------------------

PLACE = "rasa/foreign.py:1 <module>"
CALLS = [
    ("a value", "logger.error(f'Failed on {words} twice')", "Failed on {words} twice"),
    ("a known name", "logger.error(f'at {action_name}: {words}')", "at action_x: {words}"),
    ("a name behind words", "logger.error(f'{words}: {action_name}')", "{words}: {action_name}"),
    ("a position", "logger.error('%s, %d: %s', action_name, 3, words)", "action_x, 3: […]"),
    ("a large number", "logger.error('from %d', number)", "from %d"),
    ("an exception", "logger.error('failed: %s', ValueError(words))", "failed: ValueError"),
    ("a bare exception", "logger.error(ValueError(words))", f"ValueError ({PLACE})"),
    ("format", "logger.error('a {} b'.format(words))", "a {} b"),
    ("percent", "logger.error('a %s b' % words)", "a %s b"),
    ("a sum", "logger.error('a ' + words + ' b')", "a {words} b"),
    ("named values", "logger.error('a %(w)s', {'w': words})", "a […]"),
    ("a keyword", "logger.error(msg=f'a {words}')", "a {words}"),
    ("a level", "logger.log(40, f'a {words}')", "a {words}"),
    ("lines", "logger.error(\n  f'a {words}'\n  ' b')", "a {words} b"),
    ("made elsewhere", "logger.error(words)", f"[text withheld] ({PLACE})"),
    ("a false name", "action_name = words\nlogger.error(f'{action_name}!')", "{action_name}!"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "shown"), [c[1:] for c in CALLS], ids=[c[0] for c in CALLS])
def test_of_a_foreign_call_only_its_constant_text_shows(lines, tmp_path, code, shown):
    file = tmp_path / "site-packages" / "rasa" / "foreign.py"
    file.parent.mkdir(parents=True)
    file.write_text(code, encoding="utf-8")
    scope = {
        "logger": logging.getLogger("rasa.foreign"),
        "words": MESSAGE,
        "number": int(NUMBER),
        "action_name": "action_x",
    }
    exec(compile(code, str(file), "exec"), scope)  # noqa: S102 - our own table
    lines.check(f"ERROR rasa.foreign {shown}")
    assert lines.all[-1] == f"ERROR rasa.foreign {shown}"


# --- our own ------------------------------------------------------------------------------------

GONE = [
    *("6281200000001", "081200000001", "+62 812-0000-0001", "0812.0000.0001", "(0251) 8321075"),
    *("0251-8321075", "3201011203900001", "3201 0112 0390 0001", "3201.0112.0390.0001"),
    *("03-05-1990", "3/5/1990", WAMID, TOKEN, "ID.4f9a2c", "Bearer abc.def", "budi@contoh.id"),
    *("Authorization: Bearer abc", '"access_token": "abc"', "postgresql://u:p@", "redis://:p@"),
]
STAYS = [
    *("KDJ-202608-0001", "4bf92f3577", "0123456789abcdef0123456789abcdef", "127.0.0.1:5005"),
    *("192.168.100.200", "2026-11-24 10:20:30,123", "rasa 3.6.21", "code=131047", "v25.0"),
    *("00f067aa-0ba9-4c3b-9a71-1234567890ab", "http://127.0.0.1:5055/webhook", "RT 003 / RW 005"),
]


@pytest.mark.parametrize("value", GONE)
def test_our_lines_lose(lines: Lines, value: str):
    own.info("seen %s here", value)
    assert value.split("//")[-1] not in lines.all[-1]
    assert "[…]" in lines.all[-1]
    assert lines.all[-1].startswith("INFO kelurahan.uji seen ")


@pytest.mark.parametrize("value", STAYS)
def test_our_lines_keep(lines: Lines, value: str):
    own.info("seen %s here", value)
    assert lines.all[-1] == f"INFO kelurahan.uji seen {value} here"


def test_a_number_given_as_a_number_is_still_a_number(lines: Lines):
    own.info("from %d", int(NUMBER))
    lines.check("from […]")


def test_every_handler_gets_the_clean_record(lines, caplog):
    own.error("from %s", NUMBER, extra={"number": NUMBER, "status": 200})
    record = caplog.records[-1]
    assert (record.getMessage(), record.msg, record.args) == ("from […]", "from […]", ())
    assert (record.number, record.status, record.exc_info) == ("[…]", 200, None)


def test_a_value_that_cannot_be_shown_breaks_nothing(lines: Lines):
    class Broken:
        def __str__(self) -> str:
            raise LookupError(NAME)

    own.error("odd %s", Broken())
    lines.check("[text withheld] (LookupError while redacting")


def test_installing_again_changes_nothing_but_adds_secrets(lines: Lines):
    before = (logging.Logger.makeRecord, structlog.get_config()["processors"])
    logs.install(secrets=["kunci-lain", "", "abc"])
    assert before == (logging.Logger.makeRecord, structlog.get_config()["processors"])
    own.info("abc %s kunci-lain", VERIFY)
    lines.check("abc […] […]")
    own.error("once")
    assert len(lines.all) == 2


def test_a_cycle_of_causes_ends(lines: Lines):
    first, second = ValueError(MESSAGE), TypeError(MESSAGE)
    first.__cause__, second.__cause__ = second, first
    own.error("odd", exc_info=first)
    lines.check("ValueError: [text withheld]")


# --- what a process says as it dies ------------------------------------------------------------

DYING = [
    ("any error", "raise ValueError(words)", "ValueError: [text withheld]"),
    ("a setting", "from kelurahan.settings import *\nraise SettingsError('PORT: no')", "PORT: no"),
    ("a thread", "import threading\nthreading.Thread(target=lambda: 1 / 0 + words).start()",
     "uncaught in a thread\n"),
    ("cleaning up", "class A:\n def __del__(self): raise ValueError(words)\nA()", "cleaning up\n"),
    ("no handler", "import logging\nlogging.getLogger('rasa').error(f'no {words}')", "withheld] ("),
    ("a warning", "import warnings\nwarnings.warn(words)", "UserWarning: [text withheld] (<str"),
    ("a bare structlog", "import structlog\nstructlog.get_logger().error('a.b', t=words)", "a.b"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "shown"), [c[1:] for c in DYING], ids=[c[0] for c in DYING])
def test_a_process_says_what_and_where_but_no_words(code: str, shown: str):
    program = f"from kelurahan import logs\nlogs.install()\nwords = {MESSAGE!r}\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    said = SimpleNamespace(all=[done.stdout, done.stderr])
    Lines.check(said, shown)
