/* A page that is made to be printed says so with a button. */

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-print]")) print(); });
