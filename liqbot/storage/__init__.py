"""Where what was seen is kept."""
