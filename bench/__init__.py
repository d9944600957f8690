"""Measurements of a running bot on this machine; see README.md."""
