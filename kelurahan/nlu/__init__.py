"""What the bot understands: Rasa graph components over the catalogue and the training data."""

from __future__ import annotations
