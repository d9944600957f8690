"""What the Makefile's commands do; run as `python -m scripts.NAME` from the project's folder."""
