"""Indonesian words for Rasa: spaCy's rules for the language, with the plain spelling as lemma."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from kelurahan.nlu.label import sidik_nlu
from kelurahan.nlu.normal import normalkan
from kelurahan.nlu.pesan import tanpa_pemulung


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class IndonesianTokenizer(Tokenizer):
    """Cuts a message with `spacy.blank("id")`; needs no downloaded model."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's base class expects of every tokenizer."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def supported_languages() -> list[str]:
        """Indonesian only."""
        return ["id"]

    @staticmethod
    def required_packages() -> list[str]:
        """A new spaCy may cut differently, so it retrains."""
        return ["spacy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The lemmas depend on the slang table."""
        return sidik_nlu()

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._nlp = spacy.blank("id")
        # the training data's 410,000 words are 30,000 different ones
        self._lema = lru_cache(maxsize=50_000)(normalkan)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Cut every message of the training data."""
        with tanpa_pemulung():
            return super().process_training_data(training_data)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Words with their places in the text; an empty text has none."""
        token = [
            Token(t.text, t.idx, lemma=self._lema(t.text) or t.text)
            for t in self._nlp.make_doc(message.get(attribute) or "")
            if not t.is_space
        ]
        return self._apply_token_pattern(token)
