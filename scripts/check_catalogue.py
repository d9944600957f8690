"""Whether catalogue and training data belong together: names what is missing, file by file."""

from __future__ import annotations

import sys
from pathlib import Path

from kelurahan.katalog import KatalogError, katalog
from scripts.children import ROOT


def faults(slugs: set[str], training: Path) -> list[str]:
    """Services without examples, and examples for services that do not exist."""
    taught = {file.stem for file in training.glob("*.yml")}
    missing = [f"data/nlu/layanan/{slug}.yml: missing" for slug in sorted(slugs - taught)]
    strange = [f"layanan/{slug}.yml: missing, but it has examples" for slug in taught - slugs]
    return missing + sorted(strange)


def main() -> int:
    """`python -m scripts.check_catalogue`"""
    try:
        services = katalog().layanan
    except KatalogError as error:
        print(error, file=sys.stderr)
        return 1
    found = faults({service.slug for service in services}, ROOT / "data" / "nlu" / "layanan")
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print(f"Catalogue: {len(services)} services, each with its training examples.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
