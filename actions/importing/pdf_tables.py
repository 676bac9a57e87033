"""The tables on a page of a PDF: cells between rules, or, where a table is ruled only across, under its headings."""

from dataclasses import dataclass, field

from actions.importing.pdf_text import Line, lines_of, words_of

#: How far apart, in points, two rules may be that are meant to be one.
NEAR = 4
LEAST_WIDTH_OF_TABLE = 0.3
#: Measured in the size of the letters: the least space between two headings, and from a rule to the words beside it.
BETWEEN_HEADINGS = 0.9
SPACE_IN_A_LINE = 0.45
BESIDE_RULE = 2.5
BETWEEN_LINES = 1.2
#: How many of the lines of a table may run across a place for it to be taken as the edge of a column.
MOST_CROSSING = 0.12


@dataclass
class Box:
    """A cell: where it stands on its page, and what it holds."""

    x0: float
    top: float
    x1: float
    bottom: float
    lines: list[Line] = field(default_factory=list)
    fill: str | None = None


@dataclass
class Grid:
    """The cells of a table on one page; where it is ruled only across, their sides are not exact."""

    boxes: list[Box]
    has_uprights: bool = True

    @property
    def x0(self):
        return min(box.x0 for box in self.boxes)

    @property
    def x1(self):
        return max(box.x1 for box in self.boxes)

    @property
    def top(self):
        return min(box.top for box in self.boxes)

    @property
    def bottom(self):
        return max(box.bottom for box in self.boxes)

    @property
    def edges(self):
        """The edges of the columns from left to right."""
        return clustered([each for box in self.boxes for each in (box.x0, box.x1)])

    @property
    def is_one_column(self):
        return len(self.edges) == 2


@dataclass
class Page:
    """What stands on a page: lines outside tables, tables, and the rules across the page that belong to none."""

    number: int
    width: float
    height: float
    lines: list[Line]
    grids: list[Grid]
    rules: list[tuple[float, float, float]]
    fills: list[Box]


def page_of(page, number):
    """Return what stands on a page of a PDF, which is let go of."""
    edges = [edge for edge in page.edges if _is_rule(edge, page)]
    fills = _fills(page)
    grids = [Grid([Box(*cell) for cell in table.cells]) for table in page.find_tables(_settings(edges))]
    grids = [grid for grid in grids if len(grid.boxes) > 1 and grid.x1 - grid.x0 > NEAR]
    for grid in grids:
        grid.boxes = [box for box in grid.boxes if box.x1 - box.x0 > NEAR and box.bottom - box.top > NEAR] or grid.boxes
    outside = _put_into_boxes(page.chars, grids)
    for grid in grids:
        for box in grid.boxes:
            box.lines = lines_of(words_of(box.lines))
            box.fill = fill_behind(box, fills)
        grid.boxes = [part for box in grid.boxes for part in _in_columns(box, grid.edges)]
    grids = [grid for grid in grids if any(box.lines for box in grid.boxes)]
    rules = [
        (edge["top"], edge["x0"], edge["x1"])
        for edge in edges
        if edge["orientation"] == "h" and not any(_is_inside(edge, grid) for grid in grids)
    ]
    return Page(number, page.width, page.height, lines_of(words_of(outside)), grids, rules, fills)


def clustered(values):
    """Return values that are near each other as one, in order."""
    groups = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= NEAR:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def fill_behind(box, fills):
    """Return the colour behind a cell as six hexadecimal digits: the smallest area that covers its middle."""
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    found = [fill for fill in fills if _holds(fill, x, y)]
    colour = min(found, key=lambda each: (each.x1 - each.x0) * (each.bottom - each.top)).fill if found else None
    return None if colour == "FFFFFF" else colour


# Ruled tables


def _settings(edges):
    """Return how tables are found: with the open edges of those that go on overleaf, or have no frame, closed."""
    across, down = [], []
    for group in _touching(edges):
        uprights = [edge for edge in group if edge["orientation"] == "v"]
        if len(clustered([edge["x0"] for edge in uprights])) < 2:
            continue
        x0, x1 = min(edge["x0"] for edge in group), max(edge["x1"] for edge in group)
        top, bottom = min(edge["top"] for edge in uprights), max(edge["bottom"] for edge in uprights)
        across += [_edge("h", x0, x1, y, y) for y in (top, bottom)]
        down += [_edge("v", x, x, top, bottom) for x in (x0, x1)]
    return {
        "vertical_strategy": "explicit",
        "horizontal_strategy": "explicit",
        "explicit_vertical_lines": down + [edge for edge in edges if edge["orientation"] == "v"] or [0, 0],
        "explicit_horizontal_lines": across + [edge for edge in edges if edge["orientation"] == "h"] or [0, 0],
        "snap_tolerance": 3,
        "join_tolerance": 3,
        "intersection_tolerance": 3,
    }


