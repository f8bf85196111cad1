"""Reading calendars made elsewhere."""
