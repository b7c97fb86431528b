/* The builder of dossiers: exhibits are dragged by mouse, pen or finger on the handle of their row, and moved by the
   arrow keys on its two buttons. Each change is sent at once, and what comes back takes the place of head and
   columns, so that order and gate on the page are those on record. Without this file the same forms do the same, page
   by page. */
"use strict";

(() => {
  const EDGE = 72; /* pixels from the edge of the window in which dragging scrolls it */
  const STEP = 14;
  const here = () => document.querySelector("[data-builder]");
  const head = () => document.querySelector("[data-builder-head]"); /* the preview is off while anything is open */
  if (!here() || !window.fetch) return;

  const told = document.createElement("p");
  told.className = "unseen";
  told.setAttribute("role", "status");
  document.getElementById("content").append(told);

  const list = () => here().querySelector(".order[data-may-order]");
  const rows = () => Array.from(list()?.children ?? []);
  const rowOf = (item) => rows().find((row) => row.dataset.item === item);
  const formOf = (key) => Array.from(here().querySelectorAll("form[data-key]")).find((form) => form.dataset.key === key);

  /* Sending: one change after the other, each on top of the page that the last one brought. */

  let queue = Promise.resolve();

  function send(key, name, value) {
    queue = queue.then(() => post(key, name, value)).catch(() => window.location.reload());
  }

  async function post(key, name, value) {
    const form = formOf(key);
    if (!form) return;
    const body = new URLSearchParams(new FormData(form));
    if (name) body.set(name, value);
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const columns = page.querySelector("[data-builder]");
    if (!answer.ok || !columns) throw new Error("no builder came back"); /* signed out, or not allowed any more */
    here().replaceWith(columns);
    head().replaceWith(page.querySelector("[data-builder-head]"));
    messages(page);
    handles();
    focus(key, value);
    told.textContent = words(key);
  }

  function messages(page) {
    const main = document.getElementById("content");
    main.querySelectorAll(":scope > .notice").forEach((each) => each.remove());
    main.prepend(...page.querySelectorAll("#content > .notice"));
  }

  /* The focus stays with what was changed: the same button, the other one where that is off, or the list. */
  function focus(key, value) {
    const form = formOf(key);
    const buttons = Array.from(form?.querySelectorAll("button:enabled") ?? []);
    const button = buttons.find((each) => each.value === value) ?? buttons[0];
    (button ?? here().querySelector("h2")).focus();
  }

  function words(key) {
    const fault = document.querySelector("#content > .notice[data-state=unsound]");
    if (fault) return fault.textContent.trim();
    const row = key.startsWith("move-") ? rowOf(key.slice(5)) : null;
    const place = row?.querySelector("[data-place]").textContent;
    const { wordsPlace, total } = list()?.dataset ?? {};
    if (row) return wordsPlace.replace("{item}", row.dataset.item).replace("{place}", place).replace("{total}", total);
    return here().querySelector("[data-gate-sentence]").textContent.trim();
  }

  document.addEventListener("submit", (event) => {
    const key = event.target.dataset.key;
    if (!key || event.defaultPrevented) return;
    event.preventDefault();
    send(key, event.submitter?.name, event.submitter?.value);
  });

  document.addEventListener("keydown", (event) => {
    const to = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const grip = event.target instanceof Element ? event.target.closest("form.grip") : null;
    if (!to || !grip || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    send(grip.dataset.key, "to", to);
  });

  /* Dragging. The handle is for pointers alone: whoever uses keys has the buttons. */

  let drag = null;

  function handles() {
    for (const row of rows()) {
      const handle = document.createElement("span");
      handle.className = "handle";
      handle.setAttribute("aria-hidden", "true");
      handle.addEventListener("pointerdown", (event) => begin(event, row));
      handle.addEventListener("pointermove", (event) => { if (drag) follow(event.clientY); });
      handle.addEventListener("pointerup", () => end(true));
      handle.addEventListener("pointercancel", () => end(false));
      row.querySelector("form.grip").prepend(handle);
    }
  }

  function begin(event, row) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    row.dataset.dragged = "";
    drag = { row, y: event.clientY, to: -1, timer: setInterval(scroll, 30) };
  }

  function scroll() {
    if (drag.y < EDGE) window.scrollBy(0, -STEP);
    else if (drag.y > window.innerHeight - EDGE) window.scrollBy(0, STEP);
    else return;
    follow(drag.y);
  }

  function follow(y) {
    drag.y = y;
    const others = rows().filter((row) => row !== drag.row);
    const middle = (row) => { const box = row.getBoundingClientRect(); return (box.top + box.bottom) / 2; };
    drag.to = others.filter((row) => middle(row) < y).length;
    unmark();
    if (drag.to < others.length) others[drag.to].dataset.over = "before";
    else if (others.length > 0) others[others.length - 1].dataset.over = "after";
  }

  function unmark() {
    for (const row of rows()) delete row.dataset.over;
  }

  function end(dropped) {
    if (!drag) return;
    const { row, to, timer } = drag;
    clearInterval(timer);
    unmark();
    delete row.dataset.dragged;
    const from = rows().indexOf(row);
    drag = null;
    if (dropped && to >= 0 && to !== from) send(`move-${row.dataset.item}`, "to", String(to + 1));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end(false);
  });

  handles();
})();
