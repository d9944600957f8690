"""The comparison's arithmetic, its table, and that a reply is counted for whoever waits for it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import httpx
import pytest

from bench import compare, figures, load, plain_channel, stock
from bench.load import Graph, Level, Sample
from bench.training import Training
from scripts.children import free_port
from scripts.nlu.pesan import Latih


def level(residents: int = 1, waits: tuple[float, ...] = (0.01, 0.02, 0.03, 0.04)) -> Level:
    samples = [Sample(float(n), wait, n % 2 == 0) for n, wait in enumerate(waits)]
    return Level(residents, samples)


def result(key: str, *levels: Level) -> figures.Result:
    memory = {"rasa": 700_000, "actions": 60_400}
    spent = {"rasa": 0.08, "actions": 0.02}
    training = Training(12.4, 800, 15)
    return figures.Result(key, f"bot {key}", list(levels), 5.25, memory, spent, training)


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_the_rate_counts_from_the_first_webhook_to_the_last_reply():
    assert level(waits=(0.5, 0.5, 1.0)).rate == pytest.approx(3 / 3.0)
    assert Level(1).rate == 0.0


def test_rounds_are_added_without_the_time_between_them():
    one, later = level(waits=(0.5, 0.5, 1.0)), level(waits=(2.0,))
    later.samples = [Sample(100.0, 2.0, True)]
    later.unanswered, later.extra = 1, 2
    both = Level(1) + one + later
    assert both.rate == pytest.approx(4 / (3.0 + 2.0))
    assert (len(both.waits), both.unanswered, both.extra, both.residents) == (4, 1, 2, 1)


def test_percentiles_are_milliseconds_that_were_measured():
    assert figures.milliseconds(level()) == pytest.approx([20, 40, 40])


def test_a_row_tells_everything_of_one_level():
    row = cells(figures.level_row(result("ours", level()), level()))
    assert row == ["bot ours", "1", "4", "1.3", "20.0", "40.0", "40.0", "50 %", "0", "0"]


def test_a_level_without_a_reply_has_no_times():
    row = cells(figures.level_row(result("ours"), Level(8, unanswered=3)))
    assert row == ["bot ours", "8", "0", *["–"] * 5, "3", "0"]


def test_memory_is_the_sum_of_the_programs_in_thousands_of_kilobytes():
    row = cells(figures.cost_row(result("stock")))
    assert row[3:] == ["5.2", "760", "700 + 60", "12", "800 messages, 15 epochs"]


def test_processor_time_is_shared_out_over_the_answered_messages():
    row = cells(figures.cost_row(result("stock", level(), level(8))))
    assert row[:3] == ["bot stock", "12.5", "10.0 + 2.5"]


def test_ratios_compare_the_first_bot_with_the_others_level_by_level():
    slow = tuple(2 * wait for wait in level().waits)
    rows = figures.ratio_rows([result("ours", level()), result("stock", level(waits=slow))])
    assert [cells(row) for row in rows] == [
        ["bot stock", "1", "1.01", "0.50", "0.50", "0.50"],
    ]
    assert figures.ratio_rows([result("stock", level())]) == []


def test_every_table_of_the_report_has_as_many_cells_as_its_head():
    results = [result("ours", level(), level(8)), result("noop", level(), Level(8))]
    text = figures.report("Title", results, ["a machine"], "Notes.")
    tables = [part for part in text.split("\n\n") if part.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        assert len({row.count("|") for row in table.splitlines()}) == 1


def test_a_bot_that_says_nothing_of_ours_is_not_judged():
    one = figures.Result("noop", "no-op", [level()], judged=False)
    assert cells(figures.level_row(one, level()))[7] == "–"


@pytest.mark.parametrize(("text", "wanted"), [("1,8,32", (1, 8, 32)), ("4", (4,))])
def test_levels_are_numbers(text: str, wanted: tuple[int, ...]):
    assert compare.numbers(text) == wanted


@pytest.mark.parametrize("text", ["0", "1,1000"])
def test_levels_are_bounded(text: str):
    with pytest.raises(compare.argparse.ArgumentTypeError):
        compare.numbers(text)


@pytest.mark.parametrize("residents", [1, 8, 32])
def test_every_place_has_at_least_two_whole_conversations(residents: int):
    assert load.enough(150, residents) >= max(150, 2 * residents * len(load.MIX))


def test_everybody_writes_the_same_mix_under_another_name():
    texts = [[text for text, _ in load.conversation(n)] for n in (1, 2)]
    assert [len(one) for one in texts] == [len(load.MIX)] * 2
    assert sum(a != b for a, b in zip(*texts, strict=True)) == 1


async def post(url: str, **message: object) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{url}/v25.0/1/messages", json=message)
    assert answer.status_code == 200


def test_a_reply_goes_to_the_number_that_waits_and_a_receipt_to_nobody():
    async def scene() -> tuple[Graph, list[str]]:
        graph, port = Graph(), free_port()
        async with await asyncio.start_server(graph.serve, "127.0.0.1", port):
            url = f"http://127.0.0.1:{port}"
            first, second = graph.expect("62811"), graph.expect("62812")
            await post(url, status="read", message_id="wamid.x")
            await post(url, to="+62812", text={"body": "dua"})
            await post(url, to="62811", text={"body": "satu"})
            await post(url, to="62811", text={"body": "lagi"})
            return graph, [future.result()[1]["text"]["body"] for future in (first, second)]

    graph, replies = asyncio.run(asyncio.wait_for(scene(), 10))
    assert replies == ["satu", "dua"]
    assert graph.extra == 1


def test_the_load_sends_what_the_plain_connector_reads():
    body = load.Load(Graph(), None, ["x"])._body("62813", "#2 100%/a")  # type: ignore[arg-type]
    assert b"\\/" in body
    assert plain_channel.texts(json.loads(body)) == [("62813", "#2 100%/a")]


LABELLED = [
    ("a service that is named", "syarat ktp apa", "tanya_syarat/ktp",
     'syarat [ktp]{"entity": "layanan", "value": "ktp"} apa'),
    ("a number", "#1", "pilih_nomor", '[#1]{"entity": "layanan", "value": "ktp"}'),
    ("a number nobody has", "#99", "pilih_nomor", "#99"),
    ("a service in other words", "kartu saya hilang", "tanya_syarat/ktp", "kartu saya hilang"),
    ("brackets", "ktp (baru)", "tanya_syarat/ktp", "ktp (baru)"),
    ("no service", "halo ktp", "salam", "halo ktp"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "label", "wanted"), [c[1:] for c in LABELLED], ids=[c[0] for c in LABELLED]
)
def test_the_stock_bot_gets_its_entities_marked(text: str, label: str, wanted: str):
    assert stock.with_service(Latih(text, label, "x.yml", 1)) == wanted


def test_the_stock_bot_learns_as_much_of_every_purpose_spread_over_its_services():
    labels = ["salam"] * 90 + ["tanya_syarat/ktp"] * 50 + ["tanya_syarat/kk"] * 5
    messages = [Latih(f"pesan {n}", label, "x.yml", n) for n, label in enumerate(labels)]
    found = Counter(one.label for one in stock.sample(messages, 20))
    assert found == {"salam": 10, "tanya_syarat/ktp": 5, "tanya_syarat/kk": 5}


def test_the_stock_bot_learns_stories_without_texts():
    steps = [step for story in stock.stories() for step in story["steps"]]
    assert any("intent" in step for step in steps)
    assert all("user" not in step for step in steps)


def test_the_noop_knows_a_word_of_every_message():
    texts = [text for text, _ in load.conversation(7)]
    assert all(any(word in text for word in stock.NOOP_WORDS) for text in texts)


def test_the_noop_project_is_whole(tmp_path: Path):
    assert stock.write_noop(tmp_path) == len(stock.NOOP_WORDS)
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.yml")}
    assert files == {"config.yml", "domain.yml", "data/nlu.yml", "data/rules.yml"}
