/* Drawing boxes over a picture: mouse, pen, finger or keys fill in the rows of numbers beside it. Without this the rows
   are typed. The picture is shown smaller than it is; every number is in pixels of the original. */
"use strict";

(() => {
  const LEAST = 4; /* pixels of the original: less is a slip of the hand */
  const NAMES = ["left", "top", "width", "height"];
  const room = document.querySelector("[data-boxes]");
  const field = room?.querySelector("svg");
  if (!field || !window.PointerEvent) return;
  const [across, down] = [Number(room.dataset.across), Number(room.dataset.down)];
  const rows = Array.from(document.querySelectorAll("[data-boxes-row]"));
  const step = Math.max(1, Math.round(Math.max(across, down) / 200));
  let chosen = -1;
  let begun = null; /* where a box was begun */

  const inputs = (row) => NAMES.map((name) => rows[row].querySelector(`input[name$="-${name}"]`));
  const within = (value, least, most) => Math.max(least, Math.min(most, Math.round(value)));

  function read(row) {
    const values = inputs(row).map((input) => (input.value === "" ? null : Number(input.value)));
    return values.some((value) => value === null || Number.isNaN(value)) ? null : values;
  }

  function write(row, values) {
    inputs(row).forEach((input, place) => {
      input.value = values ? values[place] : "";
    });
    draw();
  }

  const free = () => rows.findIndex((_, row) => read(row) === null);

  function draw() {
    field.replaceChildren();
    rows.forEach((_, row) => {
      const values = read(row);
      if (!values) return;
      const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      ["x", "y", "width", "height"].forEach((name, place) => shape.setAttribute(name, values[place]));
      if (row === chosen) shape.setAttribute("data-chosen", "");
      shape.dataset.row = row;
      field.append(shape);
    });
    rows.forEach((each, row) => each.toggleAttribute("data-chosen", row === chosen));
    if (chosen >= 0) rows[chosen].closest("details")?.setAttribute("open", "");
  }

  function place(event) {
    const there = field.getBoundingClientRect();
    const x = ((event.clientX - there.left) / there.width) * across;
    const y = ((event.clientY - there.top) / there.height) * down;
    return [within(x, 0, across), within(y, 0, down)];
  }

  function span([x, y], [otherX, otherY]) {
    return [Math.min(x, otherX), Math.min(y, otherY), Math.abs(x - otherX), Math.abs(y - otherY)];
  }

  field.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    field.focus();
    const hit = event.target.dataset?.row;
    if (hit !== undefined) {
      chosen = Number(hit);
      draw();
      return;
    }
    const row = free();
    if (row < 0) return;
    chosen = row;
    begun = place(event);
    field.setPointerCapture(event.pointerId);
  });

  field.addEventListener("pointermove", (event) => {
    if (begun && event.isPrimary) write(chosen, span(begun, place(event)));
  });

  function end(event) {
    if (!begun || !event.isPrimary) return;
    const values = span(begun, place(event));
    begun = null;
    const slip = values[2] < LEAST || values[3] < LEAST;
    write(chosen, slip || event.type === "pointercancel" ? null : values);
  }

  field.addEventListener("pointerup", end);
  field.addEventListener("pointercancel", end);

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function key(event) {
    const values = chosen < 0 ? null : read(chosen);
    if (event.key === "Enter") {
      const row = free();
      if (row < 0) return;
      chosen = row;
      const [wide, high] = [Math.max(LEAST, Math.round(across / 5)), Math.max(LEAST, Math.round(down / 5))];
      write(row, [Math.round((across - wide) / 2), Math.round((down - high) / 2), wide, high]);
    } else if ((event.key === "Delete" || event.key === "Backspace") && values) {
      write(chosen, null);
    } else if (ARROWS[event.key] && values) {
      const [x, y] = ARROWS[event.key].map((each) => each * step);
      let [left, top, width, height] = values;
      if (event.shiftKey) {
        width = within(width + x, 1, across - left);
        height = within(height + y, 1, down - top);
      } else {
        left = within(left + x, 0, across - width);
        top = within(top + y, 0, down - height);
      }
      write(chosen, [left, top, width, height]);
    } else return;
    event.preventDefault();
  }

  field.addEventListener("keydown", key);
  rows.forEach((each, row) => {
    each.addEventListener("input", draw);
    each.addEventListener("focusin", () => {
      chosen = row;
      draw();
    });
  });
  field.removeAttribute("hidden");
  room.querySelector("[data-boxes-help]")?.removeAttribute("hidden");
  draw();
})();
