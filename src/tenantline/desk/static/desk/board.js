/* Ordering by hand: what is held by its grip goes where the pointer is, with mouse, pen or finger.
   When it is let go the order is kept. By keyboard the menu's buttons do the same. */
(() => {
  "use strict";

  let held = null; // {item, list, before, pointer}

  const items = (list) => [...list.querySelectorAll(":scope > [data-sorted]")];
  const order = (list) => items(list).map((item) => item.dataset.sorted);

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    // A finger on a heading wants to scroll; only the grip itself holds still for it.
    if (!grip || event.button !== 0 || (event.pointerType === "touch" && !event.target.closest(".grip"))) return;
    const item = grip.closest("[data-sorted]");
    const list = item?.closest("[data-sorts]");
    if (!list) return;
    event.preventDefault();
    held = { item, list, before: order(list), pointer: event.pointerId };
    list.setPointerCapture(event.pointerId);
    item.classList.add("is-carried");
    document.documentElement.classList.add("is-carried");
  });

  document.addEventListener("pointermove", (event) => {
    if (held?.pointer !== event.pointerId) return;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-sorted]");
    if (!under || under === held.item || under.parentElement !== held.list) return;
    // Beyond the middle of what lies there, so that things of unequal size do not swap for ever.
    const box = under.getBoundingClientRect();
    const mine = held.item.getBoundingClientRect();
    const beside = Math.abs(box.top - mine.top) < 8 && box.left !== mine.left;
    const beyond = beside
      ? (event.clientX - (box.left + box.right) / 2) * Math.sign(box.left - mine.left)
      : (event.clientY - (box.top + box.bottom) / 2) * Math.sign(box.top - mine.top);
    if (beyond < 0) return;
    const isLater = held.item.compareDocumentPosition(under) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (isLater) under.after(held.item);
    else under.before(held.item);
  });

  function letGo(event, isKept) {
    if (held?.pointer !== event.pointerId) return;
    const { item, list, before } = held;
    held = null;
    item.classList.remove("is-carried");
    document.documentElement.classList.remove("is-carried");
    if (!isKept) putBack(list, before);
    else if (order(list).join() !== before.join()) keep(item, list, before);
  }

  function putBack(list, before) {
    before.forEach((name) => list.append(items(list).find((item) => item.dataset.sorted === name)));
  }

  async function keep(item, list, before) {
    try {
      await window.htmx.ajax("POST", list.dataset.sorts, {
        source: document.getElementById("board"),
        target: "#widgets-list",
        swap: "innerHTML",
        values: { order: order(list), moved: item.dataset.sorted },
      });
    } catch {
      putBack(list, before); // the toast says what went wrong
    }
  }

  document.addEventListener("pointerup", (event) => letGo(event, true));
  document.addEventListener("pointercancel", (event) => letGo(event, false));
  document.addEventListener("keydown", (event) => {
    if (held && event.key === "Escape") letGo({ pointerId: held.pointer }, false);
  });

  // --- the menu ---------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
    const link = event.target.closest(".own a[href^='#']");
    if (!link) return;
    event.preventDefault();
    link.closest("details").open = false;
    const widget = document.querySelector(link.hash);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    widget?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    widget?.focus({ preventScroll: true });
  });

  document.documentElement.dataset.canSort = "";
})();
