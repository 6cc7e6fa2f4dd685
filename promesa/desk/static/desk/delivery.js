/* The form of a delivery: what is not accepted is taken off what is, and the reason is asked for only then. Without script all of it shows. */

const form = document.querySelector("form[data-delivery]");
const decimal = (1.5).toLocaleString(document.documentElement.lang).includes(",") ? "," : ".";
const read = (text) => Number(text.replaceAll(decimal === "," ? "." : ",", "").replace(decimal, ".").replace(/\s/g, "")) || 0;
const write = (value) => String(Math.round(value * 1e6) / 1e6).replace(".", decimal);

for (const row of form?.querySelectorAll("tr[data-total]") ?? []) {
  const accepted = row.querySelector("[data-accepted]");
  const others = [...row.querySelectorAll("[data-other]")];
  const why = row.nextElementSibling;
  const total = read(row.dataset.total);
  const weigh = (event) => {
    const off = others.reduce((sum, field) => sum + read(field.value), 0);
    if (event && event.target !== accepted) accepted.value = write(Math.max(0, total - off));
    why.hidden = off === 0 && !why.querySelector(".error");
  };
  row.addEventListener("input", weigh);
  weigh();
}