def _is_rule(edge, page):
    """Whether an edge may be that of a cell: long enough, and on the page."""
    length = max(edge["x1"] - edge["x0"], edge["bottom"] - edge["top"])
    return length > 2 and edge["bottom"] >= 0 and edge["top"] <= page.height


def _touching(edges):
    """Return the edges in groups that hang together."""
    groups = []
    for edge in sorted(edges, key=lambda each: each["top"]):
        box = [edge["x0"] - NEAR, edge["top"] - NEAR, edge["x1"] + NEAR, edge["bottom"] + NEAR]
        members, apart = [edge], []
        for other, its_members in groups:
            if box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]:
                box = [min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])]
                members = its_members + members
            else:
                apart.append((other, its_members))
        groups = [*apart, (box, members)]
    return [members for _, members in groups]


def _edge(orientation, x0, x1, top, bottom):
    return {
        "object_type": "line_edge",
        "orientation": orientation,
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }


def _put_into_boxes(chars, grids):
    """Put each letter into the smallest cell around its middle; return those that stand in no table."""
    boxes = sorted(
        (box for grid in grids for box in grid.boxes), key=lambda box: (box.x1 - box.x0) * (box.bottom - box.top)
    )
    outside, box, before = [], None, None
    for char in chars:
        if not _goes_on(before, char):
            x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
            box = next((box for box in boxes if _holds(box, x, y)), None)
            if box is None and (grid := next((grid for grid in grids if _holds(grid, x, y)), None)):
                box = min(grid.boxes, key=lambda each: _distance(each, x, y))
        (box.lines if box else outside).append(char)
        before = char
    return outside


def _goes_on(before, char):
    """Whether a letter goes on in the word of the one before it, which may be too long for its cell."""
    if before is None or before["text"].isspace() or char["text"].isspace():
        return False
    is_beside = abs(char["x0"] - before["x1"]) < 0.1 * before["size"]
    return is_beside and abs(char["bottom"] - before["bottom"]) < 0.1 * before["size"]


def _holds(box, x, y):
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom


def _in_columns(box, edges):
    """Return a wide cell as one for each column, where its words stand in columns: no rules part them in its row."""
    inner = [edge for edge in edges if box.x0 + NEAR < edge < box.x1 - NEAR]
    spans = [spans_of([line.words], SPACE_IN_A_LINE) for line in box.lines]
    if not inner or any(_crossing(spans, edge) for edge in inner):
        return [box]
    words = [word for line in box.lines for word in line.words]
    sides = [box.x0, *inner, box.x1]
    parts = []
    for left, right in zip(sides, sides[1:], strict=False):
        within = [word for word in words if left <= (word.x0 + word.x1) / 2 < right]
        parts.append(Box(left, box.top, right, box.bottom, lines_of(within), box.fill))
    return parts if sum(bool(part.lines) for part in parts) > 1 else [box]


def _distance(box, x, y):
    return max(box.x0 - x, x - box.x1, 0) + max(box.top - y, y - box.bottom, 0)


def _is_inside(edge, grid):
    x = (edge["x0"] + edge["x1"]) / 2
    return grid.x0 - NEAR <= x <= grid.x1 + NEAR and grid.top - NEAR <= edge["top"] <= grid.bottom + NEAR


def _fills(page):
    """Return the coloured areas of a page."""
    return [
        Box(each["x0"], each["top"], each["x1"], each["bottom"], fill=colour)
        for each in page.rects
        if each["fill"] and each["height"] > NEAR and (colour := _hexadecimal(each["non_stroking_color"]))
    ]


def _hexadecimal(colour):
    """Return a colour given as grey, as red, green and blue, or as four inks; None for a pattern."""
    parts = [colour] if isinstance(colour, int | float) else list(colour or ())
    if not all(isinstance(part, int | float) for part in parts):
        return None
    if len(parts) == 1:
        parts *= 3
    elif len(parts) == 4:
        parts = [(1 - part) * (1 - parts[3]) for part in parts[:3]]
    if len(parts) != 3:
        return None
    return "".join(f"{round(255 * min(max(part, 0), 1)):02X}" for part in parts)


