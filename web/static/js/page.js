/* What every page does when it may run scripts; all of it works, less smoothly, without. */

const system = matchMedia("(prefers-color-scheme: dark)");
const theme = () => document.documentElement.dataset.theme || (system.matches ? "dark" : "light");

/** Pictures come in both themes; a chosen theme overrules the system's. */
function paintPictures(root) {
  const forced = document.documentElement.dataset.theme;
  for (const source of root.querySelectorAll("picture > source[data-theme-of]")) {
    const { themeOf, width } = source.dataset;
    const wanted = forced ? (forced === themeOf ? "all" : "not all") : `(prefers-color-scheme: ${themeOf})`;
    source.media = width && wanted !== "not all" ? `${width} and ${wanted}` : wanted;
  }
}

function nameSwitch(button) {
  const next = theme() === "dark" ? "light" : "dark";
  button.querySelector("span").textContent = next === "dark" ? "Dark" : "Light";
  button.setAttribute("aria-label", `Use the ${next} theme`);
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  nameSwitch(button);
  button.addEventListener("click", () => {
    const next = theme() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try { localStorage.setItem("theme", next); } catch { /* a private window forgets it */ }
    paintPictures(document);
    nameSwitch(button);
  });
}

/** Copy buttons stand beside text that can also be selected by hand. */
function showCopyButtons(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy).textContent;
  await navigator.clipboard.writeText(text);
  const label = button.querySelector("span");
  label.textContent = "Copied";
  setTimeout(() => { label.textContent = "Copy"; }, 1500);
});

/** Ctrl+Enter sends the form that has the focus. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = document.activeElement?.closest?.("form") ?? document.querySelector("form[data-main]");
  if (form) { event.preventDefault(); form.requestSubmit(form.querySelector("[data-default]")); }
});

/** Lists that a search box above them narrows as one types. */
document.addEventListener("input", (event) => {
  const list = event.target.dataset?.narrows && document.getElementById(event.target.dataset.narrows);
  if (!list) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of list.querySelectorAll("[data-text]")) {
    item.hidden = !words.every((word) => item.dataset.text.includes(word));
  }
});

/** The current step stays in sight in the row that scrolls on a phone. */
function showStep(root) {
  const row = root.querySelector(".steps");
  const step = row?.querySelector("[aria-current]");
  if (step && row.scrollWidth > row.clientWidth) {
    row.scrollLeft = step.offsetLeft - (row.clientWidth - step.clientWidth) / 2;
  }
}

function prepare(root) {
  paintPictures(root);
  showCopyButtons(root);
  showStep(root);
}

prepare(document);
/** What sent the form, to put the focus where the next act is. */
let sender = null;
document.addEventListener("submit", (event) => { sender = event.submitter; }, true);

function placeFocus() {
  const wrong = document.querySelector("[aria-invalid='true']");
  if (wrong) { wrong.focus(); return; }
  if (sender?.name === "add" && sender.value === "filter") {
    [...document.querySelectorAll(".filter select[name$='.op']")].at(-1)?.focus();
  } else if (sender?.name === "up") {
    const place = Number(sender.value) - 1;
    (document.querySelector(`[name="up"][value="${place}"]`) ?? document.querySelector('[name="c"]'))?.focus();
  } else if (sender?.name === "drop") {
    document.getElementById("new_filter")?.focus();
  } else if (sender?.name === "step") {
    document.querySelector(".steps [aria-current]")?.focus({ preventScroll: true });
    // Where the open step is not beside the picture, choosing one brings it into sight.
    if (matchMedia("(max-width: 999px)").matches) {
      document.getElementById(`step-${sender.value}`)?.scrollIntoView({ block: "start" });
    }
  }
}

document.addEventListener("htmx:after:swap", () => {
  prepare(document);
  placeFocus();
  sender = null;
});
