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
