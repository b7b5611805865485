/* One stream of events for all windows of this browser, and what it tells as events of the page.

   A browser opens at most six connections to a host; six chat windows with a stream each would
   leave none for anything else. So one window holds the stream (whoever has the lock) and tells
   the others. `htmx` asks here for its event source; our own scripts listen for `live:message`,
   `live:status` and so on at the document, and for `live:open` when something may have been missed:
   between the making of the page and its listening, or while the stream was broken. */
(() => {
  "use strict";

  const TOPICS = ["message", "status", "read", "consent", "tenant", "line", "run", "mail", "release", "signed-out"];
  const CHANNEL = "tenantline-live";

  class Live extends EventTarget {
    holds = false;
    readyState = EventSource.CONNECTING;
    onopen = null;
    onerror = null;

    constructor(url) {
      super();
      this.url = url;
      if (!window.BroadcastChannel || !navigator.locks) {
        this.hold(() => {});
        return;
      }
      const channel = new BroadcastChannel(CHANNEL);
      channel.onmessage = (event) => this.hear(event.data);
      // Released by the browser when the window closes or crashes; then the next one holds.
      navigator.locks.request(CHANNEL, () => {
        this.hold((news) => channel.postMessage(news));
        return new Promise(() => {});
      });
      // Somebody else may hold it already and tell nothing for a while.
      navigator.locks.query().then(({ held }) => {
        if (!this.holds && held.some((lock) => lock.name === CHANNEL)) this.hear({ topic: "open" });
      });
    }

    hold(pass) {
      this.holds = true;
      const tell = (news) => {
        this.hear(news);
        pass(news);
      };
      const connect = () => {
        const source = new EventSource(this.url);
        source.onopen = () => tell({ topic: "open" });
        source.onerror = () => {
          if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
          setTimeout(connect, 3000);
        };
        TOPICS.forEach((topic) =>
          source.addEventListener(topic, (event) => tell({ topic, data: event.data })),
        );
      };
      connect();
    }

    hear({ topic, data }) {
      if (topic === "open") {
        this.readyState = EventSource.OPEN;
        this.onopen?.(new Event("open"));
      } else {
        this.dispatchEvent(new MessageEvent(topic, { data }));
      }
      document.dispatchEvent(new CustomEvent(`live:${topic}`, { detail: data }));
      if (topic === "open") document.documentElement.dataset.stream = this.holds ? "own" : "shared";
    }

    close() {}
  }

  let live = null;
  window.htmx.createEventSource = (url) => (live ??= new Live(url));

  // --- the title counts what is unread --------------------------------------------------------
  const name = document.title;

  function count(unread) {
    document.title = unread > 0 ? `(${unread}) ${name}` : name;
  }

  function countInbox() {
    const shown = document.querySelector(".rail .count");
    count(shown ? parseInt(shown.textContent, 10) : 0);
  }

  if (document.querySelector(".rail")) {
    countInbox();
    document.addEventListener("htmx:afterSettle", countInbox);
  }
  document.addEventListener("chat:unread", (event) => {
    if (!document.querySelector(".rail")) count(event.detail);
  });

  // --- a new release, an ended session --------------------------------------------------------
  let release = null;
  const root = document.documentElement;
  const say = (sentence, kind) =>
    document.dispatchEvent(new CustomEvent("toast", { detail: { sentence, kind } }));

  document.addEventListener("live:release", (event) => {
    if (release && release !== event.detail) {
      say("Tenantline has been updated. Reload this page when it suits you; drafts are kept.", "waiting");
    }
    release = event.detail;
  });
  // This device is in a tenant's hands: nothing of the office's may stay on its screen.
  document.addEventListener("live:handed-over", () => {
    if ("handingOver" in root.dataset) return;
    const back = document.createElement("a");
    back.href = "/sign-in/";
    back.textContent = "This device was handed over. Sign in to go on.";
    document.title = "Tenantline";
    document.body.replaceChildren(back);
  });
  document.addEventListener("live:signed-out", () =>
    say("You have been signed out. Drafts are kept; sign in again to go on.", "stop"),
  );
})();
