"""What liqbot says, before any platform has dressed it."""
