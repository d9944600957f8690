"""Figures of a day, a week or a month, and the officers' daily digest."""
