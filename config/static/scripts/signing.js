/* Signing on the screen: a finger, a pen or a mouse draws into a field, and the form sends the points. Without this
   the field stays hidden and the form is signed on paper; whoever cannot draw chooses that here, too. */
"use strict";

(() => {
  const LEAST = 3; /* units between two points of a stroke: nearer ones say nothing */
  const MOST_POINTS = 8000; /* what the server takes */
  const MOST_STROKES = 300;
  const box = document.querySelector("[data-signing]");
  if (!box || !window.PointerEvent) return;
  const field = box.querySelector("canvas");
  const pen = field.getContext("2d");
  const [across, down] = [Number(field.dataset.width), Number(field.dataset.height)];
  const sent = box.querySelector("input[name=drawn]");
  const line = box.querySelector("[data-signing-line]");
  /* The page has another control called language, for its own words. */
  const form = box.closest("form");
  const how = form.querySelector("select[name=how]");
  const language = form.querySelector("select[name=language]");
  const spoken = Array.from(document.querySelectorAll("[data-spoken]"));
  let strokes = [];
  let drawing = null; /* the stroke under way */

  function place(event) {
    const there = field.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    const x = within(((event.clientX - there.left) / there.width) * across, across);
    return [x, within(((event.clientY - there.top) / there.height) * down, down)];
  }

  function redraw() {
    const there = field.getBoundingClientRect();
    const dense = window.devicePixelRatio || 1;
    field.width = Math.round(there.width * dense);
    field.height = Math.round(there.height * dense);
    pen.setTransform(field.width / across, 0, 0, field.height / down, 0, 0);
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(field).color;
    for (const stroke of strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      for (const point of stroke.length > 1 ? stroke.slice(1) : stroke) pen.lineTo(...point);
      pen.stroke();
    }
  }

  function tell() {
    sent.value = strokes.length ? JSON.stringify(strokes) : "";
    line.textContent = strokes.length ? box.dataset.wordsDrawn : box.dataset.wordsEmpty;
    if (strokes.length) how.value = "on-screen";
    redraw();
  }

  function clear() {
    strokes = [];
    drawing = null;
    tell();
  }

  const points = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

  field.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0 || strokes.length >= MOST_STROKES || points() >= MOST_POINTS) return;
    event.preventDefault();
    field.setPointerCapture(event.pointerId);
    drawing = [place(event)];
    strokes.push(drawing);
    redraw();
  });

  field.addEventListener("pointermove", (event) => {
    if (!drawing || !event.isPrimary) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const each of passed.length ? passed : [event]) {
      const [x, y] = place(each);
      const [lastX, lastY] = drawing[drawing.length - 1];
      if (Math.hypot(x - lastX, y - lastY) >= LEAST && points() < MOST_POINTS) drawing.push([x, y]);
    }
    redraw();
  });

  function end(event) {
    if (!drawing || !event.isPrimary) return;
    drawing = null;
    tell();
  }

  field.addEventListener("pointerup", end);
  field.addEventListener("pointercancel", end);

  /* What was signed is what stands here: an answer that changes afterwards has to be signed again. */
  function changed(event) {
    if (!strokes.length || event.target === sent) return;
    if (event.target === how && how.value === "on-screen") return;
    const chosen = how.value;
    clear();
    if (event.target === how) how.value = chosen;
    else line.textContent = box.dataset.wordsChanged;
  }

  form.addEventListener("input", changed);
  box.querySelector("[data-signing-clear]").addEventListener("click", clear);
  box.querySelector("[data-signing-paper]").addEventListener("click", () => {
    clear();
    how.value = "signature";
    form.querySelector("input[name=file]").focus();
  });

  /* The form is shown in the language of the conversation, where it stands here in that language. */
  function speak() {
    const known = spoken.some((words) => words.dataset.spoken === language.value);
    for (const words of spoken) words.hidden = known && words.dataset.spoken !== language.value;
  }

  language.addEventListener("change", speak);
  window.addEventListener("resize", redraw);
  try {
    strokes = sent.value ? JSON.parse(sent.value) : [];
  } catch {
    strokes = [];
  }
  box.hidden = false;
  speak();
  if (strokes.length) tell();
  else line.textContent = box.dataset.wordsEmpty;
  redraw();
})();
