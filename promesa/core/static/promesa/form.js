/* Forms: the summary of errors takes the focus, what was typed is never lost, one question before what cannot be undone. */

document.querySelector("[data-errors]")?.focus();
const back = document.querySelector("[data-back]");
if (back && history.length > 1) { back.hidden = false; back.addEventListener("click", () => history.back()); }

// -- one question ------------------------------------------------------------------------------------------------
// <button data-ask="Cancel the order?" data-ask-text="Its 3 lines give their stock back." data-ask-yes="Cancel it">
document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.dataset.ask || button.dataset.answered) return;
  event.preventDefault();
  const dialog = document.getElementById("ask");
  if (!dialog) return void (button.dataset.answered = "1", button.click());
  dialog.querySelector("h2").textContent = button.dataset.ask;
  dialog.querySelector("[data-ask-text]").textContent = button.dataset.askText ?? "";
  dialog.querySelector("[data-ask-yes]").textContent = button.dataset.askYes ?? button.textContent;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return button.focus();
    button.dataset.answered = "1";
    event.target.requestSubmit(button);
    delete button.dataset.answered;
  }, { once: true });
});

// -- once is enough ----------------------------------------------------------------------------------------------
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "dialog" || event.target.method === "get") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "1";
  document.body.classList.add("waiting");
});
addEventListener("pageshow", () => {
  document.body.classList.remove("waiting");
  for (const form of document.forms) delete form.dataset.sent;
});

// -- nothing typed is lost ---------------------------------------------------------------------------------------
// <form data-keep="order:P-2026-000123" data-kept-words="We brought back what you had typed." data-drop-words="Drop it">
// A form that the server drew again with what was typed carries data-bound: then the server's is the truth.
const kept = (form) => `promesa:${form.dataset.keep}`;
const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
const drop = (key) => { try { sessionStorage.removeItem(key); } catch { /* private window */ } };

function save(form) {
  const typed = fields(form).map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? field.checked : field.value]);
  try { sessionStorage.setItem(kept(form), JSON.stringify(typed)); } catch { /* full or forbidden: the guard below still asks */ }
}

function restore(form) {
  let typed;
  try { typed = JSON.parse(sessionStorage.getItem(kept(form))); } catch { return; }
  if (!typed) return;
  form.dispatchEvent(new CustomEvent("promesa:restore", { detail: typed }));
  const seen = {};
  for (const [name, value] of typed) {
    const place = (seen[name] = (seen[name] ?? -1) + 1);
    const field = fields(form).filter((other) => other.name === name)[place];
    if (!field) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
  }
  const notice = document.createElement("p");
  notice.className = "notice info";
  notice.setAttribute("role", "status");
  const drops = Object.assign(document.createElement("button"), { type: "button", className: "btn s", textContent: form.dataset.dropWords });
  drops.addEventListener("click", () => { drop(kept(form)); clean(form); location.reload(); });
  notice.append(document.createElement("span"), Object.assign(document.createElement("span"), { textContent: form.dataset.keptWords }), drops);
  form.before(notice);
  form.dataset.dirty = "1";
}

const clean = (form) => delete form.dataset.dirty;

for (const form of document.querySelectorAll("form[data-keep]")) {
  if (form.hasAttribute("data-bound")) drop(kept(form));
  else addEventListener("DOMContentLoaded", () => restore(form)); // when the form's own module listens too
  form.addEventListener("input", () => { form.dataset.dirty = "1"; save(form); });
  form.addEventListener("submit", () => { clean(form); try { sessionStorage.setItem("promesa:sent", kept(form)); } catch { /* as above */ } });
}

// a form was sent and another page came: it arrived
const sent = (() => { try { return sessionStorage.getItem("promesa:sent"); } catch { return null; } })();
if (sent && ![...document.querySelectorAll("form[data-keep]")].some((form) => kept(form) === sent)) { drop(sent); drop("promesa:sent"); }

addEventListener("beforeunload", (event) => { if (document.querySelector("form[data-dirty]")) event.preventDefault(); });

// -- a form that somebody else changed meanwhile -----------------------------------------------------------------
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-take]");
  const field = button && document.getElementById(button.dataset.take);
  if (!field) return;
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  button.closest("tr").querySelector(".yours ins").textContent = button.closest("tr").querySelector(".theirs").textContent;
  field.focus();
});
