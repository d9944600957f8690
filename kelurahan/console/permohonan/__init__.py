"""Permohonan: the queue, one application, what officers do with it, and telling the resident."""
