"""What the bot does: thin rasa-sdk actions, one file per topic. No side effects at import."""
