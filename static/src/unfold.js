// Filters are folded, so that on a phone the list comes first. Where there is room they are open from the start: this
// runs as soon as they are there, before anything is drawn below them.
if (window.matchMedia("(min-width: 761px)").matches) {
  document.currentScript.previousElementSibling.open = true;
}
