// Keeps people signed in while they write, and asks before they are signed out for doing nothing.
const dialog = document.querySelector("dialog.app-stay");
const MINUTE = 60 * 1000;
const KEY = "scr-tracker-seen";

if (dialog) {
  const limit = Number(dialog.dataset.minutes) * MINUTE;
  const warning = Math.min(2 * MINUTE, limit / 2);
  const every = Math.min(5 * MINUTE, limit / 4);
  // When the server last heard of us: from any of this browser's tabs, for they share one sign-in.
  const seen = () => Number(localStorage.getItem(KEY) || 0);
  const note = () => localStorage.setItem(KEY, String(Date.now()));

  const stay = async () => {
    note();
    dialog.close();
    await fetch(dialog.dataset.url, { redirect: "manual" }).catch(() => {});
  };
  const active = () => {
    if (!dialog.open && Date.now() - seen() > every) {
      stay();
    }
  };
  const check = () => {
    const left = limit - (Date.now() - seen());
    if (left <= 0) {
      // The page stays as it is, with what was typed; what is sent from it goes by way of signing in.
      dialog.close();
    } else if (left <= warning && !dialog.open) {
      dialog.showModal();
    } else if (left > warning && dialog.open) {
      dialog.close();
    }
  };

  note();
  for (const kind of ["keydown", "pointerdown", "input"]) {
    document.addEventListener(kind, active, { passive: true });
  }
  dialog.addEventListener("cancel", stay);
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  window.setInterval(check, Math.min(10 * 1000, warning / 4));
}
