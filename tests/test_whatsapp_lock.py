"""While Redis is away no turn can have its lock: messages wait, and nobody is told of a fault."""

from __future__ import annotations

import pytest
from rasa.core.lock_store import LockError
from redis.exceptions import ConnectionError as RedisAwayError
from whatsapp_channel_world import World
from whatsapp_world import envelope, run, text, until

from kelurahan.whatsapp.rasa_turn import RasaTurn
from kelurahan.whatsapp.turns import Question, TurnUndoneError

QUESTION = Question("warga", "menu", "abc", {})


async def no_lock(_message: object) -> None:
    raise LockError("Error while acquiring lock. conversation 'warga'")


class Agent:
    """A loaded agent whose Redis is away."""

    lock_store = property(lambda self: self)

    def delete_lock(self, _resident: str) -> None:
        raise RedisAwayError("Connection refused")


def test_a_turn_that_gets_no_lock_has_not_begun_and_can_be_run_again():
    with pytest.raises(TurnUndoneError, match="^lock store: LockError$"):
        run(RasaTurn(no_lock).ask(QUESTION))


def test_a_turn_cannot_be_looked_up_while_redis_is_away():
    turn = RasaTurn(no_lock)
    turn.agent = Agent()
    with pytest.raises(TurnUndoneError, match="^lock store: ConnectionError$"):
        run(turn.recall("warga", "abc"))


def test_the_message_waits_uncounted_and_is_answered_when_redis_is_back(basis_data):
    async def story() -> None:
        async with World().open() as world:
            world.rasa.fault = LockError("Connection refused")
            await world.deliver(envelope(text("menu")))
            assert world.rows("SELECT state, attempts FROM inbox") == [("waiting", 0)]
            assert world.client.sent == []
            world.rasa.fault = None
            await until(lambda: world.client.sent, 10)
            assert world.client.texts() == ["jawab: menu"]

    run(story())
