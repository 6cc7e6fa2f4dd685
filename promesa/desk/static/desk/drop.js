/* A form that takes files by dropping them anywhere on its sheet: <form data-drop> with one input[type=file]. Without script the input does. */

for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const sheet = form.closest(".sheet") ?? form;
  const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  for (const kind of ["dragenter", "dragover"]) {
    sheet.addEventListener(kind, (event) => { if (holds(event)) { event.preventDefault(); sheet.classList.add("dropping"); } });
  }
  for (const kind of ["dragleave", "drop"]) {
    sheet.addEventListener(kind, (event) => { if (kind === "drop" || !sheet.contains(event.relatedTarget)) sheet.classList.remove("dropping"); });
  }
  sheet.addEventListener("drop", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
