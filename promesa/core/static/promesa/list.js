/* Lists: j and k move over the rows, Enter opens, x chooses; choosing rows shows the bar of bulk actions.
 * Rows are those of table[data-list]; a row opens at its first a.id, else its first link; its tick is input.tick. */

const writing = (element) => Boolean(element?.closest?.("input:not([type=checkbox],[type=radio]), textarea, select, dialog[open]"));
const rows = () => [...document.querySelectorAll("table[data-list] tbody tr")];
const current = () => document.querySelector("table[data-list] tr.at");
const linkOf = (row) => row?.querySelector("a.id") ?? row?.querySelector("a");

function go(step) {
  const list = rows();
  if (!list.length) return;
  const now = list.indexOf(current() ?? document.activeElement?.closest?.("tr"));
  const at = Math.max(0, Math.min(list.length - 1, now < 0 ? (step > 0 ? 0 : list.length - 1) : now + step));
  current()?.classList.remove("at");
  list[at].classList.add("at");
  linkOf(list[at])?.focus({ preventScroll: true });
  list[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (writing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "Enter" && current() && event.target === document.body) linkOf(current())?.click();
  else if (event.key === "x" && current()) current().querySelector(".tick")?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("table[data-list] tbody tr");
  if (row && row !== current()) { current()?.classList.remove("at"); row.classList.add("at"); }
});

// -- choosing ----------------------------------------------------------------------------------------------------
const ticks = () => [...document.querySelectorAll("table[data-list] tbody .tick")];
let last = null;

function count() {
  const all = ticks();
  const chosen = all.filter((tick) => tick.checked).length;
  const head = document.querySelector("table[data-list] thead .tick");
  if (head) { head.checked = chosen > 0 && chosen === all.length; head.indeterminate = chosen > 0 && chosen < all.length; }
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = !chosen;
  for (const piece of bar.querySelectorAll("[data-several]")) {
    piece.textContent = chosen === 1 ? piece.dataset.one : piece.dataset.several.replace("{n}", chosen);
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-bulk-clear]")) { for (const tick of ticks()) tick.checked = false; count(); }
  const tick = event.target.closest?.("table[data-list] .tick");
  if (!tick) return;
  const all = ticks();
  if (tick.closest("thead")) for (const other of all) other.checked = tick.checked;
  else {
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(tick)].sort((a, b) => a - b);
      for (const other of all.slice(from, to + 1)) other.checked = tick.checked;
    }
    last = tick;
  }
  count();
});

// a filter that is a select sends its form as soon as it is chosen
document.addEventListener("change", (event) => { if (event.target.matches("form.filters select, form.filters input[type=date]")) event.target.form.requestSubmit(); });
count();
