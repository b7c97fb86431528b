// Exhibits in order: dragging by mouse or pen, and arrow keys on the two buttons of a row. Without this script the
// buttons do the same, one place at a time. Every move is a form that is sent, so that the order on the page is the
// order on record.
(() => {
  const list = document.querySelector("[data-order][data-may-order]");
  if (!list) return;
  const told = document.querySelector("[data-order-told]");
  const rows = () => [...list.children];

  const send = (row, to) => {
    const form = row.querySelector("form.grip");
    const place = document.createElement("input");
    place.type = "hidden";
    place.name = "to";
    place.value = String(to);
    form.append(place);
    if (told) told.textContent = list.dataset.moved;
    sessionStorage.setItem("amana-order", row.dataset.item);
    form.submit();
  };

  let dragged = null;
  for (const row of rows()) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      row.dataset.dragged = "";
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.item);
    });
    row.addEventListener("dragend", () => {
      delete row.dataset.dragged;
      dragged = null;
      for (const each of rows()) delete each.dataset.over;
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      row.dataset.over = "";
    });
    row.addEventListener("dragleave", () => delete row.dataset.over);
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === row) return;
      const all = rows();
      const from = all.indexOf(dragged);
      const to = all.indexOf(row);
      // Before the row it was dropped on; on the last one, behind it.
      send(dragged, from < to && to < all.length - 1 ? to : to + 1);
    });
    row.querySelector("form.grip").addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const to = rows().indexOf(row) + step;
      if (to >= 0 && to < rows().length) send(row, to + 1);
    });
  }

  // After a move the focus stays with the row that was moved.
  const moved = sessionStorage.getItem("amana-order");
  sessionStorage.removeItem("amana-order");
  const again = moved && rows().find((row) => row.dataset.item === moved);
  if (again) {
    again.querySelector("form.grip button:not(:disabled)")?.focus();
    if (told) told.textContent = list.dataset.moved;
  }
})();
