// Looks every two seconds how far a job is, and shows the page anew when it has ended. Stops after ten minutes, so that
// a page left open does not keep anybody signed in; the link "Look again" does the same by hand.
const EVERY = 2000;
const part = document.querySelector("[data-progress]");
let looksLeft = 300;

async function look() {
  const answer = await fetch(window.location.href, { redirect: "manual" }).catch(() => null);
  if (answer && !answer.ok) {
    window.location.reload();
    return;
  }
  const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page && page.querySelector("[data-progress]");
  if (page && !now) {
    window.location.reload();
    return;
  }
  if (now && now.innerHTML !== part.innerHTML) {
    part.innerHTML = now.innerHTML;
  }
  looksLeft -= 1;
  if (looksLeft) {
    window.setTimeout(look, EVERY);
  }
}

if (part) {
  window.setTimeout(look, EVERY);
}
