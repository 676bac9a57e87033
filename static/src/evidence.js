// The forms that take files: shows what belongs to the choice made, takes files dropped on it, sends them one by one and
// shows how far each has come. Without this script the form sends all of them at once, as any form does.

for (const form of document.querySelectorAll("[data-upload]")) {
  showWhatBelongs(form);
  takeFiles(form);
}

function showWhatBelongs(form) {
  const choices = form.querySelectorAll("input[name=source]");
  const show = () => {
    const chosen = form.querySelector("input[name=source]:checked");
    for (const part of form.querySelectorAll("[data-source]")) {
      part.hidden = !chosen || part.dataset.source !== chosen.value;
    }
  };
  for (const choice of choices) choice.addEventListener("change", show);
  show();
}

function takeFiles(form) {
  const input = form.querySelector("input[type=file]");
  const box = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-files]");
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button:not([type=button])");
  const single = form.dataset.single === "yes";
  const largest = Number(form.dataset.largest);
  let files = [];
  let sending = false;

  showWhatIsChosen();
  box.classList.add("app-drop--ready");
  form.querySelector("[data-invitation]").hidden = false;
  const opener = element("label", "govuk-button govuk-button--secondary app-drop__button", single ? "Choose a file" : "Choose files");
  opener.htmlFor = input.id;
  input.after(opener);
  input.classList.add("govuk-visually-hidden");

  input.addEventListener("change", () => {
    choose(input.files);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add("app-drop--over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    box.addEventListener(name, () => box.classList.remove("app-drop--over"));
  }
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    choose(event.dataTransfer.files);
  });
  // A file dropped beside the box would replace the page, and with it all that was typed.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => event.preventDefault());
  }

  form.addEventListener("submit", (event) => {
    const chosen = form.querySelector("input[name=source]:checked");
    if ((chosen && chosen.value !== "files") || !files.length) return;
    event.preventDefault();
    if (!sending) send();
  });

  function choose(more) {
    if (sending || !more.length) return;
    if (single) for (const each of files.splice(0)) each.row.remove();
    for (const file of single ? [more[0]] : more) {
      const twice = files.some((each) => each.file.name === file.name && each.file.size === file.size);
      if (!twice) files.push(shown(file));
    }
    showWhatIsChosen();
    said.textContent = files.length === 1 ? "1 file chosen" : `${files.length} files chosen`;
  }

  // What is asked about files is asked once there are some.
  function showWhatIsChosen() {
    list.hidden = !files.length;
    for (const part of form.querySelectorAll("[data-with-files]")) {
      part.hidden = !files.length && !part.querySelector(".govuk-error-message");
    }
  }

  function shown(file) {
    const row = element("li", "app-upload__file");
    const name = element("span", "app-upload__name", file.name);
    const state = element("span", "app-upload__state", size(file.size));
    const remove = element("button", "app-link-button", "Remove");
    remove.type = "button";
    remove.append(element("span", "govuk-visually-hidden", ` ${file.name}`));
    const each = { file, row, state, remove, refused: false };
    remove.addEventListener("click", () => {
      files = files.filter((other) => other !== each);
      row.remove();
      showWhatIsChosen();
      said.textContent = `${file.name} removed`;
      input.focus();
    });
    row.append(name, remove, state);
    list.append(row);
    if (file.size > largest) {
      refuse(each, `“${file.name}” is larger than ${size(largest)}, the most that can be taken: make it smaller or split it.`);
    }
    return each;
  }

  async function send() {
    const waiting = files.filter((each) => !each.refused);
    if (!waiting.length) {
      showErrors([["id_files", "Remove the files that cannot be taken, or choose others"]]);
      return;
    }
    sending = true;
    button.disabled = true;
    try {
      showErrors([]);
      const checked = await post("check");
      if (checked.errors) return showErrors(checked.errors);
      const alone = files.length === 1;
      for (const [place, each] of waiting.entries()) {
        if (each.added) continue;
        said.textContent = `Sending ${each.file.name}, ${place + 1} of ${waiting.length}`;
        await sendOne(each, alone);
      }
      const refused = files.filter((each) => each.refused);
      if (refused.length) {
        for (const each of files.filter((one) => one.added)) each.remove.hidden = true;
        return showErrors(refused.map((each) => ["id_files", each.state.textContent]));
      }
      // The files are there: what else the form says is sent as from any form.
      if (form.hasAttribute("data-then-submit")) return form.submit();
      const done = await post("done");
      if (done.errors) return showErrors(done.errors);
      window.location.assign(done.next);
    } catch (problem) {
      showErrors([["id_files", problem.message]]);
    } finally {
      sending = false;
      button.disabled = false;
    }
  }

  async function sendOne(each, alone) {
    const bar = element("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `How far ${each.file.name} has come`);
    each.row.append(bar);
    each.remove.hidden = true;
    try {
      const answer = await post("file", each.file, alone, (percent) => {
        bar.value = percent;
        each.state.textContent = percent < 100 ? `${percent}% sent` : "Being checked";
      });
      if (answer.errors) throw new Error(answer.errors[0][1]);
      if (answer.refused.length) return refuse(each, answer.refused[0]);
      each.added = true;
      each.state.textContent = "Added";
      each.row.classList.add("app-upload__file--added");
    } catch (problem) {
      each.state.textContent = "Not sent";
      throw problem;
    } finally {
      bar.remove();
      each.remove.hidden = Boolean(each.added);
    }
  }

  // Sends the form with one file or none, and returns what the answer says.
  function post(script, file, alone, progress) {
    const data = new FormData(form);
    data.delete("files");
    data.set("script", script);
    if (file) data.set("files", file, file.name);
    if (file && !alone) data.set("title", "");
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (progress && event.lengthComputable) progress(Math.floor((100 * event.loaded) / event.total));
      });
      request.addEventListener("load", () => {
        if (request.response) resolve(request.response);
        else if (request.status === 413) reject(new Error("This file is larger than the server takes."));
        else if (request.status >= 500) reject(new Error("Something went wrong on our side. Try again in a minute."));
        else reject(new Error("You have been signed out. Sign in in another tab, then try again here."));
      });
      request.addEventListener("error", () => {
        reject(new Error("The connection was lost. What was added is kept: try again for the rest."));
      });
      request.send(data);
    });
  }

  function refuse(each, sentence) {
    each.refused = true;
    each.state.textContent = sentence;
    each.row.classList.add("app-upload__file--refused");
  }

  // Shows errors as the page itself would: a summary at the top, and each beside its field.
  function showErrors(errors) {
    for (const old of document.querySelectorAll(".govuk-error-summary, [data-own-error]")) old.remove();
    for (const group of form.querySelectorAll(".govuk-form-group--error")) {
      group.classList.remove("govuk-form-group--error");
      for (const old of group.querySelectorAll(".govuk-error-message")) old.remove();
    }
    for (const field of form.querySelectorAll("[class*=--error]")) {
      field.classList.remove(...[...field.classList].filter((name) => name.endsWith("--error")));
    }
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (!errors.length) return;
    const links = element("ul", "govuk-list govuk-error-summary__list");
    for (const [id, sentence] of errors) {
      const link = element("a", "", sentence);
      link.href = `#${id}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        document.getElementById(id).focus();
      });
      const item = element("li");
      item.append(link);
      links.append(item);
      const field = document.getElementById(id);
      const group = field && field.closest(".govuk-form-group:not(.govuk-date-input *)");
      if (group && id !== "id_files") {
        group.classList.add("govuk-form-group--error");
        if (field.matches("input[type=text], select, textarea")) field.setAttribute("aria-invalid", "true");
        const message = element("p", "govuk-error-message", sentence);
        message.dataset.ownError = "yes";
        message.prepend(element("span", "govuk-visually-hidden", "Error: "));
        const places = [".govuk-hint", ".govuk-fieldset__legend", ".govuk-label"];
        places.map((place) => group.querySelector(place)).find(Boolean).after(message);
      }
    }
    const body = element("div", "govuk-error-summary__body");
    body.append(links);
    const alert = element("div");
    alert.setAttribute("role", "alert");
    alert.append(element("h2", "govuk-error-summary__title", "There is a problem"), body);
    const summary = element("div", "govuk-error-summary");
    summary.tabIndex = -1;
    summary.append(alert);
    document.getElementById("main-content").prepend(summary);
    summary.focus();
  }
}

function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "")} MB`;
}
