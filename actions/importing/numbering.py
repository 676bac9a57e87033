"""The numbers and letters that Word shows before paragraphs of numbered lists; they are not in the text."""

import re
from collections import defaultdict

from docx.oxml.ns import qn

NUMBER_PROPERTIES = f"{qn('w:pPr')}/{qn('w:numPr')}"
NUMBER_ID, LEVEL, VALUE = qn("w:numId"), qn("w:ilvl"), qn("w:val")
ROMAN = [(10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")]


class Numbering:
    """Counts the numbered paragraphs of a document, which must be asked for from top to bottom."""

    def __init__(self, package):
        self.levels, self.lists, self.restarts = {}, {}, {}
        self.counts = defaultdict(dict)
        self.begun = set()
        self.of_styles = {}
        part = next(
            (each.target_part for each in package.part.rels.values() if each.reltype.endswith("/numbering")),
            None,
        )
        if part is not None:
            self._learn(part.element)

    def _learn(self, root):
        linked, styled = {}, {}
        for abstract in root.iter(qn("w:abstractNum")):
            key = abstract.get(qn("w:abstractNumId"))
            self.levels[key] = {int(level.get(qn("w:ilvl"))): _Level(level) for level in abstract.iter(qn("w:lvl"))}
            for tag, known in (("w:numStyleLink", linked), ("w:styleLink", styled)):
                if (link := abstract.find(qn(tag))) is not None:
                    known[key if known is linked else link.get(qn("w:val"))] = (
                        link.get(qn("w:val")) if known is linked else key
                    )
        for number in root.iter(qn("w:num")):
            key, abstract = number.get(qn("w:numId")), number.find(qn("w:abstractNumId")).get(qn("w:val"))
            self.lists[key] = styled.get(linked.get(abstract), abstract)
            self.restarts[key] = {
                int(override.get(qn("w:ilvl"))): int(start.get(qn("w:val")))
                for override in number.iter(qn("w:lvlOverride"))
                if (start := override.find(qn("w:startOverride"))) is not None
            }

    def of(self, paragraph, style):
        """Return the label that Word shows before a paragraph (or None), and its level if it is a bullet."""
        key, depth = self._place_in_list(paragraph, style)
        if key is None:
            return None, _level_by_name(style)
        level = self.levels.get(self.lists.get(key), {}).get(depth)
        if level is None or level.format == "bullet":
            return None, max(depth, _level_by_name(style) or 0)
        return self._count(key, depth), depth or None

    def _place_in_list(self, paragraph, style):
        """Return the list and the depth of a paragraph: its own, or those that its style brings."""
        key = depth = None
        for numbering in (paragraph.find(NUMBER_PROPERTIES), *self._of_style(style)):
            if numbering is not None:
                number, level = numbering.find(NUMBER_ID), numbering.find(LEVEL)
                key = number.get(VALUE) if key is None and number is not None else key
                depth = int(level.get(VALUE)) if depth is None and level is not None else depth
        return (None if key == "0" else key), depth or 0

    def _of_style(self, style):
        """Return what a style says of numbering, and the styles that it is based on."""
        if style is None:
            return []
        if style.style_id not in self.of_styles:
            based_on = self._of_style(style.base_style)
            self.of_styles[style.style_id] = [style.element.find(NUMBER_PROPERTIES), *based_on]
        return self.of_styles[style.style_id]

    def _count(self, key, depth):
        abstract = self.lists[key]
        levels, counts = self.levels[abstract], self.counts[abstract]
        if key not in self.begun:
            self.begun.add(key)
            for level, start in self.restarts[key].items():
                counts[level] = start - 1
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]

        def shown(match):
            level = int(match.group(1)) - 1
            known = levels.get(level)
            return known.shown(counts.get(level, known.start)) if known else ""

        return re.sub(r"%(\d)", shown, levels[depth].text) or None


class _Level:
    """How one level of a list is counted and shown."""

    def __init__(self, element):
        def value(tag, default):
            found = element.find(qn(tag))
            return default if found is None else found.get(qn("w:val"), default)

        self.format = value("w:numFmt", "decimal")
        self.text = value("w:lvlText", "")
        self.start = int(value("w:start", "1"))

    def shown(self, count):
        if self.format in ("lowerLetter", "upperLetter"):
            letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
            return letters if self.format == "lowerLetter" else letters.upper()
        if self.format in ("lowerRoman", "upperRoman"):
            return _roman(count) if self.format == "lowerRoman" else _roman(count).upper()
        return "" if self.format == "none" else str(count)


def _level_by_name(style):
    """Return the level of a style called "List Bullet 2", or None for another style."""
    name = style.name if style is not None and style.name else ""
    match = re.fullmatch(r"List Bullet ?(\d?)", name)
    return int(match.group(1) or 1) - 1 if match else None


def _roman(count):
    shown = ""
    for value, sign in ROMAN:
        while count >= value:
            shown, count = shown + sign, count - value
    return shown
