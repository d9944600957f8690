"""Everything the simulator remembers, and the announcements of what changes."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from simulator import ids
from simulator.clock import Clock
from simulator.config import Config
from simulator.events import Hub
from simulator.model import BOT, SCRIPTS, WARGA, Bubble, Fault, Media, Resident, Rules

DAY = 86400.0
INBOUND_MEDIA, UPLOADED_MEDIA, MEDIA_URL = 7 * DAY, 30 * DAY, 300.0
RECEIPT_AGE = 30 * DAY
TYPING = 25.0


class UnknownResidentError(KeyError):
    """No resident with this key, number or BSUID."""


class State:
    """Residents, their chats, media, faults and rules."""

    def __init__(self, config: Config, clock: Clock, hub: Hub) -> None:
        self.config, self.clock, self.hub = config, clock, hub
        self.rules = Rules(config.webhook_url)
        self.clear()

    def clear(self) -> None:
        """Back to the start: default residents, empty chats, no faults; the rules stay."""
        self.residents: dict[str, Resident] = {}
        self.bubbles: dict[str, Bubble] = {}
        self.media: dict[str, Media] = {}
        self.tickets: dict[str, tuple[str, float]] = {}
        self.faults: list[Fault] = []
        for resident in self.config.residents:
            self.residents[resident.key] = replace(resident)
        self.hub.publish("reset")

    # residents

    def resident(self, who: str, *, create: bool = True) -> Resident:
        """By key, number or BSUID; a number or BSUID not seen before gets a resident of its own."""
        found = self.find(who)
        if found is not None:
            return found
        number = ids.digits(who)
        if create and ids.PHONE.fullmatch(number):
            return self.add(f"Warga {number[-2:]}", wa_id=number)
        if create and ids.BSUID.fullmatch(who):
            return self.add(f"Warga {who[-4:]}", bsuid=who)
        raise UnknownResidentError(who)

    def find(self, who: str) -> Resident | None:
        """The resident known by this key, number or BSUID."""
        if who in self.residents:
            return self.residents[who]
        number = ids.digits(who)
        for resident in self.residents.values():
            if who == resident.bsuid or (resident.wa_id and number == resident.wa_id):
                return resident
        return None

    def add(self, name: str, *, wa_id: str | None = None, bsuid: str | None = None) -> Resident:
        """A new resident, with a number or with a BSUID alone."""
        bsuid = bsuid or ids.bsuid_of(wa_id or f"{name}{len(self.residents)}{self.clock.now()}")
        key = wa_id or bsuid.replace(".", "-")
        resident = Resident(key, name, wa_id, bsuid)
        self.residents[key] = resident
        self.hub.publish("resident", resident=asdict(resident))
        return resident

    def remove(self, key: str) -> None:
        """Take a resident and the chat away."""
        self.residents.pop(key, None)
        self.bubbles = {k: b for k, b in self.bubbles.items() if b.resident != key}
        self.hub.publish("removed", resident=key)

    def set_script(self, who: str, name: str) -> None:
        """Choose what becomes of messages to this resident."""
        if name not in SCRIPTS:
            raise ValueError(f"script {name!r} is not one of {', '.join(SCRIPTS)}")
        resident = self.resident(who)
        resident.script = name
        self.hub.publish("resident", resident=asdict(resident))

    # bubbles

    def put(self, bubble: Bubble) -> Bubble:
        """Add a bubble to its chat, or announce that it changed."""
        self.bubbles[bubble.id] = bubble
        self.hub.publish("bubble", bubble=bubble.as_json())
        return bubble

    def chat(self, key: str) -> list[Bubble]:
        """One resident's bubbles in the order of their arrival."""
        return [bubble for bubble in list(self.bubbles.values()) if bubble.resident == key]

    def mark_read(self, wamid: str) -> Resident | None:
        """The bot read this message and all before it; None if the id is unknown or too old."""
        marked = self.bubbles.get(wamid)
        now = self.clock.now()
        if marked is None or marked.author != WARGA or now - marked.at > RECEIPT_AGE:
            return None
        for bubble in self.chat(marked.resident):
            if bubble.author == WARGA and bubble.status != "read":
                bubble.status = "read"
                self.put(bubble)
            if bubble is marked:
                break
        return self.residents[marked.resident]

    def typing(self, resident: Resident, on: bool) -> None:
        """Show or hide "sedang mengetik"."""
        resident.typing_until = self.clock.now() + TYPING if on else 0.0
        self.hub.publish("typing", resident=resident.key, seconds=TYPING if on else 0)

    # media

    def add_media(
        self, content: bytes, mime_type: str, *, life: float, filename: str = ""
    ) -> Media:
        """Keep a file under a fresh id."""
        media = Media(ids.media_id(), mime_type, content, self.clock.now() + life, filename)
        self.media[media.id] = media
        return media

    def live_media(self, media_id: str) -> Media | None:
        """A file whose id has not expired."""
        media = self.media.get(media_id)
        return media if media and media.expires > self.clock.now() else None

    def issue_ticket(self, media_id: str) -> str:
        """A token for the bytes URL, good for five minutes."""
        ticket = ids.media_id()
        self.tickets[ticket] = (media_id, self.clock.now() + MEDIA_URL)
        return ticket

    def by_ticket(self, media_id: str, ticket: str) -> Media | None:
        """The file of a bytes URL that has not expired."""
        wanted, until = self.tickets.get(ticket, ("", 0.0))
        return (
            self.live_media(media_id) if wanted == media_id and until > self.clock.now() else None
        )

    # faults and the whole

    def take_fault(self, resident: Resident | None, on: str) -> Fault | None:
        """The next planned fault for this request, used up by one."""
        for fault in self.faults:
            mine = fault.resident is None or (resident and self.find(fault.resident) is resident)
            if mine and fault.on in (on, "any"):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def snapshot(self) -> dict[str, Any]:
        """What a page needs when it is opened."""
        return {
            "residents": [asdict(resident) for resident in self.residents.values()],
            "bubbles": [bubble.as_json() for bubble in self.bubbles.values()],
            "rules": asdict(self.rules),
            "scripts": list(SCRIPTS),
        }


def is_bot(bubble: Bubble) -> bool:
    """Whether the resident sees this bubble and did not write it."""
    return bubble.author == BOT and bubble.seen
