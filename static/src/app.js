// Everything works without this script; it only makes some things quicker.
import { initAll } from "./govuk-frontend.min.js";
import "./stay.js";
import "./progress.js";

initAll();

// Passkeys are offered by browsers that have them. What goes wrong is said beside the button.
if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) {
    part.hidden = false;
  }
  for (const part of document.querySelectorAll("[data-no-passkey]")) {
    part.hidden = true;
  }
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const part of document.querySelectorAll("[data-passkey-problem]")) {
    part.hidden = false;
  }
});
