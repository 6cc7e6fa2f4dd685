/* Checking a paper: the field in hand is marked on the picture; Enter goes to the next field in doubt, then to the button. */

const form = document.querySelector("form[data-check]");
if (form) {
  const fields = [...form.querySelectorAll("[data-field]")];
  const boxes = new Map([...document.querySelectorAll("[data-box]")].map((box) => [box.dataset.box, box]));
  const doubtful = (field) => "doubt" in field.dataset || field.closest(".field.doubt") || field.getAttribute("aria-invalid") === "true";

  const show = (field) => {
    for (const box of boxes.values()) box.classList.remove("here");
    const box = boxes.get(field.dataset.field);
    if (!box) return;
    box.classList.add("here");
    const paper = box.closest(".paper");
    const where = box.getBoundingClientRect();
    const frame = paper.getBoundingClientRect();
    if (where.top < frame.top || where.bottom > frame.bottom) paper.scrollTop += where.top - frame.top - frame.height / 3;
  };

  form.addEventListener("focusin", (event) => { if (event.target.dataset?.field) { show(event.target); event.target.select?.(); } });
  form.addEventListener("keydown", (event) => {
    const place = fields.indexOf(event.target);
    if (event.key !== "Enter" || place < 0) return;
    event.preventDefault();
    const next = fields.slice(place + 1).find(doubtful) ?? form.querySelector("button");
    next?.focus();
  });
  (fields.find(doubtful) ?? fields[0])?.focus();
}
