"""Placeholder until its section is built."""

from __future__ import annotations

HALAMAN = ()
