"""Finds words in everything that a person may see.

``sources`` says what can be found, ``index`` has the database keep it, ``asked`` reads what a person typed,
``sight`` says what they may see, ``finding`` asks the database, ``results`` sets out what was found.
"""
