// One message as an element.

import { formatted } from "./format.js";

const TICK = {
  pending: ["Menunggu", '<svg viewBox="0 0 17 11"><circle cx="11" cy="5.5" r="4.6"/><path d="M11 3v2.7l1.7 1"/></svg>'],
  sent: ["Terkirim", '<svg viewBox="0 0 17 11"><path d="M6 6l3 3.5L15 1.5"/></svg>'],
  delivered: ["Sampai", '<svg viewBox="0 0 17 11"><path d="M1.5 6l3 3.5L10.5 1.5M8 8l1.2 1.5L15.5 1.5"/></svg>'],
};
TICK.read = ["Dibaca", TICK.delivered[1]];
const FILES = {
  image: ["🖼", "Foto"], video: ["🎬", "Video"], document: ["📄", "Dokumen"], audio: ["🎤", "Pesan suara"],
  voice: ["🎤", "Pesan suara"], sticker: ["🌼", "Stiker"], location: ["📍", "Lokasi"], contacts: ["👤", "Kontak"],
};
const REASONS = {
  131047: "lebih dari 24 jam sejak pesan terakhir warga",
  131026: "nomor tidak dapat menerima pesan",
};

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function time(seconds) {
  const wib = { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Jakarta" };
  return new Intl.DateTimeFormat("id-ID", wib).format(new Date(seconds * 1000));
}

function meta(data) {
  const line = element("span", "meta", element("time", "", time(data.at)));
  if (data.author === "warga") {
    const [label, picture] = TICK[data.status] || TICK.pending;
    const ticks = element("span", `ticks ${data.status}`);
    ticks.innerHTML = picture; // one of the constants above
    ticks.setAttribute("role", "img");
    ticks.setAttribute("aria-label", label);
    ticks.title = label;
    line.append(ticks);
  }
  return line;
}

function attachment(data) {
  if (data.kind === "image" && data.media) {
    const picture = element("img", "");
    picture.src = `/_sim/media/${encodeURIComponent(data.media)}`;
    picture.alt = "Foto";
    picture.addEventListener("error", () => picture.replaceWith(attachment({ kind: "image" })));
    return picture;
  }
  const file = FILES[data.kind];
  return file ? element("div", "file", element("b", "", file[0]), file[1]) : "";
}

function choices(data, handlers) {
  if (data.kind === "list") {
    const opener = element("button", "opener", `☰ ${data.opener}`);
    opener.type = "button";
    opener.setAttribute("aria-haspopup", "dialog");
    opener.addEventListener("click", () => handlers.open(data, opener));
    return opener;
  }
  if (!data.choices.length) return data.opener ? element("span", "opener", data.opener) : "";
  const group = element("div", "choices");
  for (const choice of data.choices) {
    const button = element("button", "", choice.title);
    button.type = "button";
    button.addEventListener("click", () => handlers.tap(data, choice));
    group.append(button);
  }
  return group;
}

/** What a quotation shows of a message: its words without marks, or what it is. */
function gist(data) {
  const words = document.createElement("span");
  words.append(formatted(data.text));
  return words.textContent.trim() || FILES[data.kind]?.[1] || "Pesan";
}

/** The element of a message; `quoted` is the message it answers, if it is known. */
export function bubble(data, quoted, handlers) {
  if (!data.seen) {
    const reason = REASONS[data.error] || (data.error ? `galat ${data.error}` : "sedang dicoba");
    return element("p", "lost", `Pesan bot tidak sampai: ${reason}`);
  }
  const inside = element("div", "inside");
  if (quoted) inside.append(element("div", "quote", element("span", "", gist(quoted))));
  if (data.header) inside.append(element("p", "header", data.header));
  inside.append(attachment(data));
  if (data.text) inside.append(element("div", "text", formatted(data.text)));
  if (data.footer) inside.append(element("p", "footer", data.footer));
  inside.append(meta(data));
  const made = element("article", `bubble ${data.author === "warga" ? "mine" : ""}`, inside);
  made.append(choices(data, handlers));
  if (data.reaction) {
    made.classList.add("reacted");
    made.append(element("span", "reaction", data.reaction));
  }
  return made;
}
