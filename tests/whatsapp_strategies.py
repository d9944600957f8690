"""Hypothesis strategies around Meta's webhooks: mostly right, and anything in any place."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from whatsapp_world import NUMBER, PHONE_ID


def storm(examples: int) -> settings:
    """The same cases on every machine, however slow; a fixture is meant to live through them."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


LONGEST_BSUID = "ID." + "z" * 128
STRINGS = [
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff\ud800",
        "\u202egnp.exe",
        "\u200f\u200e",
        "\ufeff/",
    ),
    *(
        "/restart",
        "／restart",
        '/ajukan{"nama":"x"}',
        "{{7*7}}",
        "%s%n%(x)s",
        "'; DROP TABLE inbox;--",
    ),
    *("kotak-keluar:1", "kotak-keluar:99999999999999999999", "kotak-keluar:-1", "kotak-keluar:٣"),
    *("kotak-keluar:99999999999999999", "kotak-keluar:²", "NaN", "1e999", "٣٤٥", "0" * 16),
    *(
        "wamid." + "x" * 249,
        "+" + NUMBER,
        NUMBER,
        LONGEST_BSUID,
        "ID.4f9a2c",
        "b:0.0",
        "l:zz.1.x.y",
    ),
    *("👨‍👩‍👧‍👦", "é" * 300, "a" * 100_000, "\n" * 5_000, "/" * 5_000, "b:" + "." * 300, PHONE_ID),
]
STAMPS = [0, -1, -(2**40), 2**31 - 1, 2**31, 2**32, 10**11 - 1, 10**11, 10**14, 10**16 - 1, 10**30]
NUMBERS = st.one_of(st.sampled_from([*STAMPS, 131047, True]), st.integers(), st.floats())
TEXTS = st.one_of(st.sampled_from(STRINGS), st.text(st.characters(), max_size=40))
KEYS = st.sampled_from(
    "id from type text body errors code wa_id user_id interactive system entry".split()
)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYS, TEXTS), inner, max_size=4)
    ),
    max_leaves=12,
)


def mostly(good) -> st.SearchStrategy:
    """What belongs there, and once in a while anything else."""
    strategy = good if isinstance(good, st.SearchStrategy) else st.just(good)
    return st.integers(0, 24).flatmap(lambda n: JSON if n == 7 else strategy)


def shaped(**fields) -> st.SearchStrategy:
    """An object with these fields, most of them right (JSON stands for what is missing, too)."""
    return st.fixed_dictionaries({k: mostly(v) for k, v in fields.items()})


def some(item: st.SearchStrategy, most: int = 4) -> st.SearchStrategy:
    return st.lists(mostly(item), min_size=1, max_size=most)


PEOPLE = [f"62812000000{n:02d}" for n in range(8)] + ["+6281200000090", "62812000000990000000"]
IDS = [f"ID.4f9a{n}" for n in range(5)] + [LONGEST_BSUID]
WAMIDS = st.one_of(
    st.uuids().map(lambda u: f"wamid.{u.hex}"),
    st.sampled_from(["wamid.A", "wamid.B", "wamid." + "x" * 249, "wamid.OUT1", "wamid.OUT2"]),
)
TIMES = st.one_of(st.just("1790000000"), st.sampled_from(STAMPS), st.sampled_from(STAMPS).map(str))
ERRORS = some(shaped(code=st.one_of(st.sampled_from([131047, 131052, 1, 131026]), NUMBERS)))
REPLY = shaped(id=TEXTS, title=TEXTS)
SYSTEM = shaped(
    type=st.sampled_from(["user_changed_number", "user_changed_user_id", "lain"]),
    wa_id=st.sampled_from(PEOPLE),
    new_wa_id=st.sampled_from(PEOPLE),
    user_id=st.sampled_from(IDS),
    previous_user_id=st.sampled_from(IDS),
)
TYPES = (
    "text interactive button image video document sticker audio voice location contacts reaction "
    "order request_welcome system unsupported edit revoke serbabaru"
).split()
MESSAGE = st.tuples(
    st.fixed_dictionaries(
        {"id": mostly(WAMIDS), "from": mostly(st.sampled_from(PEOPLE))},
        optional={"from_user_id": mostly(st.sampled_from(IDS)), "errors": ERRORS},
    ),
    shaped(
        timestamp=TIMES,
        type=st.sampled_from(TYPES),
        text=shaped(body=TEXTS),
        interactive=shaped(
            type=st.sampled_from(["button_reply", "list_reply", "nfm_reply"]),
            button_reply=REPLY,
            list_reply=REPLY,
        ),
        button=shaped(payload=TEXTS, text=TEXTS),
        image=shaped(id=JSON, mime_type=TEXTS, caption=TEXTS),
        system=SYSTEM,
        unsupported=shaped(type=st.sampled_from(["edit", "x"])),
    ),
).map(lambda two: {**two[1], **two[0]})
REFERENCES = st.one_of(
    st.integers(1, 40).map("kotak-keluar:{}".format), st.integers(0).map("kotak-keluar:{}".format)
)
STATUS = shaped(
    id=WAMIDS,
    status=st.sampled_from("sent delivered read played failed deleted".split()),
    timestamp=TIMES,
    biz_opaque_callback_data=st.one_of(REFERENCES, TEXTS),
    errors=ERRORS,
)
VALUE = st.fixed_dictionaries(
    {"metadata": mostly(st.just({"phone_number_id": PHONE_ID}))},
    optional={
        "contacts": mostly(
            some(shaped(wa_id=st.sampled_from(PEOPLE), user_id=st.sampled_from(IDS)))
        ),
        "messages": mostly(some(MESSAGE)),
        "statuses": mostly(some(STATUS)),
        "errors": ERRORS,
    },
)
CHANGE = st.fixed_dictionaries({"field": mostly("messages"), "value": mostly(VALUE)})
WEBHOOK = st.fixed_dictionaries(
    {"entry": mostly(some(st.fixed_dictionaries({"changes": mostly(some(CHANGE))}), 2))},
    optional={"object": mostly("whatsapp_business_account"), "x": JSON},
)


@st.composite
def bodies(draw) -> bytes:
    """Raw bytes around what Meta sends: odd JSON, bytes changed, cut, doubled, encoded oddly."""
    body = json.dumps(draw(mostly(WEBHOOK)), ensure_ascii=draw(st.booleans()))
    raw = body.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-16"])), "surrogatepass")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=4)) + raw[at + draw(st.integers(0, 4)) :]
    return raw
