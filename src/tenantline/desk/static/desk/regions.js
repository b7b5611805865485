/* Parts of a page that follow the stream while somebody works on the rest of it.

   An element with an id and `data-live="consent tenant"` is fetched anew when one of these topics
   is told: the page's own address is asked once for all of them, and only what differs is put in
   place. Fields do not belong into such a part: what is being typed stays untouched. */
(() => {
  "use strict";

  const SOON = 150; // ms; what changes together is fetched together
  const regions = () => [...document.querySelectorAll("[data-live][id]")];
  const waiting = new Set();
  let timer = null;
  let asking = false;

  function fetchSoon(topic) {
    waiting.add(topic);
    if (!asking) timer ??= setTimeout(fetchNow, SOON);
  }

  async function fetchNow() {
    const topics = [...waiting];
    waiting.clear();
    timer = null;
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      // Led elsewhere (the session has ended) or refused: what stands there stays.
      if (answer.ok && !answer.redirected) putInPlace(await answer.text(), topics);
    } catch {
      // Not to be reached: the stream has broken too and tells `live:open` when it is back.
    }
    asking = false;
    if (waiting.size) fetchSoon([...waiting][0]);
  }

  function putInPlace(html, topics) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    regions().forEach((region) => {
      const follows = region.dataset.live.split(" ");
      const news = fresh.getElementById(region.id);
      if (!news || !topics.some((topic) => topic === "open" || follows.includes(topic))) return;
      if (says(news) !== says(region)) replace(region, news);
    });
  }

  function replace(region, news) {
    const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
    region.replaceChildren(...document.adoptNode(news).childNodes);
    window.htmx.process(region);
    if (focused) document.getElementById(focused)?.focus();
  }

  // What a part shows and leads to; form tokens differ with every answer, and htmx leaves marks.
  function says(region) {
    const links = [...region.querySelectorAll("[href], [action]")];
    return [region.textContent.replace(/\s+/g, " ").trim()]
      .concat(links.map((link) => link.getAttribute("href") ?? link.getAttribute("action")))
      .join("\n");
  }

  const topics = new Set(regions().flatMap((region) => region.dataset.live.split(" ")));
  ["open", ...topics].forEach((topic) =>
    document.addEventListener(`live:${topic}`, () => fetchSoon(topic)),
  );
})();
