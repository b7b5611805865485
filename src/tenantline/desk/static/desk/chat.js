/* The thread: fetches only what is new, stays where one reads, says what came, marks as read. */
(() => {
  "use strict";

  const NEAR = 80; // pixels from the end that still count as reading the newest
  const READING_MS = 1500; // a text this long on screen was seen, also by who is writing
  const OPEN_STATES = new Set(["queued", "sending", "unknown", "sent"]);

  const box = () => document.querySelector(".chat");
  const threadOf = (chat) => chat.querySelector(".chat-thread");
  const listOf = (chat) => chat.querySelector(".chat-texts");
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"));
  const isAtEnd = (thread) => thread.scrollHeight - thread.scrollTop - thread.clientHeight < NEAR;

  function lastId(chat) {
    return Math.max(0, ...[...chat.querySelectorAll(".chat-text")].map((text) => Number(text.dataset.id)));
  }

  function toEnd(thread) {
    thread.scrollTop = thread.scrollHeight;
  }

  // --- fetching: one question at a time, the next one asks for all that came meanwhile ------------
  let asking = false;
  let wanted = null;

  async function refresh(again = []) {
    wanted = new Set([...(wanted ?? []), ...again]);
    if (asking) return;
    asking = true;
    try {
      while (wanted) {
        const texts = [...wanted];
        wanted = null;
        await ask(box(), texts);
      }
    } finally {
      asking = false;
    }
  }

  async function ask(chat, again) {
    if (!chat?.dataset.texts) return;
    const query = new URLSearchParams({ after: lastId(chat), again: again.join(","), files: awaiting(chat) });
    const found = await get(`${chat.dataset.texts}?${query}`);
    if (found && chat.isConnected) put(chat, found);
  }

  function awaiting(chat) {
    return [...chat.querySelectorAll('[data-files="open"]')].slice(-40).map((text) => text.dataset.id).join(",");
  }

  async function get(address) {
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return null; // the next event asks again
      const model = document.createElement("template");
      model.innerHTML = await answer.text();
      return model.content;
    } catch {
      return null;
    }
  }

  function put(chat, found) {
    const thread = threadOf(chat);
    const atEnd = isAtEnd(thread);
    const fresh = [...found.querySelectorAll("li")].filter((item) => place(chat, item));
    const texts = fresh.filter((item) => item.classList.contains("chat-text"));
    if (atEnd) toEnd(thread);
    if (texts.length === 0) return;
    announce(chat, texts);
    if (atEnd) look(chat);
    else pill(chat, texts.length);
  }

  /* Put an item where it belongs; tell whether it is new. */
  function place(chat, item) {
    const known = item.id
      ? document.getElementById(item.id)
      : chat.querySelector(`[data-day="${item.dataset.day}"]`);
    if (known) {
      if (item.id && !isInHand(known, item)) known.replaceWith(item);
      if (item.isConnected) window.htmx.process(item);
      return false;
    }
    item.classList.add("fresh");
    listOf(chat).append(item);
    window.htmx.process(item);
    return true;
  }

  /* Who is about to decide of a text that is as unknown as before keeps the buttons. */
  const isInHand = (known, item) =>
    item.dataset.state === "unknown" && known.querySelector(".chat-decide[open]") !== null;

  function announce(chat, texts) {
    const inbound = texts.filter((text) => text.classList.contains("from-them"));
    if (inbound.length === 0) return;
    chat.dataset.unread = Number(chat.dataset.unread ?? 0) + inbound.length;
    chat.querySelector("[data-says]").textContent = inbound.at(-1).dataset.said;
    tellTitle(chat);
  }

  const tellTitle = (chat) =>
    document.dispatchEvent(
      new CustomEvent("chat:unread", { detail: Number(chat.dataset.unread ?? 0) }),
    );

  // --- reading ------------------------------------------------------------------------------------
  function pill(chat, more) {
    const button = chat.querySelector(".chat-pill");
    const count = Number(button.dataset.count ?? 0) + more;
    button.dataset.count = count;
    button.querySelector("span").textContent = count === 1 ? "1 new text" : `${count} new texts`;
    button.hidden = false;
  }

  function hidePill(chat) {
    const button = chat.querySelector(".chat-pill");
    button.hidden = true;
    button.dataset.count = 0;
  }

  /* What is on screen counts as read, and after a moment as known to whoever writes a reply. */
  function look(chat) {
    if (!chat?.dataset.read || document.hidden || !isAtEnd(threadOf(chat))) return;
    hidePill(chat);
    const newest = lastId(chat);
    // Who has begun to write may not have looked up yet; an empty composer answers what is shown.
    const isWriting = Boolean(chat.querySelector("#chat-body")?.value.trim());
    setTimeout(() => {
      const seen = chat.querySelector("[name=seen]");
      if (seen && !document.hidden) seen.value = Math.max(Number(seen.value), newest);
    }, isWriting ? READING_MS : 0);
    if (Number(chat.dataset.unread ?? 0) === 0) return;
    chat.dataset.unread = 0;
    tellTitle(chat);
    const headers = { ...csrf(), "HX-Request": "true" };
    fetch(chat.dataset.read, { method: "POST", headers }).catch(() => {
      chat.dataset.unread = 1; // the next look says it again
    });
  }

  // --- earlier texts ------------------------------------------------------------------------------
  async function earlier(link) {
    const chat = box();
    const thread = threadOf(chat);
    const found = await get(`${chat.dataset.texts}?before=${link.dataset.before}`);
    if (!found) return location.assign(link.href);
    const more = found.querySelector("[data-earlier]");
    const end = thread.scrollHeight - thread.scrollTop;
    const first = listOf(chat).querySelector(".chat-text");
    listOf(chat).prepend(...found.querySelectorAll("li"));
    const days = [...chat.querySelectorAll("[data-day]")];
    days.forEach((day, index) => {
      if (days.findIndex((other) => other.dataset.day === day.dataset.day) < index) day.remove();
    });
    const place = link.closest("[data-earlier]");
    if (more) place.replaceWith(more);
    else place.remove();
    thread.scrollTop = thread.scrollHeight - end;
    first?.scrollIntoView({ block: "nearest" });
    thread.focus({ preventScroll: true });
  }

  // --- news ---------------------------------------------------------------------------------------
  function openTexts(chat) {
    const texts = [...chat.querySelectorAll("[data-text]")].slice(-40);
    return texts.filter((text) => OPEN_STATES.has(text.dataset.state)).map((text) => text.dataset.text);
  }

  document.addEventListener("live:message", (event) => {
    const chat = box();
    if (!chat) return;
    if (chat.dataset.conversation === event.detail) refresh();
    else if (!chat.dataset.conversation) hasBegun();
  });

  document.addEventListener("live:status", (event) => {
    const shown = box()?.querySelector(`[data-text="${CSS.escape(event.detail)}"]`);
    if (shown) refresh([event.detail]);
  });

  document.addEventListener("live:consent", (event) => standingChanged(event.detail));
  document.addEventListener("live:tenant", (event) => standingChanged(event.detail));

  // What waits for its line says so, and when the line goes on, that it leaves.
  document.addEventListener("live:line", () => {
    const chat = box();
    if (chat?.dataset.texts) refresh(openTexts(chat));
  });

  document.addEventListener("live:open", () => {
    const chat = box();
    if (chat?.dataset.texts) refresh(openTexts(chat));
  });

  function standingChanged(tenant) {
    const chat = box();
    if (!chat || !chat.dataset.holders.split(" ").includes(tenant)) return;
    if (!chat.dataset.composer) return hasBegun();
    const chosen = chat.querySelector(".chat-sides [aria-current]");
    const to = chosen ? new URL(chosen.href).search : "";
    window.htmx.ajax("GET", chat.dataset.composer + to, { target: "#composer", swap: "outerHTML" });
  }

  /* A chat without a text yet: once there is one, the tenant's address leads to the thread. */
  async function hasBegun() {
    if (box()?.dataset.conversation || !location.pathname.endsWith("/chat/")) return;
    try {
      const answer = await fetch(location.href);
      const model = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = model.querySelector(".chat");
      if (!fresh) return;
      if (answer.redirected) history.replaceState(null, "", answer.url);
      box().replaceWith(document.adoptNode(fresh));
      window.htmx.process(fresh);
      window.htmx.trigger(fresh, "htmx:load");
    } catch {
      // Unreachable just now; the next event tries again.
    }
  }

  /* Whoever reads the newest goes on reading it when the composer grows or the window shrinks. */
  function stayAtEnd(chat, thread) {
    let stays = isAtEnd(thread);
    const scrolled = () => {
      stays = isAtEnd(thread);
      if (stays) look(chat);
    };
    thread.addEventListener("scroll", scrolled, { passive: true });
    new ResizeObserver(() => stays && toEnd(thread)).observe(thread);
  }

  // --- beginning ----------------------------------------------------------------------------------
  function mount() {
    const chat = box();
    if (!chat || chat.dataset.mounted) return;
    chat.dataset.mounted = "yes";
    const thread = threadOf(chat);
    if (!new URLSearchParams(location.search).has("before")) toEnd(thread);
    stayAtEnd(chat, thread);
    tellTitle(chat);
    look(chat);
  }

  document.addEventListener("click", (event) => {
    const chat = box();
    if (event.target.closest(".chat-pill")) {
      toEnd(threadOf(chat));
      look(chat);
      chat.querySelector("textarea")?.focus({ preventScroll: true });
    }
    const link = event.target.closest("[data-before]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      earlier(link);
    }
  });

  document.addEventListener("chat-sent", () => {
    const thread = box() && threadOf(box());
    if (thread) toEnd(thread); // one's own text is to be seen
    refresh();
  });
  document.addEventListener("visibilitychange", () => look(box()));
  document.addEventListener("htmx:load", mount);
  mount();
})();
