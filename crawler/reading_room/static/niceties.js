// Everything works without this file; with it, a few things are handier.
"use strict";

const finder = document.getElementById("finder");
const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

// "/" goes to the search, "n" and "p" to the next and the previous change of a comparison.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/" && finder) {
    event.preventDefault();
    finder.focus();
    finder.select();
  } else if (event.key === "n" || event.key === "p") {
    goToChange(event.key === "n" ? 1 : -1);
  }
});

function goToChange(step) {
  const changes = [...document.querySelectorAll(".field ins, .field del")].filter((one) => !isBesideOther(one));
  if (!changes.length) return;
  const now = changes.indexOf(document.querySelector(".here"));
  const next = changes[Math.min(Math.max(now + step, 0), changes.length - 1)];
  document.querySelector(".here")?.classList.remove("here");
  next.classList.add("here");
  next.scrollIntoView({ block: "center" });
}

function isBesideOther(change) {
  return change.previousSibling instanceof HTMLElement && change.previousSibling.matches("ins, del");
}

// Digests and record ids are there to be copied.
for (const code of navigator.clipboard ? document.querySelectorAll(".provenance dd code") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${code.closest("div").querySelector("dt").textContent}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  code.after(" ", button);
}

// A select of a filter acts at once.
for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
