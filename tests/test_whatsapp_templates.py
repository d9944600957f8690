"""Templates as the Cloud API wants them, checked by the simulator's own validation too."""

from __future__ import annotations

import pytest
from whatsapp_world import run

from kelurahan.whatsapp import build, templates
from kelurahan.whatsapp.client import GraphClient
from simulator import testing

NOMOR = "KDJ-2611-0042"


def parameters(body):
    (component,) = body["template"]["components"]
    return [one["text"] for one in component["parameters"]]


def test_it_names_number_service_and_status():
    body = templates.status_permohonan(NOMOR, "e-KTP", "siap diambil")
    assert body["type"] == "template"
    assert body["template"]["name"] == "status_permohonan"
    assert body["template"]["language"]["code"] == "id"
    assert parameters(body) == [NOMOR, "e-KTP", "siap diambil"]


def test_line_breaks_and_long_texts_that_meta_refuses_are_mended():
    body = templates.status_permohonan(NOMOR, "e-KTP", "perlu\n\n\tdilengkapi:     " + "x" * 500)
    status = parameters(body)[2]
    assert status.startswith("perlu dilengkapi: x")
    assert len(status) <= templates.PARAMETER


@pytest.mark.parametrize("wrong", [("", "e-KTP", "siap"), (NOMOR, " \n", "siap")])
def test_an_empty_parameter_is_refused_before_meta_does(wrong):
    with pytest.raises(ValueError, match="is empty"):
        templates.status_permohonan(*wrong)


def test_a_wrong_number_of_parameters_is_named():
    with pytest.raises(ValueError, match="2 parameters, needs 3"):
        templates.body(templates.STATUS, "a", "b")


def test_it_arrives_although_the_resident_has_never_written():
    """Free text would be refused with 131047 here."""
    with testing.start() as sim:
        sim.rules(templates=templates.TEXTS)
        config = sim.config

        async def send():
            client = GraphClient(
                url=sim.url,
                version="v25.0",
                phone_number_id=config.phone_number_id,
                token=config.access_token,
            )
            try:
                body = templates.status_permohonan(NOMOR, "e-KTP", "siap diambil")
                return await client.send(build.address(body, "6281200000777", None))
            finally:
                await client.close()

        assert run(send()).startswith("wamid.")
        [bubble] = sim.replies("6281200000777")
        assert bubble.text.startswith(f"Kabar permohonan {NOMOR} (e-KTP)")