# Tables ruled only across


def find_tables_ruled_across(page, before=None):
    """Take the tables out of a page whose columns have no rules between them; return the last of the grids.

    `before` is the table at the end of the page before: one with the same edges has its columns.
    """
    for rules in _rules_of_tables(page, before):
        words = [word for line in page.lines for word in line.words]
        bands = _bands(page, rules)
        if not bands:
            continue
        x0, x1 = rules[0][1], rules[0][2]
        inside = [word for word in words if x0 - NEAR <= (word.x0 + word.x1) / 2 <= x1 + NEAR]
        rows = [[word for word in inside if top <= (word.top + word.bottom) / 2 < bottom] for top, bottom in bands]
        edges = _edges_of_columns(rows, x0, x1, before)
        if len(edges) < 3:
            continue
        grid = _grid(bands, rows, edges, page)
        taken = {id(word) for row in rows for word in row}
        page.lines = lines_of([word for word in words if id(word) not in taken])
        page.grids.append(grid)
    _join_stripes(page)
    for grid in page.grids:
        if grid.is_one_column and len(grid.boxes) > 2:
            _split_into_columns(grid, page, before)
    page.grids.sort(key=lambda each: each.top)


def _join_stripes(page):
    """Make one table of rows that are coloured in turn, with the rows between them that have no colour."""
    grids = sorted(page.grids, key=lambda each: each.top)
    stripes = []
    for grid in grids:
        if len(grid.edges) > 2 and stripes and _are_near(stripes[-1][-1].edges, grid.edges):
            stripes[-1].append(grid)
        else:
            stripes.append([grid])
    for group in (each for each in stripes if len(each) > 1 or _is_stripe(each[0])):
        edges = group[0].edges
        bands = [(above.bottom, below.top) for above, below in zip(group, group[1:], strict=False)]
        lines = [line for line in page.lines if edges[0] - NEAR <= line.x0 and line.x1 <= edges[-1] + NEAR]
        head = _beside([line for line in reversed(lines) if line.bottom <= group[0].top + NEAR], group[0].top, up=True)
        foot = _beside([line for line in lines if line.top >= group[-1].bottom - NEAR], group[-1].bottom, up=False)
        bands += [
            (min(line.top for line in part) - 1, max(line.bottom for line in part) + 1) for part in (head, foot) if part
        ]
        words = [word for line in page.lines for word in line.words]
        rows = [[word for word in words if top <= (word.top + word.bottom) / 2 < bottom] for top, bottom in bands]
        spans = [spans_of([line.words], SPACE_IN_A_LINE) for row in rows for line in lines_of(row)]
        if not spans or any(_crossing(spans, edge) > MOST_CROSSING for edge in edges[1:-1]):
            continue
        filled = [(band, row) for band, row in zip(bands, rows, strict=True) if row]
        between = _grid([band for band, _ in filled], [row for _, row in filled], edges, page)
        taken = {id(word) for row in rows for word in row}
        page.lines = lines_of([word for word in words if id(word) not in taken])
        page.grids = [grid for grid in page.grids if grid not in group]
        page.grids.append(Grid([box for grid in (*group, between) for box in grid.boxes]))


def _is_stripe(grid):
    """Whether a table is a single coloured row."""
    return len(clustered([box.top for box in grid.boxes])) == 1 and all(box.fill for box in grid.boxes)


def _are_near(edges, others):
    return len(edges) == len(others) and all(abs(a - b) <= NEAR for a, b in zip(edges, others, strict=True))


def _split_into_columns(grid, page, before):
    """Give a table that only has a frame and rules across its columns."""
    boxes = sorted(grid.boxes, key=lambda box: box.top)
    rows = [[word for line in box.lines for word in line.words] for box in boxes]
    edges = _edges_of_columns(rows, grid.x0, grid.x1, before)
    if len(edges) > 2:
        grid.boxes = _grid([(box.top, box.bottom) for box in boxes], rows, edges, page).boxes
        grid.has_uprights = False


