/* The composer: counts segments, grows, keeps the draft, sends with Enter. */
(() => {
  "use strict";

  const { measure, plainForm, segmentsIfPlain } = window.tenantlineSegments;
  const below = () => document.getElementById("composer");
  const draftKey = (place) => `draft:${place.dataset.key}`;

  function stored(act) {
    try {
      return act(localStorage);
    } catch {
      return null; // storage is full or forbidden; the words are still in the field
    }
  }

  // --- counting -------------------------------------------------------------------------------
  function count(field) {
    const place = field.form.querySelector("[data-count]");
    const now = measure(field.value);
    const plural = now.segments === 1 ? "" : "s";
    place.querySelector("[data-sum]").textContent =
      `${now.left} left · ${now.segments} segment${plural} · ${now.encoding}`;
    place.classList.toggle("is-costly", now.costly !== null);
    place.querySelector("[data-plain]").hidden =
      now.costly === null || plainForm(field.value) === field.value;
    nameCostly(place.querySelector("[data-costly]"), field.value, now);
  }

  function nameCostly(place, body, now) {
    place.hidden = now.costly === null;
    if (now.costly === null) return;
    const odd = document.createElement("span");
    odd.className = "chat-odd";
    odd.textContent = visible(now.costly);
    const cheap = segmentsIfPlain(body);
    const words =
      now.segments > cheap
        ? ` makes this ${now.segments} segments instead of ${cheap}`
        : " leaves room for 70 characters instead of 160";
    place.replaceChildren(odd, words);
  }

  function visible(character) {
    if (/^[\p{Z}\p{C}]+$/u.test(character)) {
      return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    }
    return character;
  }

  // --- growing, where the browser does not do it by itself ------------------------------------
  const growsAlone = CSS.supports("field-sizing", "content");

  function grow(field) {
    if (growsAlone) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  }

  // --- the draft ------------------------------------------------------------------------------
  function keep(field) {
    const place = below();
    stored((storage) =>
      field.value ? storage.setItem(draftKey(place), field.value) : storage.removeItem(draftKey(place)),
    );
  }

  function restore(place, field) {
    if (field.value) return; // the server gave back what was refused
    field.value = stored((storage) => storage.getItem(draftKey(place))) ?? "";
  }

  function changed(field) {
    count(field);
    grow(field);
    keep(field);
  }

  function mount() {
    const place = below();
    const field = place?.querySelector("textarea");
    if (!field || field.dataset.mounted) return;
    field.dataset.mounted = "yes";
    restore(place, field);
    count(field);
    grow(field);
  }

  const isField = (target) => target.matches?.("#composer textarea");

  document.addEventListener("input", (event) => {
    if (isField(event.target)) changed(event.target);
  });

  document.addEventListener("keydown", (event) => {
    if (!isField(event.target) || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    const button = event.target.form.querySelector("[type=submit]");
    if (event.target.value.trim() && !button.disabled) event.target.form.requestSubmit(button);
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-plain]")) return;
    const field = below().querySelector("textarea");
    field.value = plainForm(field.value);
    changed(field);
    field.focus();
  });

  // --- sending: what is on its way is not changed, what was refused comes back -----------------
  const lock = (event, locked) => {
    if (event.target.matches?.("[data-chat-form]")) event.target.elements.body.readOnly = locked;
  };
  document.addEventListener("htmx:beforeRequest", (event) => lock(event, true));
  document.addEventListener("htmx:afterRequest", (event) => lock(event, false));

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (target.id !== "composer" || ![400, 409].includes(xhr.status)) return;
    if (!xhr.responseText.includes('id="composer"')) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  document.addEventListener("chat-sent", () => {
    const place = below();
    if (place) stored((storage) => storage.removeItem(draftKey(place)));
    const field = place?.querySelector("textarea");
    if (field) field.value = "";
  });

  document.addEventListener("htmx:load", mount);
  mount();
})();
