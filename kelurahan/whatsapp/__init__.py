"""WhatsApp connector: signature, parsing, cleaning, building, sending, each pure and separate."""
