"""Documents become plans, in three steps kept apart.

`read` turns a file into headings, paragraphs and tables of cells; it knows files, not plans. `recognise`
turns these into sections, recommendations and actions; it knows the words of the trade, not files. `save` puts
a plan into the database, and `export` takes it out again. A place that was not understood is a `Problem` that
says where it is; it is never guessed.
"""
