"use strict";
// Keys for those who want them: the list that "?" shows is the table of what each one does. Dead where somebody types.
(() => {
  const PAIR_MS = 1500;
  const list = document.getElementById("keys");
  const rows = [...list.querySelectorAll("[data-key]")];
  const targets = (row) => [...document.querySelectorAll(row.dataset.target)].filter((place) => place.checkVisibility());
  const isTyping = (place) => place.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(place.tagName);
  let first = "";

  const show = () => {
    rows.forEach((row) => { row.hidden = row.dataset.target !== undefined && !targets(row).length; });
    list.showModal();
  };
  const step = (places, by) => {
    const at = places.indexOf(document.activeElement);
    places[at < 0 ? 0 : Math.min(Math.max(at + by, 0), places.length - 1)]?.focus();
  };
  const press = (row) => {
    if (row.dataset.key === "?") return show();
    const places = targets(row);
    if (row.dataset.step) step(places, Number(row.dataset.step)); else places[0]?.click();
  };
  const save = (place) => {
    const form = place.closest("main form[data-saves]"); // approvals, imports and prints are pressed by hand alone
    form?.requestSubmit(form.querySelector("button.primary") ?? undefined);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { save(event.target); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const row = rows.find((other) => other.dataset.key === (first + event.key).trim());
    first = event.key === "g" && !first ? "g " : "";
    if (first) setTimeout(() => { first = ""; }, PAIR_MS);
    if (!row) return;
    event.preventDefault();
    press(row);
  });
  list.addEventListener("click", (event) => { if (event.target === list) list.close(); });
})();
