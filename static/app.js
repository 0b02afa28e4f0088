"use strict";
// Comfort on top of pages that work without it: one press one send, the palette, focus on errors, closing menus.
(() => {
  const REST_MS = 8000;

  // A pressed button shows that it works and cannot be pressed again; the server makes a double send harmless anyway.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const { lookedAt } = document.body.dataset; // Back past an answer with errors looks at its form, and asks to send nothing again
    if (lookedAt) history.replaceState(null, "", lookedAt);
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
    setTimeout(() => rest(form), REST_MS);
  });
  const rest = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
  };
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(rest));
  document.addEventListener("htmx:after:request", (event) => { const form = event.target.closest?.("form"); if (form) rest(form); });

  // The error summary is read first, whether the page was loaded or swapped in.
  const readErrors = () => document.querySelector("[data-focus]")?.focus();
  readErrors();
  document.addEventListener("htmx:after:swap", readErrors);

  // Open menus close on Escape and on a press elsewhere.
  const closeMenus = (except) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  });

  const tellConnection = () => document.querySelectorAll(".offline").forEach((line) => { line.hidden = navigator.onLine; });
  addEventListener("online", tellConnection);
  addEventListener("offline", tellConnection);

  // A number that a desk phone put into the address stays neither there nor in the history.
  if (document.querySelector("[data-forget-query]")) history.replaceState(null, "", location.pathname);

  // Ctrl+K or "/": where to go, or a search with its hits as one types; arrows choose, Enter opens.
  const palette = document.getElementById("palette");
  if (!palette) return;
  const query = palette.querySelector("input");
  const commands = [...palette.querySelectorAll("#palette-commands a")];
  const shown = () => [...palette.querySelectorAll("li:not([hidden]) > a")];
  const choose = (link) => {
    palette.querySelectorAll("a[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    link?.setAttribute("aria-current", "true");
    link?.scrollIntoView({ block: "nearest" });
  };
  const narrow = () => {
    const typed = query.value.trim().toLowerCase();
    commands.forEach((link) => {
      const words = link.textContent.trim().toLowerCase().split(/[\s:]+/);
      link.parentElement.hidden = !words.some((word) => word.startsWith(typed));
    });
    document.getElementById("palette-go").hidden = commands.every((link) => link.parentElement.hidden);
    choose(null);
  };
  const open = () => {
    if (!palette.open) palette.showModal();
    query.select();
    narrow();
  };
  const isTyping = (place) => place.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(place.tagName);
  document.addEventListener("keydown", (event) => {
    const isK = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && document.getElementById("keys") && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    if (!isK && !isSlash) return;
    event.preventDefault();
    const box = isSlash && document.querySelector("main form.search input[type=search]");
    if (box) box.select(); else open();
  });
  query.addEventListener("input", narrow);
  query.addEventListener("keydown", (event) => {
    const list = shown();
    const at = list.findIndex((link) => link.hasAttribute("aria-current"));
    if (event.key === "ArrowDown" && list.length) { event.preventDefault(); choose(list[Math.min(at + 1, list.length - 1)]); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(list[at - 1]); }
    if (event.key === "Enter" && at >= 0) { event.preventDefault(); list[at].click(); }
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
})();
