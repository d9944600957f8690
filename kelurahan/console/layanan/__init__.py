"""The catalogue as residents see it, and changes to it by officers: versioned, with preview."""
