// Everything works without this script; it only makes some things quicker.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// On a phone the filters would push the list off the screen: fold them, unless something is chosen.
for (const filters of document.querySelectorAll("details.app-filters[data-fold]")) {
  if (window.matchMedia("(max-width: 760px)").matches) {
    filters.open = false;
  }
}
