// The list of actions as a working surface: keys to move, open, change, choose and undo. Without this script every
// link and form of it does the same by pages of its own.
const list = document.querySelector("[data-list]");
const news = document.querySelector("[data-list-news]");
const dialog = document.querySelector("[data-keys-dialog]");
const jump = document.getElementById("jump");

const rows = () => (list ? [...list.querySelectorAll("tr[data-row]")] : []);
const last = { changed: null, row: null };

document.addEventListener("focusin", (event) => {
  last.row = event.target.closest("tr[data-row]")?.dataset.row || null;
});

// The row that somebody is in; while a row is being replaced nothing has the focus, and they are where they were.
const current = () => (document.activeElement === document.body
  ? list?.querySelector(`tr[data-row="${last.row}"]`)
  : document.activeElement?.closest("tr[data-row]")) || null;

function goTo(row) {
  if (row) {
    (row.querySelector("[data-open]") || row.querySelector("select, input:not([type=hidden]), textarea"))?.focus();
    row.scrollIntoView({ block: "nearest" });
  }
}

// The next row, or the one before; from outside the list, its first.
function move(by) {
  const all = rows();
  const here = all.indexOf(current());
  goTo(here < 0 ? all[0] : all[Math.min(Math.max(here + by, 0), all.length - 1)]);
}

function press(selector) {
  const found = current()?.querySelector(selector);
  found?.click();
  return Boolean(found);
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => current() && (move(1), true),
  ArrowUp: () => current() && (move(-1), true),
  o: () => press("[data-open]"),
  e: () => press("[data-change]"),
  x: () => press("input[name=chosen]"),
  u: () => (list?.querySelector(`tr[data-row="${last.changed}"] [data-undo]`) || list?.querySelector("[data-undo]"))?.click(),
  s: () => document.querySelector("[data-sheet-link]")?.click(),
  g: () => (jump?.focus(), jump?.select()),
  n: () => document.querySelector(".govuk-pagination a[rel=next]")?.click(),
  p: () => document.querySelector(".govuk-pagination a[rel=prev]")?.click(),
  a: () => bar?.querySelector("[data-go-on]")?.click(),
  "?": () => dialog?.showModal(),
};

const isTyping = (target) => target.closest?.("textarea, select, [contenteditable], dialog")
  || (target.matches?.("input") && !["checkbox", "radio", "submit", "button"].includes(target.type));

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("tr[data-changing] form, form[data-sheet]")
    || (event.target === document.body && current()?.querySelector(":scope[data-changing] form"));
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey || event.target.matches("tr[data-changing] :is(select, input)"))) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (form && event.key === "Escape") {
    form.querySelector("[data-cancel]")?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || dialog?.open) {
    return;
  }
  // Arrows move within the list only; single letters, everywhere on the page, unless they are switched off.
  const isArrow = event.key.startsWith("Arrow");
  if ((isArrow || list?.hasAttribute("data-has-keys")) && KEYS[event.key]) {
    if (KEYS[event.key]() !== false && (!isArrow || current())) {
      event.preventDefault();
    }
  }
});

for (const help of document.querySelectorAll("[data-keys-help]")) {
  help.addEventListener("click", (event) => {
    if (dialog && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      dialog.showModal();
    }
  });
}

// What is ticked is kept on the server, one post after the other, each with what changed since the last; nobody leaves
// the page before all have arrived. What comes back says how many are selected on all pages.
const bar = document.querySelector("[data-choose]");
const ticks = { changed: new Set(), busy: null };

async function keepTicks() {
  while (ticks.changed.size) {
    const keys = [...ticks.changed];
    const { csrfmiddlewaretoken, shown } = bar.elements;
    const body = new URLSearchParams({ csrfmiddlewaretoken: csrfmiddlewaretoken.value, shown: keys, part: shown.value });
    for (const key of keys.filter((each) => document.getElementById(`choose-${each}`)?.checked)) {
      body.append("chosen", key);
    }
    ticks.changed.clear();
    const answer = await fetch(bar.dataset.keep, { method: "POST", body, keepalive: true });
    if (answer.headers.get("X-Part") !== "selection") {
      throw new Error(answer.status);
    }
    if (!ticks.changed.size) {
      bar.querySelector("[data-selection]").innerHTML = await answer.text();
    }
  }
}

function ticked(boxes) {
  for (const box of boxes) {
    ticks.changed.add(box.value);
  }
  ticks.busy ??= keepTicks()
    .catch(() => {
      ticks.changed.clear();
      const said = "Your ticks could not be kept. Load the page again before you go to another.";
      bar.querySelector("[data-selection]").textContent = said;
    })
    .finally(() => { ticks.busy = null; });
}

list?.addEventListener("change", (event) => event.target.name === "chosen" && ticked([event.target]));
bar?.querySelector("[data-page]")?.addEventListener("click", () => {
  const boxes = [...document.querySelectorAll("input[name=chosen]")];
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) {
    box.checked = !all;
  }
  ticked(boxes);
});
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (ticks.busy && link && !link.target && !event.ctrlKey && !event.metaKey && !event.defaultPrevented && !link.matches("[hx-get]")) {
    event.preventDefault();
    await ticks.busy;
    window.location.assign(link.href);
  }
});
document.addEventListener("submit", async (event) => {
  const { target, submitter } = event;
  if (ticks.busy && target.method === "get") {
    event.preventDefault();
    await ticks.busy;
    target.requestSubmit(submitter);
  }
});

// On the sheet, typing begins at once.
document.querySelector("form[data-sheet] select")?.focus();

// --- Rows that the server sends -------------------------------------------------------------------

// What is no part of the list, such as the page to sign in after a long while, is opened as the page it is; a form
// is then sent as any form is, so that what was typed is kept.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("X-Part")) {
    return;
  }
  event.preventDefault();
  const from = event.detail.requestConfig.elt;
  if (from.matches("form")) {
    from.submit();
  } else {
    window.location.assign(from.href);
  }
});

document.addEventListener("htmx:sendError", () => {
  if (news) {
    news.textContent = "The server could not be reached. Nothing is lost: try again.";
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  const key = event.detail.elt.closest?.("tr")?.dataset.row || event.target.closest?.("tr")?.dataset.row;
  const row = key && list?.querySelector(`tr[data-row="${key}"]`);
  if (!row) {
    return;
  }
  const wrong = row.querySelector("[aria-invalid=true], .govuk-input--error, .govuk-select--error, .govuk-textarea--error");
  const said = row.querySelector("[data-said]");
  if (row.hasAttribute("data-changing")) {
    row.scrollIntoView({ block: "nearest" });
    (wrong || row.querySelector("select, input:not([type=hidden]), textarea"))?.focus();
    const error = row.querySelector(".govuk-error-message");
    if (news && error) {
      news.textContent = error.textContent.trim();
    }
  } else {
    goTo(row);
    last.changed = said ? key : last.changed;
    if (news && said) {
      news.textContent = said.querySelector("[data-undo]") ? "Saved. Press u to undo" : said.textContent.trim();
    }
  }
});
