/* A document that is dropped or chosen is sent at once. Without this it is chosen, and a button sends it. */
"use strict";

(() => {
  const form = document.querySelector("[data-document-form]");
  if (!form) return;
  const drop = form.querySelector(".drop");
  const input = drop.querySelector("input");
  const told = drop.querySelector("[data-document-work]");

  form.addEventListener("submit", () => {
    told.textContent = form.dataset.wordsBusy;
  });
  input.addEventListener("change", () => input.files.length && form.requestSubmit());
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.dataset.over = "";
  });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
})();
