"""One ready example of everything a webhook may bring (fact sheet section 4), by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import payloads as p

Json = dict[str, Any]
QUOTED = "wamid.HBgNQ09OVE9ILURJS1VUSVA="
ID = "1700000000000001"


@dataclass(frozen=True)
class Sample:
    """A message's content, or (with `value`) a change that holds no message at all."""

    content: Json = field(default_factory=dict)
    value: Json | None = None
    field: str = "messages"
    contacts: bool = True
    phone_number_id: str | None = None


def _text(body: str, **more: Any) -> Sample:
    return Sample({**p.text(body), **more})


TEXTS: Mapping[str, Sample] = {
    "text": _text("Kelurahan, minta info"),
    "text_reply": _text("yang ini", context={"from": "622510000000", "id": QUOTED}),
    "text_forwarded": _text("Info penting", context={"forwarded": True}),
    "text_often_forwarded": _text("Info penting", context={"frequently_forwarded": True}),
    "text_referral": _text(
        "Halo",
        referral={"source_type": "ad", "source_id": "1", "source_url": "https://contoh.invalid"},
    ),
    "text_emoji_only": _text("👍🏽🙏"),
    "text_empty": _text(""),
    "text_long": _text("panjang sekali " * 334),
    "text_restart": _text("/restart"),
    "group_message": _text("Halo semua", group_id="120363000000000001"),
    "foreign_number": Sample(p.text("salah alamat"), phone_number_id="1060000000009999"),
}

TAPS: Mapping[str, Sample] = {
    "button_reply": Sample(p.interactive("button_reply", id="b:0:ya", title="Ya, kirim")),
    "list_reply": Sample(
        p.interactive("list_reply", id="l:0:1", title="Kartu Keluarga", description="Baru, hilang")
    ),
    "nfm_reply": Sample(p.nfm_reply({"nama": "Siti", "flow_token": "f:0"})),
    "template_button": Sample(p.template_button("lihat-status", "Lihat status")),
    "interactive_error": Sample(
        {
            "type": "interactive",
            "interactive": {},
            "errors": [p.error(131000, "Something went wrong", "Tap could not be read.")],
        }
    ),
}

MEDIA: Mapping[str, Sample] = {
    "image": Sample(p.media("image", ID, "image/jpeg")),
    "image_caption": Sample(p.media("image", ID, "image/jpeg", caption="ini KTP saya")),
    "video": Sample(p.media("video", ID, "video/mp4")),
    "document": Sample(p.media("document", ID, "application/pdf", filename="surat.pdf")),
    "audio": Sample(p.media("audio", ID, "audio/mpeg", voice=False)),
    "voice_note": Sample(p.media("audio", ID, "audio/ogg; codecs=opus", voice=True)),
    "voice_old": Sample(p.media("voice", ID, "audio/ogg; codecs=opus")),
    "sticker": Sample(p.media("sticker", ID, "image/webp", animated=False)),
    "media_too_large": Sample(
        {
            "type": "unsupported",
            "errors": [p.error(131052, "Media download error", "Media file size too big.")],
        }
    ),
}

SYSTEM: Mapping[str, Sample] = {
    "system_new_number": Sample(
        p.system(
            "user_changed_number",
            body="Siti changed from 6281200000001 to 6281200000091",
            wa_id="6281200000091",
            previous_user_id="ID.4f9a2c01",
        ),
        contacts=False,
    ),
    "system_new_number_old_form": Sample(
        p.system(
            "user_changed_number",
            body="Siti changed from 6281200000001 to 6281200000091",
            new_wa_id="6281200000091",
        ),
        contacts=False,
    ),
    "system_new_user_id": Sample(
        p.system(
            "user_changed_user_id",
            body="User changed their user id",
            previous_user_id="ID.4f9a2c01",
            previous_parent_user_id="ID.0f9a2c01",
        ),
        contacts=False,
    ),
    "system_identity": Sample(
        p.system("customer_identity_changed", body="Identity changed"), contacts=False
    ),
}

OTHERS: Mapping[str, Sample] = {
    "location": Sample(p.location(-6.2, 106.8, name="Rumah", address="Jalan Contoh 1")),
    "contacts": Sample(
        {
            "type": "contacts",
            "contacts": [
                {"name": {"formatted_name": "Pak RT"}, "phones": [{"wa_id": "6281200000088"}]}
            ],
        }
    ),
    "reaction": Sample(p.reaction(QUOTED, "👍")),
    "reaction_removed": Sample(p.reaction(QUOTED, None)),
    "order": Sample({"type": "order", "order": {"catalog_id": "1", "product_items": []}}),
    "request_welcome": Sample({"type": "request_welcome"}),
    "unsupported": Sample(p.unsupported()),
    "unsupported_edit": Sample(p.unsupported("edit")),
    "unsupported_poll": Sample(p.unsupported("poll")),
    "edit": Sample(
        {"type": "edit", "edit": {"original_message_id": QUOTED, "message": p.text("ralat")}}
    ),
    "revoke": Sample({"type": "revoke", "revoke": {"original_message_id": QUOTED}}),
    "unknown_type": Sample({"type": "hologram", "hologram": {"id": ID}}),
}

_STATUS = {"id": QUOTED, "timestamp": "1790000000", "recipient_id": "6281200000001"}
_FAILED = {
    **_STATUS,
    "status": "failed",
    "errors": [p.error(131047, "Re-engagement message", "More than 24 hours have passed.")],
}

WITHOUT_MESSAGES: Mapping[str, Sample] = {
    "status_sent": Sample(value={"statuses": [{**_STATUS, "status": "sent"}]}),
    "status_delivered": Sample(value={"statuses": [{**_STATUS, "status": "delivered"}]}),
    "status_read": Sample(value={"statuses": [{**_STATUS, "status": "read"}]}),
    "status_played": Sample(value={"statuses": [{**_STATUS, "status": "played"}]}),
    "status_deleted": Sample(value={"statuses": [{**_STATUS, "status": "deleted"}]}),
    "status_failed": Sample(value={"statuses": [_FAILED]}),
    "value_errors": Sample(
        value={"errors": [p.error(131000, "Something went wrong", "Internal error.")]}
    ),
    "field_account_update": Sample(value={"event": "VERIFIED_ACCOUNT"}, field="account_update"),
    "field_template_status": Sample(
        value={"event": "APPROVED", "message_template_name": "status_permohonan"},
        field="message_template_status_update",
    ),
    "field_echoes": Sample(
        value={
            "message_echoes": [
                {
                    "from": "622510000000",
                    "to": "6281200000001",
                    "id": QUOTED,
                    "timestamp": "1790000000",
                    **p.text("dari aplikasi"),
                }
            ]
        },
        field="smb_message_echoes",
    ),
}

SAMPLES: Mapping[str, Sample] = {
    **TEXTS,
    **TAPS,
    **MEDIA,
    **SYSTEM,
    **OTHERS,
    **WITHOUT_MESSAGES,
}
