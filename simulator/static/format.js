// WhatsApp's inline marks (*tebal*, _miring_, ~coret~, ```mono```, `mono`) as DOM nodes.
// Only text nodes and these elements are ever made, so nothing in a message can become markup.

const MARKS = [
  { open: "```", tag: "code", nested: false },
  { open: "`", tag: "code", nested: false },
  { open: "*", tag: "strong", nested: true },
  { open: "_", tag: "em", nested: true },
  { open: "~", tag: "s", nested: true },
];
const WORD = /[\p{L}\p{N}]/u;

/** The position of the mark that closes the one at `start`, or -1. */
function closing(text, start, mark) {
  const from = start + mark.length;
  if (from >= text.length || /\s/.test(text[from])) return -1;
  for (let end = text.indexOf(mark, from + 1); end !== -1; end = text.indexOf(mark, end + 1)) {
    const line = text.slice(from, end);
    if (mark !== "```" && line.includes("\n")) return -1;
    const after = text[end + mark.length];
    if (!/\s/.test(text[end - 1]) && !(after && WORD.test(after))) return end;
  }
  return -1;
}

/** A document fragment for a message's text. */
export function formatted(text) {
  const made = document.createDocumentFragment();
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) made.append(plain);
    plain = "";
  };
  while (at < text.length) {
    const mark = MARKS.find(({ open }) => text.startsWith(open, at));
    const before = at > 0 && WORD.test(text[at - 1]);
    const end = mark && !before ? closing(text, at, mark.open) : -1;
    if (end === -1) {
      plain += text[at];
      at += 1;
      continue;
    }
    flush();
    const inside = text.slice(at + mark.open.length, end);
    const element = document.createElement(mark.tag);
    element.append(mark.nested ? formatted(inside) : inside);
    made.append(element);
    at = end + mark.open.length;
  }
  flush();
  return made;
}
