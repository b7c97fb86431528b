/* The digest of a file, made where the file is. Without this the digest is pasted. */
"use strict";

(() => {
  const AT_MOST = 1024 * 1024 * 1024; /* WebCrypto wants the whole file in memory */
  const form = document.querySelector("[data-digest-form]");
  if (!form || !window.crypto?.subtle) return;
  const drop = form.querySelector("[data-digest-drop]");
  const input = drop.querySelector("input");
  const told = drop.querySelector("[data-digest-work]");
  const digest = form.elements.namedItem("digest");
  drop.hidden = false;

  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function look(file) {
    if (!file) return;
    if (file.size > AT_MOST) {
      told.textContent = form.dataset.wordsLarge;
      return;
    }
    told.textContent = form.dataset.wordsBusy;
    try {
      digest.value = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    } catch {
      told.textContent = form.dataset.wordsLarge;
      return;
    }
    form.requestSubmit();
  }

  input.addEventListener("change", () => look(input.files[0]));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    look(event.dataTransfer.files[0]);
  });
})();
