/* The order pad: lines by keyboard alone, pasted from a spreadsheet, priced and promised while they are typed.
 *
 * <form data-pad data-quote-url="…"> holds the fields customer, ship_to, po_number, requested_on, the lines of core/_pad.html and the summary of
 * core/_pad_aside.html. Sending the form is an ordinary POST: the fields code, quantity, unit_code, price come once a line, in order; blank lines
 * are to be skipped. `intent` is "confirm" or "save". Numbers travel as they were typed; the server reads them in the reader's language.
 *
 * THE QUOTE. A quarter of a second after a change: POST data-quote-url, JSON, header X-CSRFToken:
 *   {"customer": "20417", "ship_to": "3", "po_number": "4500-7731", "requested_on": "2026-11-26",
 *    "lines": [{"index": 0, "code": "10052", "quantity": "24", "unit_code": "CS", "price": ""}]}     blank lines are left out; index = place of the row
 * answers (everything a person reads is in words already, in the reader's language; every key may be left out):
 *   {"lines": [{"index": 0, "item": "10052", "text": "Aceite de oliva virgen 5 L",
 *               "unit": "caja de 4", "unit_code": "CS", "units": [{"code": "CS", "word": "caja de 4"}, {"code": "EA", "word": "unidad"}],
 *               "price": "96,80", "price_origin": "acuerdo", "amount": "2.323,20",
 *               "promise": [{"tone": "risk", "text": "10, jue 26 nov"}, {"tone": "", "text": "14, mar 1 dic"}],
 *               "warnings": [{"tone": "broken|risk|note", "text": "Faltan 14 cajas para el jueves."}],
 *               "substitutes": [{"sku": "10053", "text": "Enviar en su lugar: 14 de Aceite 3 L, mar 24", "taken": false}]}],   asked with "substitute": sku
 *    "errors": [{"field": "po_number", "text": "Su orden de compra está repetida", "help": "Cámbiela o abra P-2026-000123.", "href": "/orders/P-2026-000123"}],
 *    "totals": [{"label": "Base, IVA 4 %", "amount": "4.291,20 €"}, {"label": "A pagar", "amount": "7.444,73 €", "sum": true}],
 *    "credit": {"used": "0.6978", "this": "0.1241", "sentence": "Crédito: caben 10.685,27 € más", "tone": "",
 *               "words": ["usado 41.870,00 €", "este pedido", "límite 60.000,00 €"]},                used and this are shares of the limit
 *    "say": "Salen 162 cajas el jueves 26, antes de las 12:00."}
 * `errors` are of the order: they mark the field of that name (its hint is [data-error-for=name]) and open the summary with a link to it, or to href.
 * A broken warning on a line counts as an error, a risk as a warning, a note is only said. Suggestions of items: see combo.js; an option may add
 * "unit_code" and "unit". After suggestions or a paste, the same quote is asked. */

const form = document.querySelector("form[data-pad]");
const body = form.querySelector("[data-lines]");
const pattern = form.querySelector("template[data-line-pattern]");
const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const FIELDS = ["code", "quantity"];
let timer = 0;
let asked = null;

const rows = () => [...body.querySelectorAll("tr")];
const cell = (row, name) => row.querySelector(`[name="${name}"]`);
const blank = (row) => !cell(row, "code").value.trim() && !cell(row, "quantity").value.trim();
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const make = (tag, css, text) => Object.assign(document.createElement(tag), { className: css, textContent: text });

// -- lines -------------------------------------------------------------------------------------------------------
function number() {
  rows().forEach((row, at) => {
    row.querySelector("[data-at]").textContent = at + 1;
    for (const field of row.querySelectorAll("[data-label-pattern]")) field.setAttribute("aria-label", fill(field.dataset.labelPattern, { n: at + 1 }));
  });
}

function add(values = {}) {
  body.append(pattern.content.cloneNode(true));
  const row = body.lastElementChild;
  for (const [name, value] of Object.entries(values)) if (cell(row, name)) cell(row, name).value = value;
  number();
  return row;
}

function spare() {
  const last = rows().at(-1);
  return last && blank(last) ? last : add();
}

function drop(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  spare();
  number();
  cell(next?.isConnected ? next : rows()[0], "code").focus();
  changed();
}

function go(row, name) {
  if (!row) return;
  const field = cell(row, name);
  field.focus();
  field.select();
}

