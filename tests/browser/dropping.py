"""Drops files on the page on which evidence is added, and says what they show."""

import base64

#: Drops files on the box, as letting go of the mouse does.
DROP = """files => {
    const carried = new DataTransfer();
    for (const [name, content] of files) {
        const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
        carried.items.add(new File([bytes], name));
    }
    const box = document.querySelector("[data-drop]");
    for (const name of ["dragenter", "dragover", "drop"]) {
        box.dispatchEvent(new DragEvent(name, {dataTransfer: carried, bubbles: true, cancelable: true}));
    }
}"""


def drop(page, **files):
    """Drop files on the box; in their names, the last _ stands for a dot."""
    carried = [(".".join(name.rsplit("_", 1)), base64.b64encode(content).decode()) for name, content in files.items()]
    page.locator(".app-drop--ready").wait_for()
    page.evaluate(DROP, carried)


def say_what_it_shows(page):
    """Fill in the rest of the form."""
    page.get_by_label("Kind of evidence").select_option("Audit")
    page.get_by_label("What does it show?").fill("Nine of ten records now hold what the child said.")
    page.get_by_label("Audited").check()
