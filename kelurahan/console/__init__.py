"""The petugas console: server-rendered pages for the officers of the kelurahan (ADR 9)."""
