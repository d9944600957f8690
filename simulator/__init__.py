"""An offline stand-in for WhatsApp: a fake Meta Cloud API, an inbound player and a chat page.

It imports nothing of the project, so that a mistake in the bot cannot hide in its own test double.
"""
