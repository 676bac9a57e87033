"""How the pages of an account put things."""

import re

from django import template

register = template.Library()

#: The first that a browser's own description contains names it; most of them claim to be several.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
MACHINES = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux")),
)


@register.filter
def browser(user_agent):
    """Name a browser and its machine as people do: "Edge on Windows"."""
    name = next((name for part, name in BROWSERS if re.search(part, user_agent)), "Another browser")
    machine = next((name for part, name in MACHINES if part in user_agent), "")
    return f"{name} on {machine}" if machine else name
