/* Before this device is handed over, its other windows are emptied: what they show is the office's. */
(() => {
  "use strict";

  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-hands-over]") || !window.BroadcastChannel) return;
    document.documentElement.dataset.handingOver = "";
    new BroadcastChannel("tenantline-live").postMessage({ topic: "handed-over" });
  });
})();
