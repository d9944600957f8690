"""Keeps the training data sound (`make nlu-check`) and measures what it teaches (`nlu-report`)."""