def _grid(bands, rows, edges, page):
    boxes = []
    for (top, bottom), row in zip(bands, rows, strict=True):
        for left, right in zip(edges, edges[1:], strict=False):
            words = [word for word in row if left <= (word.x0 + word.x1) / 2 < right]
            box = Box(left, top, right, bottom, lines_of(words))
            box.fill = fill_behind(box, page.fills)
            boxes.append(box)
    return Grid(boxes, has_uprights=False)


def _rules_of_tables(page, before):
    """Yield groups of rules across the page, from top to bottom, that begin and end at the same places."""
    by_place = {}
    for y, x0, x1 in sorted(page.rules):
        near = next((each for each in reversed(by_place) if abs(each - y) <= NEAR), y)
        by_place.setdefault(near, []).append((x0, x1))
    groups = []
    for y, pieces in by_place.items():
        x0, x1 = min(each[0] for each in pieces), max(each[1] for each in pieces)
        if x1 - x0 < LEAST_WIDTH_OF_TABLE * page.width or sum(b - a for a, b in pieces) < 0.6 * (x1 - x0):
            continue
        group = groups[-1] if groups else None
        if group and abs(group[-1][1] - x0) <= 6 and abs(group[-1][2] - x1) <= 6:
            group.append((y, x0, x1))
        else:
            groups.append([(y, x0, x1)])
    for group in groups:
        goes_on = before and abs(before.x0 - group[0][1]) <= 6 and abs(before.x1 - group[0][2]) <= 6
        if len(group) > 1 or goes_on:
            yield group


def _bands(page, rules):
    """Return the rows between rules, with what stands right above the first and right below the last."""
    ys = [rule[0] for rule in rules]
    x0, x1 = rules[0][1], rules[0][2]
    lines = [line for line in page.lines if line.x0 >= x0 - 2 * NEAR and line.x1 <= x1 + 2 * NEAR]
    above = _beside([line for line in reversed(lines) if line.bottom <= ys[0] + NEAR], ys[0], up=True)
    below = _beside([line for line in lines if line.top >= ys[-1] - NEAR], ys[-1], up=False)
    if above:
        ys.insert(0, min(line.top for line in above) - 1)
    if below:
        ys.append(max(line.bottom for line in below) + 1)
    bands = list(zip(ys, ys[1:], strict=False))
    return [
        (top, bottom) for top, bottom in bands if any(top <= (line.top + line.bottom) / 2 < bottom for line in lines)
    ]


def _beside(lines, y, *, up):
    """Return the lines of a row that go on from a rule without a gap, in letters of one size: it has columns."""
    found, most = [], BESIDE_RULE
    for line in lines:
        gap = (y - line.bottom) if up else (line.top - y)
        if gap > most * line.size or found and abs(line.size - found[0].size) > 0.1 * line.size:
            break
        found.append(line)
        y, most = (line.top if up else line.bottom), BETWEEN_LINES
    while found and len(spans_of([found[-1].words])) == 1 and (up or len(found) == 1):
        found.pop()
    return found


def spans_of(rows, least=BETWEEN_HEADINGS):
    """Return from where to where words go, those without a wide space between them as one."""
    spans = []
    for word in sorted((word for row in rows for word in row), key=lambda each: each.x0):
        if spans and word.x0 - spans[-1][1] < least * word.size:
            spans[-1][1] = max(spans[-1][1], word.x1)
        else:
            spans.append([word.x0, word.x1])
    return spans


def _edges_of_columns(rows, x0, x1, before):
    """Return the edges of the columns: between the headings of the first row, where few words run across."""
    lines = [spans_of([line.words], SPACE_IN_A_LINE) for row in rows for line in lines_of(row)]
    if before and abs(before.x0 - x0) <= 6 and abs(before.x1 - x1) <= 6:
        edges = before.edges
        if all(_crossing(lines, edge) <= MOST_CROSSING for edge in edges[1:-1]):
            return [x0, *edges[1:-1], x1]
    head = next((row for row in rows if len(spans_of([row])) > 1), [])
    spans = spans_of([head])
    edges = [x0]
    for left, right in zip(spans, spans[1:], strict=False):
        steps = [right[0] - 1 - step for step in range(int(max(right[0] - left[1] - 1, 1)))]
        edge = min(steps, key=lambda x: _crossing(lines, x))
        if _crossing(lines, edge) <= MOST_CROSSING:
            edges.append(edge)
    return [*edges, x1]


def _crossing(lines, x):
    """Return the share of lines that run across a place."""
    return sum(any(left <= x <= right for left, right in spans) for spans in lines) / max(len(lines), 1)
