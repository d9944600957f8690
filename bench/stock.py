"""The bots that ours is compared with, written as Rasa projects: the stock pipeline and the no-op.

The stock bot is what `rasa init` configures, with our domain, our rules and a sample of our
messages, labelled as such a bot needs them (services marked as entities, stories beside the rules).
It learns for fewer epochs than Rasa's 100: that costs accuracy, which is not compared, not speed.
"""

from __future__ import annotations

import io
import itertools
import math
import random
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from kelurahan.katalog import katalog
from scripts.children import ROOT
from scripts.nlu.pesan import Latih, baca_latih, tulis_rasa

Json = dict[str, Any]
STORIES = ROOT / "tests" / "rasa" / "test_stories.yml"
# rasa/engine/recipes/config_files/default_config.yml, with the epochs made a parameter
STOCK = """
recipe: default.v1
assistant_id: stock
language: id
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: {epochs}
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - name: UnexpecTEDIntentPolicy
    max_history: 5
    epochs: {epochs}
  - name: TEDPolicy
    max_history: 5
    epochs: {epochs}
    constrain_similarities: true
"""
NOOP = """
recipe: default.v1
assistant_id: noop
language: id
pipeline:
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
"""
NOOP_DOMAIN = {
    "version": "3.1",
    "intents": ["pesan"],
    "actions": ["action_noop"],
    "session_config": {"session_expiration_time": 1440, "carry_over_slots_to_new_session": False},
}
NOOP_RULE = {"rule": "pesan", "steps": [{"intent": "pesan"}, {"action": "action_noop"}]}
# a word of every message of the load's mix
NOOP_WORDS = ["menu", "2", "syarat", "biaya", "Contoh", "terima kasih"]


def write_stock(folder: Path, messages: int, epochs: int) -> int:
    """config.yml, domain.yml and data/ of the stock bot; says how many messages it learns."""
    labels: dict[str, list[str]] = defaultdict(list)
    for one in sample([*baca_latih(), *numbers()], messages):
        labels[one.label].append(with_service(one))
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "config.yml").write_text(STOCK.format(epochs=epochs), encoding="utf-8")
    (folder / "domain.yml").write_text(stock_domain(sorted(labels)), encoding="utf-8")
    tulis_rasa(labels, data / "nlu.yml")
    for rules in sorted((ROOT / "data" / "rules").glob("*.yml")):
        (data / rules.name).write_bytes(rules.read_bytes())
    write(data / "stories.yml", {"version": "3.1", "stories": stories()})
    return sum(map(len, labels.values()))


def write_noop(folder: Path) -> int:
    """The same files for the bot that does nothing."""
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "config.yml").write_text(NOOP, encoding="utf-8")
    write(folder / "domain.yml", NOOP_DOMAIN)
    tulis_rasa({"pesan": NOOP_WORDS}, data / "nlu.yml")
    write(data / "rules.yml", {"version": "3.1", "rules": [NOOP_RULE]})
    return len(NOOP_WORDS)


def numbers() -> list[Latih]:
    """`#1` to the last service: a pipeline without our recogniser must have seen each."""
    return [Latih(f"#{one.nomor}", "pilih_nomor", "", 0) for one in katalog().layanan]


def sample(messages: list[Latih], count: int) -> list[Latih]:
    """As many of every intent; those of a retrieval intent are spread over its services."""
    intents: dict[str, dict[str, list[Latih]]] = defaultdict(lambda: defaultdict(list))
    shuffled = random.Random(3).sample(messages, len(messages))
    for one in shuffled:
        intents[one.label.partition("/")[0]][one.label].append(one)
    share = math.ceil(count / len(intents))
    chosen = []
    for labels in intents.values():
        turns = itertools.zip_longest(*labels.values())  # one of each label, then the next of each
        spread = [one for turn in turns for one in turn if one is not None]
        chosen += spread[:share]
    return chosen


def stock_domain(labels: list[str]) -> str:
    """domain.yml as it stands, with a response for every label of the response selector."""
    domain = YAML().load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for label in labels:
        if "/" in label:
            domain["responses"][f"utter_{label}"] = [{"text": f"Jawaban {label}."}]
    text = io.StringIO()
    YAML().dump(domain, text)
    return text.getvalue()


def with_service(message: Latih) -> str:
    """The message with the service it names, or the number, marked as DIET learns entities."""
    number = re.search(r"#(\d{1,2})\b", message.teks)
    if message.label == "pilih_nomor" and number:
        slug = next((one.slug for one in katalog().layanan if one.nomor == int(number[1])), "")
        return marked(message.teks, number.span(), slug) if slug else message.teks
    slug = message.label.partition("/")[2]
    if not slug:
        return message.teks
    names = sorted(katalog().ambil(slug).sebutan, key=len, reverse=True)
    named = re.search(rf"\b({'|'.join(map(re.escape, names))})\b", message.teks, re.IGNORECASE)
    return marked(message.teks, named.span(), slug) if named else message.teks


def marked(text: str, span: tuple[int, int], slug: str) -> str:
    """The text with one entity in Rasa's notation; a text with brackets stays as it is."""
    if set(text) & set("[](){}"):
        return text
    start, end = span
    return (
        f'{text[:start]}[{text[start:end]}]{{"entity": "layanan", "value": "{slug}"}}{text[end:]}'
    )


def stories() -> list[Json]:
    """The test stories to learn from: intents in place of texts."""
    told = YAML(typ="safe").load(STORIES.read_text(encoding="utf-8"))["stories"]
    return [{**one, "steps": [learnt(step) for step in one["steps"]]} for one in told]


def learnt(step: Mapping[str, Any]) -> Json:
    """A step without the resident's text; with it Rasa would learn texts end to end."""
    return {key: value for key, value in step.items() if key != "user"}


def write(file: Path, content: Mapping[str, Any]) -> None:
    """A YAML file."""
    with file.open("w", encoding="utf-8") as stream:
        YAML().dump(dict(content), stream)
