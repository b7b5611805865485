/* The inbox: the list keeps itself fresh; on wide screens a conversation opens in the pane. */
(() => {
  "use strict";

  const WAIT_MS = 250; // many events at once are one question
  const wide = matchMedia("(width >= 960px)");
  const list = document.getElementById("inbox-list");
  if (!list) return;

  // --- the list -------------------------------------------------------------------------------
  let timer = 0;

  function refreshSoon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT_MS);
  }

  async function refresh() {
    try {
      const answer = await fetch(list.dataset.rows + location.search, {
        headers: { "HX-Request": "true" },
      });
      if (!answer.ok || answer.redirected) return;
      put(await answer.text());
    } catch {
      // Unreachable just now; the next event asks again.
    }
  }

  function put(rows) {
    const at = list.scrollTop;
    const focused = document.activeElement?.dataset.pane;
    list.innerHTML = rows;
    list.scrollTop = at;
    mark();
    if (focused) list.querySelector(`[data-pane="${focused}"]`)?.focus({ preventScroll: true });
  }

  function mark() {
    const open = new URLSearchParams(location.search).get("open");
    list.querySelectorAll("[data-pane]").forEach((row) => {
      if (row.dataset.pane === open) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  ["message", "status", "read", "tenant", "open"].forEach((topic) =>
    document.addEventListener(`live:${topic}`, refreshSoon),
  );

  // --- the pane -------------------------------------------------------------------------------
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-pane]");
    if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(row, event.detail === 0); // pressed by keyboard: the next thing to do is to answer
  });

  async function open(row, answers) {
    const address = new URL(location.href);
    address.searchParams.set("open", row.dataset.pane);
    address.searchParams.delete("to");
    history.replaceState(null, "", address);
    mark();
    await window.htmx.ajax("GET", row.href, { target: "#pane", swap: "innerHTML" });
    if (answers) document.querySelector("#pane textarea")?.focus();
  }

  list.addEventListener("keydown", (event) => {
    const rows = [...list.querySelectorAll("[data-pane]")];
    const at = rows.indexOf(document.activeElement);
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    rows[at + step]?.focus();
  });
})();
