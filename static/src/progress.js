// Asks every few seconds how far reading a document is, and shows the page again when it is done.
const place = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(place.dataset.progress, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = page.querySelector("[data-progress]");
  if (!there) {
    location.reload();
    return;
  }
  const said = place.querySelector("[role=status]");
  const says = there.querySelector("[role=status]").textContent;
  if (said.textContent !== says) said.textContent = says;
  setTimeout(look, 3000);
}

if (place) setTimeout(look, 2000);
