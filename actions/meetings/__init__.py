"""Meetings: their agendas, running them from the screen, and the list of what they decided."""
