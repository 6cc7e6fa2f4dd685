/* A text field that suggests: the ARIA combobox, for any input with data-combo-url.
 *
 *   <input data-combo-url="/customers/options" data-combo-into="customer-number" data-combo-list="Customers that match">
 *
 * GET data-combo-url?q=typed (and &name=value for every name in data-combo-with, read from the same form) answers
 *   {"options": [{"value": "10052", "text": "Aceite de oliva virgen 5 L", "note": "96,80 €", "sub": "caja 4", ...}]}
 * The arrows move, Enter or Tab takes, Esc closes. Taking writes `value` (or `text` when data-combo-shows="text") into the input, `value` into
 * the element named by data-combo-into, and sends the event combo:pick with the whole option in event.detail. */

const PAUSE = 120;
const open = { input: null, list: null, options: [], at: -1 };
let timer = 0;
let asked = null;

function listFor(input) {
  const list = document.createElement("ul");
  list.className = "combo-list";
  list.id = "combo-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.comboList || input.getAttribute("aria-label") || "");
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) take(Number(item.dataset.at));
  });
  return list;
}

function close() {
  clearTimeout(timer);
  asked?.abort();
  open.list?.remove();
  if (open.input) {
    open.input.setAttribute("aria-expanded", "false");
    open.input.removeAttribute("aria-activedescendant");
  }
  Object.assign(open, { input: null, list: null, options: [], at: -1 });
}

function place() {
  const box = open.input.getBoundingClientRect();
  const below = window.innerHeight - box.bottom;
  open.list.style.left = `${box.left}px`;
  if (below < 220 && box.top > below) {
    open.list.style.bottom = `${window.innerHeight - box.top + 4}px`;
  } else {
    open.list.style.top = `${box.bottom + 4}px`;
  }
}

function mark(at) {
  const items = open.list.children;
  if (open.at >= 0) items[open.at].setAttribute("aria-selected", "false");
  open.at = (at + items.length) % items.length;
  const item = items[open.at];
  item.setAttribute("aria-selected", "true");
  item.scrollIntoView({ block: "nearest" });
  open.input.setAttribute("aria-activedescendant", item.id);
}

function show(input, options) {
  close();
  if (!options.length || document.activeElement !== input) return;
  Object.assign(open, { input, options, list: listFor(input), at: -1 });
  options.forEach((option, at) => {
    const item = document.createElement("li");
    item.id = `combo-${at}`;
    item.dataset.at = at;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const code = Object.assign(document.createElement("span"), { className: "quiet", textContent: option.value });
    const text = Object.assign(document.createElement("span"), { textContent: option.text + (option.sub ? ` · ${option.sub}` : "") });
    item.append(code, text);
    if (option.note) item.append(Object.assign(document.createElement("span"), { className: "quiet", textContent: option.note }));
    open.list.append(item);
  });
  // inside the dialog or the main part that holds the field, so that it lies on top and stays in its landmark
  (input.closest("dialog, main") || document.body).append(open.list);
  place();
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "combo-list");
  // a code typed whole is meant, whatever else begins like it
  const typed = input.value.trim().toLowerCase();
  mark(Math.max(0, options.findIndex((option) => option.value.toLowerCase() === typed)));
}

function take(at) {
  const { input, options } = open;
  const option = options[at];
  close();
  input.value = input.dataset.comboShows === "text" ? option.text : option.value;
  const into = input.dataset.comboInto && document.getElementById(input.dataset.comboInto);
  if (into) {
    into.value = option.value;
    into.dispatchEvent(new Event("change", { bubbles: true }));
  }
  input.dispatchEvent(new CustomEvent("combo:pick", { bubbles: true, detail: option }));
}

async function ask(input) {
  const url = new URL(input.dataset.comboUrl, location.href);
  url.searchParams.set("q", input.value.trim());
  for (const name of (input.dataset.comboWith || "").split(" ").filter(Boolean)) {
    url.searchParams.set(name, input.form?.elements[name]?.value ?? "");
  }
  asked = new AbortController();
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asked.signal });
    if (answer.ok) show(input, (await answer.json()).options);
  } catch (error) {
    if (error.name !== "AbortError") close();
  }
}

document.addEventListener("input", (event) => {
  const input = event.target.closest?.("[data-combo-url]");
  if (!input) return;
  clearTimeout(timer);
  asked?.abort();
  const into = input.dataset.comboInto && document.getElementById(input.dataset.comboInto);
  if (into) into.value = "";
  if (input.value.trim().length < Number(input.dataset.comboLeast || 1)) return close();
  timer = setTimeout(() => ask(input), PAUSE);
});

// before the page's own shortcuts hear the key: while suggestions are open, the arrows, Enter and Esc are theirs
document.addEventListener("keydown", (event) => {
  if (event.target !== open.input) {
    // a key that leaves the field overtakes a question still on its way
    if (event.key === "Enter" || event.key === "Tab" || event.key === "Escape") { clearTimeout(timer); asked?.abort(); }
    return;
  }
  const keys = { ArrowDown: () => mark(open.at + 1), ArrowUp: () => mark(open.at - 1), Enter: () => take(open.at), Escape: close };
  if (event.key === "Tab") { take(open.at); return; }
  if (event.ctrlKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  keys[event.key]();
}, true);

document.addEventListener("focusout", (event) => { if (event.target === open.input) close(); });
document.addEventListener("scroll", (event) => { if (open.list && !open.list.contains(event.target)) place(); }, true);
