/* The frame: search over everything, shortcuts, theme, rail, menus, toasts. */

const root = document.documentElement;
const YEAR = 31536000;

function keep(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${value ? YEAR : 0}; samesite=lax${secure}`;
}

const writing = (element) => Boolean(element?.closest?.("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]"));

// -- search ------------------------------------------------------------------------------------------------------
const search = document.querySelector("[data-search]");
if (search) {
  const input = search.querySelector("input");
  const found = search.querySelector("#found");
  const hits = () => [...found.querySelectorAll("[role=option]")];

  const close = () => {
    found.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (hit) => {
    for (const other of hits()) other.setAttribute("aria-selected", String(other === hit));
    hit.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", hit.id);
  };
  const open = () => {
    const any = input.value.trim() && found.childElementCount > 0;
    if (!any) return close();
    found.hidden = false;
    const [first] = hits();
    input.setAttribute("aria-expanded", String(Boolean(first)));
    if (first) mark(first);
  };
  const move = (step) => {
    const list = hits();
    const at = list.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (list.length) mark(list[(at + step + list.length) % list.length]);
  };

  found.addEventListener("htmx:afterSwap", open);
  input.addEventListener("focus", open);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { if (found.hidden) input.value = ""; close(); event.preventDefault(); }
    if (found.hidden) return;
    if (event.key === "ArrowDown") { move(1); event.preventDefault(); }
    if (event.key === "ArrowUp") { move(-1); event.preventDefault(); }
    const chosen = found.querySelector("[aria-selected=true]");
    if (event.key === "Enter" && chosen) { event.preventDefault(); chosen.click(); }
  });
  search.addEventListener("focusout", (event) => { if (!search.contains(event.relatedTarget)) close(); });
  found.addEventListener("mousedown", (event) => event.preventDefault());

  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !writing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey;
    const chord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (!slash && !chord) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

// -- shortcuts ---------------------------------------------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  if (writing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "n") document.querySelector(".top .new")?.click();
});

// -- theme -------------------------------------------------------------------------------------------------------
const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

function setTheme(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  keep("promesa_theme", theme || "system");
  showTheme();
}

function showTheme() {
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String((root.dataset.theme || "") === button.dataset.themeSet));
  }
}
showTheme();

// -- rail --------------------------------------------------------------------------------------------------------
const rail = document.getElementById("rail");
const opener = document.querySelector("[data-rail-open]");

function openRail(yes) {
  rail.toggleAttribute("data-open", yes);
  opener?.setAttribute("aria-expanded", String(yes));
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest?.(selector);
  if (at("[data-theme-flip]")) setTheme(dark() ? "light" : "dark");
  const theme = at("[data-theme-set]");
  if (theme) setTheme(theme.dataset.themeSet);
  if (at("[data-rail-fold]")) {
    const narrow = root.dataset.rail === "narrow";
    if (narrow) delete root.dataset.rail;
    else root.dataset.rail = "narrow";
    keep("promesa_rail", narrow ? "" : "narrow");
  }
  if (at("[data-rail-open]")) openRail(!rail.hasAttribute("data-open"));
  else if (rail?.hasAttribute("data-open") && !at("#rail")) openRail(false);
  const close = at("[data-toast-close]");
  if (close) close.closest(".toast").remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (rail) openRail(false);
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// -- toasts ------------------------------------------------------------------------------------------------------
const toasts = document.querySelector(".toasts");

function linger(toast) {
  // an error, and a toast with something to do in it, stays until it is closed
  if (toast.classList.contains("is-error") || toast.querySelector("form, a")) return;
  let timer = setTimeout(() => toast.remove(), 8000);
  toast.addEventListener("mouseenter", () => clearTimeout(timer));
  toast.addEventListener("mouseleave", () => { timer = setTimeout(() => toast.remove(), 3000); });
}
for (const toast of toasts?.children ?? []) linger(toast);

// a fragment answered by htmx may say something too: HX-Trigger: {"promesa:say": {"text": "…"}}
document.addEventListener("promesa:say", (event) => {
  const toast = Object.assign(document.createElement("div"), { className: `toast${event.detail.error ? " is-error" : ""}` });
  toast.append(Object.assign(document.createElement("span"), { textContent: event.detail.text }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", toasts.dataset.close);
  toast.append(close);
  toasts.append(toast);
  linger(toast);
});