// -- keyboard ----------------------------------------------------------------------------------------------------
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    return form.requestSubmit(form.querySelector("[data-pad-confirm]"));
  }
  const row = event.target.closest("[data-lines] tr");
  const name = event.target.name;
  if (!row || !FIELDS.includes(name)) {
    // Enter in the head moves on instead of sending an order that is half written
    if (event.key === "Enter" && event.target.matches("input:not([type=submit])")) { event.preventDefault(); cell(rows()[0], "code").focus(); }
    return;
  }
  if (event.key === "Enter") {
    event.preventDefault();
    if (name === "code" && event.target.value.trim()) go(row, "quantity");
    else if (name === "quantity") go(row.nextElementSibling ?? add(), "code");
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    go(row.nextElementSibling ?? (blank(row) ? null : add()), name);
  } else if (event.key === "ArrowUp") {
    event.preventDefault();
    go(row.previousElementSibling, name);
  } else if (event.key === "Delete" && event.ctrlKey) {
    event.preventDefault();
    drop(row);
  }
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-drop]");
  if (button) drop(button.closest("tr"));
  if (event.target.closest("[data-add]")) go(spare(), "code");
});

form.addEventListener("combo:pick", (event) => {
  const row = event.target.closest("[data-lines] tr");
  if (!row) return changed();
  row.querySelector("[data-text]").textContent = event.detail.text;
  units(row, event.detail);
  go(row, "quantity");
  form.dispatchEvent(new Event("input", { bubbles: true }));
  changed();
});

// -- paste from a spreadsheet ------------------------------------------------------------------------------------
function table(text) {
  const lines = text.replace(/\r/g, "").split("\n").filter((line) => line.trim());
  const mark = lines.some((line) => line.includes("\t")) ? "\t" : lines.some((line) => line.includes(";")) ? ";" : null;
  const found = lines.map((line) => (mark ? line.split(mark) : line.trim().split(/\s{2,}/)).map((piece) => piece.trim().replace(/^"(.*)"$/, "$1")));
  const counted = (line) => /\d/.test(line[1] ?? "");
  // a first row without a figure where the others have one is a heading
  if (found.length > 1 && !counted(found[0]) && counted(found[1])) found.shift();
  return found.filter((line) => line[0]);
}

function pour(text, from) {
  let row = from && blank(from) ? from : spare();
  for (const [code, quantity = "", price = ""] of table(text)) {
    if (!row || !blank(row)) row = add();
    for (const [name, value] of Object.entries({ code, quantity, price })) if (cell(row, name)) cell(row, name).value = value;
    row = row.nextElementSibling;
  }
  go(spare(), "code");
  form.dispatchEvent(new Event("input", { bubbles: true }));
  changed();
}

body.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  if (!/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const row = event.target.closest("tr");
  if (event.target.name === "code") event.target.value = "";
  pour(text, row);
});

const sheet = document.getElementById("pad-paste");
document.querySelector("[data-pad-paste]")?.addEventListener("click", () => { sheet.returnValue = ""; sheet.showModal(); });
sheet?.addEventListener("close", () => {
  const text = sheet.querySelector("textarea");
  if (sheet.returnValue === "yes" && text.value.trim()) pour(text.value);
  text.value = "";
});

// -- the quote ---------------------------------------------------------------------------------------------------
function changed() {
  clearTimeout(timer);
  timer = setTimeout(quote, 250);
}

function units(row, line) {
  const select = cell(row, "unit_code");
  const known = line.units ?? (line.unit_code ? [{ code: line.unit_code, word: line.unit ?? line.unit_code }] : []);
  if (!select || !known.length) return;
  const chosen = known.some((unit) => unit.code === select.value) ? select.value : (line.unit_code ?? known[0].code);
  select.replaceChildren(...known.map((unit) => new Option(unit.word, unit.code, false, unit.code === chosen)));
  select.hidden = false;
}

function showLine(row, line) {
  const set = (name, text) => { row.querySelector(`[data-${name}]`).textContent = text ?? ""; };
  set("text", line?.text);
  set("price", line?.price);
  set("origin", line?.price_origin);
  set("amount", line?.amount);
  const promise = typeof line?.promise === "string" ? [{ text: line.promise }] : (line?.promise ?? []);
  row.querySelector("[data-promise]").replaceChildren(...promise.map((part, at) => make("span", `${at ? "sub" : ""} ${part.tone ? `is-${part.tone}` : ""}`, part.text)));
  const warnings = line?.warnings ?? [];
  const say = row.querySelector("[data-say]");
  const held = say.contains(document.activeElement) ? document.activeElement.value : "";
  const offers = line?.substitutes ?? [];
  say.replaceChildren(...warnings.map((warning) => make("span", `say is-${warning.tone || "note"}`, warning.text)), ...offers.map(offered));
  cell(row, "substitute").value = offers.find((offer) => offer.taken)?.sku ?? "";
  if (held) [...say.querySelectorAll("input")].find((box) => box.value === held)?.focus();
  row.classList.toggle("is-wrong", warnings.some((warning) => warning.tone === "broken"));
  row.classList.remove("quoting");
  if (line) units(row, line);
}

// nothing goes in place of anything unless the person says so
function offered(offer) {
  const label = make("label", "say offer", "");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", value: offer.sku, checked: Boolean(offer.taken) });
  box.addEventListener("change", () => {
    asked?.abort(); // an answer to what was asked before would take it back
    cell(box.closest("tr"), "substitute").value = box.checked ? offer.sku : "";
  });
  label.append(box, make("span", "", offer.text));
  return label;
}

