"""The code behind the Kedungjaya service bot; docs/architecture.md shows who may import whom."""
