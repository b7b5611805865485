/* What every staff page does in the browser: "/" to search, menus, theme, toasts, dialogs, rows.
   Everything works without it, only less comfortably. */
(() => {
  "use strict";

  const root = document.documentElement;
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const isBare = (event) => !isTyping(event.target) && !event.ctrlKey && !event.metaKey;

  // --- toasts ---------------------------------------------------------------------------------
  const toasts = document.getElementById("toasts");
  const toastModel = document.getElementById("toast-model");

  function toast(sentence, kind = "good") {
    if (!toasts || !toastModel) return;
    const shown = toastModel.content.firstElementChild.cloneNode(true);
    shown.dataset.kind = kind;
    shown.querySelector("p").textContent = sentence;
    toasts.append(shown);
    leaveInTime(shown);
  }

  function leaveInTime(shown) {
    // What went wrong stays until it is put away.
    if (shown.dataset.kind !== "stop") setTimeout(() => shown.remove(), 6000);
  }

  document.querySelectorAll(".toast").forEach(leaveInTime);
  document.addEventListener("toast", (event) => toast(event.detail.sentence, event.detail.kind));
  document.addEventListener("htmx:sendError", () =>
    toast("Tenantline cannot be reached; nothing was changed. Try again in a moment.", "stop"),
  );
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) toast("Something went wrong on our side; try again.", "stop");
  });

  // --- menus ----------------------------------------------------------------------------------
  const openMenus = () => document.querySelectorAll("details.menu[open]");

  function moveInMenu(menu, step) {
    const items = [...menu.querySelectorAll(".panel-float :is(a, button)")];
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length) % items.length]?.focus();
  }

  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (event.target.closest(".toast .close")) event.target.closest(".toast").remove();
    if (event.target.closest("[data-closes], [data-focuses]")) closeDialog(event);
    openRow(event);
  });

  document.addEventListener("keydown", (event) => {
    const menu = document.activeElement?.closest("details.menu[open]");
    if (event.key === "Escape") {
      openMenus().forEach((open) => {
        open.open = false;
        open.querySelector("summary").focus();
      });
    } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      moveInMenu(menu, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "/" && root.dataset.slash_key === "on" && isBare(event)) {
      const search = document.getElementById("search");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // --- search: the arrows walk through what was found -------------------------------------------
  document.querySelector(".search")?.addEventListener("keydown", (event) => {
    const links = [...event.currentTarget.querySelectorAll(".found a")];
    if (event.key === "Escape") {
      document.activeElement.blur();
    } else if (links.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const at = links.indexOf(document.activeElement);
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      (links[next] ?? document.getElementById("search")).focus();
    }
  });

  // --- tabs that do not fit: the one that is open stands in view --------------------------------------
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const strip = tab.closest(".tabs");
    strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  });

  // --- one's own choices: seen at once, while htmx has them kept ---------------------------------
  document.querySelectorAll(".person [aria-pressed]").forEach((button) =>
    button.addEventListener("click", () => {
      root.dataset[button.name] = button.value;
      button.form
        .querySelectorAll("[aria-pressed]")
        .forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    }),
  );

  // --- dialogs: a fragment that lands in one opens it --------------------------------------------
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.detail.target.closest("dialog.sheet");
    if (dialog && !dialog.open) dialog.showModal();
  });

  function closeDialog(event) {
    const link = event.target.closest("[data-closes], [data-focuses]");
    const dialog = event.target.closest("dialog");
    const field = document.getElementById(link.dataset.focuses ?? "");
    if (!dialog || (link.dataset.focuses && !field)) return; // a page of its own: the link leads on
    event.preventDefault();
    dialog.close();
    field?.focus();
  }

  // --- rows that open a thing; links, boxes and selected text keep their own meaning ---------------
  function openRow(event) {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, select") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else location.assign(row.dataset.href);
  }

  // --- selection: how many rows are ticked ---------------------------------------------------------
  function countTicks(form) {
    const boxes = [...form.querySelectorAll("[data-pick]")];
    const ticked = boxes.filter((box) => box.checked).length;
    const all = form.querySelector("[data-pick-all]");
    const bar = form.querySelector("[data-picked]");
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    if (bar) {
      bar.hidden = ticked === 0;
      bar.querySelector("[data-picked-count]").textContent = ticked;
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-picks]");
    if (!form) return;
    if (event.target.matches("[data-pick-all]")) {
      form.querySelectorAll("[data-pick]").forEach((box) => (box.checked = event.target.checked));
    }
    countTicks(form);
  });
  document.addEventListener("htmx:load", (event) => {
    const form = event.detail.elt.closest?.("form[data-picks]") ?? event.detail.elt.querySelector?.("form[data-picks]");
    if (form) countTicks(form);
  });
  document.querySelectorAll("form[data-picks]").forEach(countTicks);

  // --- forms: pressed once is enough ----------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.target.matches("[hx-post]")) return;
    const button = event.submitter;
    if (!button) return;
    if (button.getAttribute("aria-busy") === "true") event.preventDefault();
    button.setAttribute("aria-busy", "true");
  });
  // Back from the next page, the buttons work again.
  addEventListener("pageshow", () =>
    document.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy")),
  );

  // --- chats open in a window of their own, one for each ---------------------------------------------
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-window]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.open(link.href, link.dataset.window, "popup,width=440,height=720");
  });

  // --- copying what is shown once ------------------------------------------------------------------
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.value);
      toast("Copied.");
    } catch {
      source.select();
      toast("Your browser did not allow copying; press Ctrl+C now.", "waiting");
    }
  });
})();