function showErrors(answer) {
  const box = form.querySelector("[data-pad-findings]");
  const errors = answer.errors ?? [];
  for (const hint of form.querySelectorAll("[data-error-for]")) {
    const error = errors.find((one) => one.field === hint.dataset.errorFor);
    hint.textContent = error ? [error.text, error.help].filter(Boolean).join(". ") : "";
    form.elements[hint.dataset.errorFor]?.setAttribute?.("aria-invalid", String(Boolean(error)));
  }
  const items = errors.map((error) => {
    const item = document.createElement("li");
    const link = make("a", "is-broken", error.text);
    link.href = error.href ?? `#${form.elements[error.field]?.id ?? ""}`;
    item.append(link);
    if (error.help) item.append(make("span", "quiet", error.help));
    return item;
  });
  let wrong = errors.length;
  let risky = 0;
  for (const line of answer.lines ?? []) {
    for (const warning of line.warnings ?? []) {
      if (warning.tone === "broken") wrong += 1;
      else if (warning.tone === "risk") risky += 1;
      else continue;
      const item = document.createElement("li");
      item.append(make("span", `is-${warning.tone}`, fill(box.dataset.line, { n: line.index + 1, text: warning.text })));
      items.push(item);
    }
  }
  box.hidden = !items.length;
  box.querySelector("ul").replaceChildren(...items);
  const words = [[wrong, box.dataset.error, box.dataset.errors], [risky, box.dataset.warning, box.dataset.warnings]];
  const title = words.filter(([n]) => n).map(([n, one, several]) => fill(n === 1 ? one : several, { n })).join(box.dataset.and);
  const head = box.querySelector("h2");
  if (head.textContent !== title) head.textContent = title;
}

function showSums(answer) {
  const totals = form.querySelector("[data-pad-totals]");
  totals.replaceChildren(...(answer.totals ?? []).flatMap((row) => [make("dt", row.sum ? "sum" : "quiet", row.label), make("dd", row.sum ? "sum" : "", row.amount)]));
  const credit = form.querySelector("[data-pad-credit]");
  credit.hidden = !answer.credit;
  if (answer.credit) {
    const head = credit.querySelector("h3");
    head.textContent = answer.credit.sentence;
    head.className = answer.credit.tone ? `is-${answer.credit.tone}` : "";
    const used = Math.min(1, Math.max(0, Number(answer.credit.used)));
    const now = Math.min(1 - used, Math.max(0, Number(answer.credit.this)));
    credit.querySelector("[data-used]").setAttribute("width", `${100 * used}%`);
    const bar = credit.querySelector("[data-this]");
    bar.setAttribute("x", `${100 * used}%`);
    bar.setAttribute("width", `${100 * now}%`);
    bar.setAttribute("class", answer.credit.tone === "broken" ? "bar-lost" : answer.credit.tone === "risk" ? "bar-amber" : "bar-kept");
    credit.querySelectorAll("[data-word]").forEach((word, at) => { word.textContent = answer.credit.words?.[at] ?? ""; });
  }
  const say = form.querySelector("[data-pad-say]");
  say.hidden = !answer.say;
  say.querySelector("blockquote").textContent = answer.say ? fill(say.dataset.quote, { text: answer.say }) : "";
}

async function quote() {
  asked?.abort();
  asked = new AbortController();
  const list = rows();
  const lines = [];
  list.forEach((row, index) => {
    if (blank(row)) return showLine(row, null);
    row.classList.add("quoting");
    lines.push({ index, ...Object.fromEntries(["code", "quantity", "unit_code", "price", "substitute"].map((name) => [name, cell(row, name)?.value.trim() ?? ""])) });
  });
  const head = Object.fromEntries(["customer", "ship_to", "po_number", "requested_on"].map((name) => [name, form.elements[name]?.value ?? ""]));
  if (!head.customer && !lines.length) return;
  try {
    const answer = await fetch(form.dataset.quoteUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ ...head, lines }),
      signal: asked.signal,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const quoted = await answer.json();
    for (const line of quoted.lines ?? []) if (list[line.index]?.isConnected) showLine(list[line.index], line);
    showErrors(quoted);
    showSums(quoted);
  } catch (error) {
    if (error.name === "AbortError") return;
    // the pad stays usable without an answer: the order is checked again when it is sent
  }
  for (const row of list) row.classList.remove("quoting");
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
document.addEventListener("htmx:afterSwap", (event) => { if (form.contains(event.target)) changed(); });
form.addEventListener("promesa:restore", (event) => {
  const wanted = event.detail.filter(([name]) => name === "code").length;
  while (rows().length < wanted) add();
  changed();
});
form.addEventListener("submit", () => { clearTimeout(timer); asked?.abort(); });

number();
spare();
if (rows().some((row) => !blank(row)) || form.elements.customer?.value) quote();
