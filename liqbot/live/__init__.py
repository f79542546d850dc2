"""The markets as they are now: what was seen last, and the maps made of it."""
