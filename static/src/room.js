// In a meeting the arrow keys turn to the next item and back, unless somebody is writing or choosing.
const WRITING = "input, textarea, select, [contenteditable], dialog[open]";
const TURNS = { ArrowLeft: "prev", ArrowRight: "next" };

document.addEventListener("keydown", (event) => {
  const relation = TURNS[event.key];
  const busy = event.target.closest(WRITING) || document.querySelector("dialog[open]");
  if (!relation || busy || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  const link = document.querySelector(`a[rel="${relation}"]`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});

// Who opens a form begins to write in it.
for (const panel of document.querySelectorAll("[data-panel]")) {
  panel.querySelector("summary").addEventListener("click", () => {
    requestAnimationFrame(() => {
      if (panel.open) {
        panel.querySelector("textarea, input:not([type=hidden]), select, button")?.focus();
      }
    });
  });
}
