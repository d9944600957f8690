"""Conversations: who waits for a human, reading along, taking over, writing, letting go."""
