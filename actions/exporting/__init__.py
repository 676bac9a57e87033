"""A plan goes out as the Word, Excel and CSV files that people edit, and comes in again from them.

Whatever the kind of file, a plan is first laid out as a table (``table``): its own columns in their order. The file
shows that table and carries, hidden in itself, the plan it was made from (``carried``). Coming back, each cell
is compared with what it showed when it went out (``returned``): where it is the same, the plan that was carried
holds, to the last sign; where somebody has changed it, what the cell says now holds, read as an import reads it
(``cells``).
"""
