"""Recorded webhooks, changed at random: for `bench.fuzz`."""

from __future__ import annotations

import copy
import json
import random
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

from simulator.signing import meta_bytes

Json = Any
PAYLOADS = Path(__file__).resolve().parent.parent / "tests" / "data" / "whatsapp"
PHONE_ID = "1060000000000001"
ALONE = 0.25  # share of requests with one case
NAMES, CANARY = re.compile(r"Siti Contoh|siti\.contoh"), "burung-kenari"
NASTY = [
    *(
        "",
        " ",
        "\x00",
        "\ud800",
        "\udfff\ud800",
        "\u202e\u200f",
        "\ufeff/restart",
        "／restart",
        "%s%n%(x)s",
    ),
    *("kotak-keluar:99999999999999999999", "kotak-keluar:99999999999999999", "kotak-keluar:٣", "²"),
    *(
        "wamid." + "x" * 249,
        "+6281200000001",
        "ID." + "z" * 128,
        "b:0.0",
        "l:zz.1.x.y",
        "é" * 4_097,
    ),
    *("4102444800", "99999999999", "9999999999999999", "-1", "1e999", "NaN", "0", "a" * 20_000),
    *(
        "failed",
        "read",
        "system",
        "text",
        "button",
        "image",
        "user_changed_number",
        PHONE_ID,
        CANARY,
    ),
]
ODD = [None, True, False, 0, -1, 2**31, 2**63, 10**30, 1e308, float("nan"), [], {}, [[]], [None]]


class Mutator:
    """Makes case after case out of the recorded payloads."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = int(time.time())
        self.texts = [f.read_text(encoding="utf-8") for f in sorted(PAYLOADS.glob("*.json"))]
        self.kinds: Counter[str] = Counter()

    def body(self, most: int) -> tuple[bytes, int]:
        """One request: its bytes, and how many cases are in it."""
        if most <= 1 or self.random.random() < ALONE:
            payload = self._changed(self._fresh())
            if self.random.random() < 0.5:
                return self._bytes(payload), 1
            return self._damaged(self._bytes(payload)), 1
        many = [self._changed(self._fresh()) for _ in range(self.random.randint(2, most))]
        whole = {"object": "whatsapp_business_account", "entry": []}
        for one in many:
            entry = one.get("entry") if isinstance(one, dict) else one
            whole["entry"] += entry if isinstance(entry, list) else [entry]
        self.kinds["batched"] += len(many)
        return self._bytes(whole), len(many)

    def _fresh(self) -> Json:
        """A recorded payload of another resident, with ids of its own; some ids come twice."""
        r = self.random
        person, times = r.randrange(100_000), iter(range(1_000))
        case = r.getrandbits(30) if r.random() < 0.95 else r.randrange(50)
        text = r.choice(self.texts).replace("6281200000001", f"62812000{person:05d}")
        text = text.replace("1790000000", str(self.now)).replace("ID.4f9a2c", f"ID.{person:06x}")
        text = NAMES.sub(CANARY, text).replace(
            "permohonan:117", f"kotak-keluar:{r.randrange(9_999)}"
        )
        return json.loads(re.sub(r"wamid\.\w+", lambda _: f"wamid.{case:x}x{next(times)}", text))

    def _changed(self, payload: Json) -> Json:
        """Change up to three places; one payload in eight stays as it was."""
        for _ in range(self.random.choice((0, 1, 1, 1, 1, 2, 2, 3))):
            payload = self._change(payload)
        return payload

    def _change(self, payload: Json) -> Json:
        places = list(walk(payload))
        if not places:
            return payload
        parent, key = self.random.choice(places)
        kind = self.random.choice(
            ("swap", "swap", "type", "delete", "double", "move", "wrap", "many")
        )
        self.kinds[kind] += 1
        if kind == "swap":
            parent[key] = self.random.choice(NASTY)
        elif kind == "type":
            parent[key] = self._other_type(parent[key])
        elif kind == "delete":
            del parent[key]
        elif kind == "move":
            other, name = self.random.choice(places)
            parent[key] = copy.deepcopy(other[name]) if _there(other, name) else None
        elif kind == "wrap":
            parent[key] = self.random.choice(([parent[key]], {"id": parent[key]}, [[parent[key]]]))
        elif isinstance(parent, list):
            times = 1 if kind == "double" else self.random.randint(2, 60)
            parent.extend(copy.deepcopy(parent[key]) for _ in range(times))
        else:
            parent[self.random.choice(("text", "from", "id", "errors", "group_id"))] = parent[key]
        return copy.deepcopy(payload)

    def _other_type(self, value: Json) -> Json:
        if isinstance(value, str) and value.isdecimal() and self.random.random() < 0.5:
            return int(value)
        return self.random.choice([*ODD, str(value)])

    def _bytes(self, payload: Json) -> bytes:
        if self.random.random() < 0.7:
            return meta_bytes(payload)
        return json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def _damaged(self, body: bytes) -> bytes:
        self.kinds["bytes"] += 1
        raw = bytearray(body)
        for _ in range(self.random.randint(1, 6)):
            at = self.random.randrange(len(raw) + 1)
            kind = self.random.randrange(4)
            if kind == 0 and at < len(raw):
                raw[at] ^= 1 << self.random.randrange(8)
            elif kind == 1:
                raw[at:at] = self.random.randbytes(self.random.randint(1, 4))
            elif kind == 2:
                del raw[at : at + self.random.randint(1, 8)]
            else:
                raw[at:at] = raw[at : at + self.random.randint(1, 200)]
        return bytes(raw)


def walk(node: Json) -> Any:
    """Every place in a JSON value, as its container and key."""
    stack = [node]
    while stack:
        at = stack.pop()
        items = (
            at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
        )
        for key, value in items:
            yield at, key
            stack.append(value)


def _there(parent: Json, key: Any) -> bool:
    return key in parent if isinstance(parent, dict) else key < len(parent)
