/* How many segments a text takes: the same sums as kernel/segments.py and kernel/graphemes.py.
   tests/desk/test_segments_js.py runs both over the same texts; change them together. */
(() => {
  "use strict";

  const BASIC =
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz" +
    "¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ";
  const EXTENSION = "\f[\\]^{|}~€";
  const SEPTETS = new Map([...[...BASIC].map((c) => [c, 1]), ...[...EXTENSION].map((c) => [c, 2])]);
  const SINGLE = { "GSM-7": 160, "UCS-2": 70 };
  const PART = { "GSM-7": 153, "UCS-2": 67 };

  // --- what people see as one character (UAX #29, as in graphemes.py) -------------------------
  const CONTROL = /^[\p{Cc}\p{Zl}\p{Zp}]$/u;
  const EXTENDS = /^[\p{M}\u200c\u200d\uff9e\uff9f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]$/u;
  const FLAG = /^[\u{1f1e6}-\u{1f1ff}]$/u;
  const SYMBOL = /^[\p{So}\p{Sm}]$/u;
  const JOINER = "\u200d";

  const within = (character, first, last) => character >= first && character <= last;

  function isPictograph(character) {
    const code = character.codePointAt(0);
    if (code >= 0x1f000 && code <= 0x1faff) return true;
    return code >= 0x2000 && code <= 0x3300 && SYMBOL.test(character);
  }

  function endsInPictograph(characters, joiner) {
    let index = joiner - 1;
    while (index >= 0 && EXTENDS.test(characters[index])) index -= 1;
    return index >= 0 && isPictograph(characters[index]);
  }

  function isKoreanPair(before, character) {
    const syllable = within(before, "\uac00", "\ud7a3");
    if (!within(character, "\u1100", "\u11ff") && !within(character, "\uac00", "\ud7a3")) return false;
    if (within(before, "\u1100", "\u115f")) return character <= "\u11a7" || character >= "\uac00";
    const open = syllable && (before.charCodeAt(0) - 0xac00) % 28 === 0;
    if (open || within(before, "\u1160", "\u11a7")) return within(character, "\u1160", "\u11ff");
    const closed = syllable || within(before, "\u11a8", "\u11ff");
    return closed && within(character, "\u11a8", "\u11ff");
  }

  function joined(characters, index, flags) {
    const before = characters[index - 1];
    const character = characters[index];
    if (before < "\u0300" && character < "\u0300") return false; // the usual case, quickly
    if (CONTROL.test(before)) return false;
    if (EXTENDS.test(character)) return true;
    if (FLAG.test(character)) return flags % 2 === 1;
    if (before === JOINER) return isPictograph(character) && endsInPictograph(characters, index - 1);
    return isKoreanPair(before, character);
  }

  function graphemes(text) {
    const characters = [...text];
    const clusters = [];
    let flags = 0;
    characters.forEach((character, index) => {
      flags = index > 0 && FLAG.test(characters[index - 1]) ? flags + 1 : 0;
      if (index > 0 && joined(characters, index, flags)) clusters[clusters.length - 1] += character;
      else clusters.push(character);
    });
    return clusters;
  }

  // --- measuring --------------------------------------------------------------------------------
  function fill(sizes, room) {
    let parts = 1;
    let used = 0;
    for (const size of sizes) {
      if (used + size > room && room >= size) {
        parts += 1;
        used = size;
      } else {
        // A heap of combining marks that fits no part cannot stay whole; it goes on by code units.
        const total = used + size - 1;
        parts += Math.floor(total / room);
        used = (total % room) + 1;
      }
    }
    return [parts, used];
  }

  function measure(body) {
    const clusters = graphemes(body.replaceAll("\r\n", "\n"));
    const costly = clusters.find((cluster) => !SEPTETS.has(cluster)) ?? null;
    const encoding = costly === null ? "GSM-7" : "UCS-2";
    const sizes = clusters.map((cluster) => (costly === null ? SEPTETS.get(cluster) : cluster.length));
    const units = sizes.reduce((sum, size) => sum + size, 0);
    if (units <= SINGLE[encoding]) {
      return { encoding, segments: 1, units, left: SINGLE[encoding] - units, costly };
    }
    const [segments, used] = fill(sizes, PART[encoding]);
    return { encoding, segments, units, left: PART[encoding] - used, costly };
  }

  /* What the text would cost if every costly character were a plain one. */
  function segmentsIfPlain(body) {
    const plain = graphemes(body).map((cluster) => (SEPTETS.has(cluster) ? cluster : "?"));
    return measure(plain.join("")).segments;
  }

  // --- the plain form ---------------------------------------------------------------------------
  const range = (first, last) =>
    Array.from({ length: last - first + 1 }, (_, step) => String.fromCharCode(first + step)).join("");
  const LOOKALIKES = {
    '"': "«»“”„‟ʺˮ″‶❝❞〝〞",
    "'": "‘’‚‛‹›ʹʻʼʽˈ´`ˊˋ′‵❛❜",
    "-": "‐‑‒–—―−⁃•·‧∙▪●◦",
    "/": "÷⁄∕⧸",
    "*": "∗⁎✱✲✳⭑",
    "|": "∣ǀ¦",
    "~": "∼˜",
    "^": "ˆ",
    ":": "ː∶",
    "!": "ǃ",
    ",": "、",
    ".": "。․",
    " ": "\t\v\u0085\u00a0\u1680\u180e\u2028\u2029\u202f\u205f\u3000" + range(0x2000, 0x200a),
    "": "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff" + range(0x202a, 0x202e),
  };
  const PLAIN = new Map(
    Object.entries(LOOKALIKES).flatMap(([plain, odds]) => [...odds].map((odd) => [odd, plain])),
  );
  // Superscripts, subscripts and circles around digits and signs: 10² is not 102.
  const RAISED =
    /^[\u00b2\u00b3\u00b9\u2070\u2074-\u207e\u2080-\u208e\u2460-\u2473\u24ea\u3251-\u325f\u32b1-\u32bf\u{10781}\u{107b6}]$/u;

  function plainCharacter(character) {
    if (SEPTETS.has(character)) return character;
    if (PLAIN.has(character)) return PLAIN.get(character);
    if (RAISED.test(character)) return character;
    const form = [...character.normalize("NFKC")].map((part) => PLAIN.get(part) ?? part);
    const letters = form.join("");
    return letters && [...letters].every((part) => SEPTETS.has(part)) ? letters : character;
  }

  function plainForm(body) {
    // 1½ becomes 1 1/2, not 11/2.
    const apart = body.normalize("NFC").replace(/(?<=\p{Nd})(?=[¼½¾⅐-⅞])/gu, " ");
    return [...apart].map(plainCharacter).join("");
  }

  window.tenantlineSegments = { graphemes, measure, plainForm, segmentsIfPlain };
})();
