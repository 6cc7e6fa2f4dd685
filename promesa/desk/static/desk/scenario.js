/* The editor of a scenario: one more row without asking the server; its fields are named on from the last. */

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-more]");
  if (!button) return;
  event.preventDefault();
  grow(button.dataset.more);
});

function grow(name) {
  const table = document.querySelector(`table[data-grows="${name}"]`);
  const rows = table.tBodies[0].rows;
  const at = rows.length;
  const row = rows[at - 1].cloneNode(true);
  for (const field of row.querySelectorAll("[name]")) {
    const was = `${name}-${at - 1}-`;
    field.name = field.name.replace(was, `${name}-${at}-`);
    field.id = field.name;
    field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, at + 1));
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    if (field.tagName === "SELECT") field.selectedIndex = 0;
    else field.value = "";
  }
  for (const fault of row.querySelectorAll(".error")) fault.remove();
  table.tBodies[0].append(row);
  document.querySelector(`[name="${name}-count"]`).value = at + 1;
  row.querySelector("input, select").focus();
}

// what was typed before the page was left may need more rows than there are
document.querySelector("form.scenario")?.addEventListener("promesa:restore", (event) => {
  for (const [name] of event.detail) {
    const place = /^([a-z]+)-(\d+)-/.exec(name);
    const table = place && document.querySelector(`table[data-grows="${place[1]}"]`);
    while (table && table.tBodies[0].rows.length <= Number(place[2])) grow(place[1]);
  }
});
