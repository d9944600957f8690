// One resident's phone: header, chat, composer.

import { call, send } from "./api.js";
import { bubble } from "./bubble.js";
import { openSheet } from "./sheet.js";

const SCRIPTS = {
  normal: "sampai dan dibaca", late_failure: "gagal belakangan", skip_delivered: "langsung dibaca",
  early_status: "status mendahului", no_status: "tanpa status", read_first: "status terbalik", phone_off: "ponsel mati",
};
const NEAR_END = 80;

export class Phone {
  constructor(resident, scripts, onTrouble) {
    this.resident = resident;
    this.bubbles = new Map();
    this.elements = new Map();
    this.onTrouble = onTrouble;
    this.root = document.getElementById("phone").content.cloneNode(true).querySelector(".phone");
    this.log = this.root.querySelector(".log");
    this.box = this.root.querySelector("textarea");
    this.fillHeader(scripts);
    this.fillEmpty();
    this.listen();
  }

  fillHeader(scripts) {
    const { key, name, wa_id: number, bsuid } = this.resident;
    this.root.id = `phone-${key}`;
    this.root.setAttribute("aria-label", `Ponsel ${name}`);
    this.root.querySelector("h2").textContent = name;
    this.root.querySelector(".name p").textContent = number ? `+${number}` : `tanpa nomor · ${bsuid}`;
    const avatar = this.root.querySelector(".avatar");
    avatar.textContent = name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
    avatar.style.setProperty("--hue", [...key].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 360, 7));
    this.log.setAttribute("aria-label", `Percakapan ${name}`);
    this.root.querySelector(".export").href = `/_sim/transcript/${encodeURIComponent(key)}?format=text`;
    const select = this.root.querySelector(".script");
    for (const script of scripts) select.add(new Option(SCRIPTS[script] || script, script));
    this.update(this.resident);
  }

  fillEmpty() {
    const greeting = document.body.dataset.greeting;
    const hints = [...document.querySelectorAll("#hints li")].map((item) => item.textContent);
    this.root.querySelector(".first").append("Coba ketik ", strong(greeting), " untuk mulai.");
    for (const hint of [greeting, ...hints]) {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.textContent = hint;
      chip.addEventListener("click", () => { this.send({ text: hint }); this.box.focus(); });
      this.root.querySelector(".chips").append(chip);
    }
  }

  listen() {
    const form = this.root.querySelector(".composer");
    form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.box.addEventListener("input", () => this.grow());
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    menu(this.root.querySelector(".attach"), this.root.querySelector(".attachments"));
    menu(this.root.querySelector(".more"), this.root.querySelector(".who .menu"));
    for (const button of this.root.querySelectorAll("[data-attach]")) {
      button.addEventListener("click", () => { this.send({ attach: button.dataset.attach }); this.box.focus(); });
    }
    const own = this.root.querySelector("input.file");
    this.root.querySelector(".own").addEventListener("click", () => own.click());
    own.addEventListener("change", () => {
      const [file] = own.files;
      own.value = "";
      if (file) this.sendFile(file);
    });
    this.stayAtEnd();
    const path = `residents/${encodeURIComponent(this.resident.key)}`;
    this.root.querySelector(".remove").addEventListener("click", () => this.try(call("DELETE", path)));
    this.root.querySelector(".script").addEventListener("change", (event) => this.try(
      call("POST", "scripts", { resident: this.resident.key, script: event.target.value }),
    ));
  }

  /** Whoever reads the newest message keeps it in sight, whatever else changes its size. */
  stayAtEnd() {
    this.atEnd = true;
    let last = 0;
    this.log.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.log;
      // Only a move upwards leaves the end: a chat that grew or shrank is not the reader's doing.
      if (scrollHeight - scrollTop - clientHeight < NEAR_END) this.atEnd = true;
      else if (scrollTop < last) this.atEnd = false;
      last = scrollTop;
    });
    const keep = () => { if (this.atEnd) this.toEnd(); };
    new ResizeObserver(keep).observe(this.log);
    this.log.addEventListener("load", keep, true); // pictures
  }

  submit() {
    const text = this.box.value;
    if (!text.trim()) return;
    this.box.value = "";
    this.grow();
    this.send({ text });
  }

  send(spec) {
    this.stick = true;
    return this.try(send(this.resident.key, spec));
  }

  /** A file of whoever plays the resident. */
  async sendFile(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    await this.send({ attach: "file", name: file.name, mime: file.type, data: btoa(text) });
    this.box.focus();
  }

  try(promise) {
    return promise.catch((error) => this.onTrouble(error.message));
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }

  update(resident) {
    this.resident = resident;
    this.root.querySelector(".script").value = resident.script;
  }

  /** Add a message or show its new state; returns whether it is new. */
  show(data) {
    const known = this.elements.get(data.id);
    this.bubbles.set(data.id, data);
    const made = bubble(data, this.bubbles.get(data.quote), {
      tap: (from, choice) => this.send({ tap: choice.id, bubble: from.id }),
      open: (from, opener) => openSheet(this.root, from, opener, (row) => this.send({ tap: row.id, bubble: from.id })),
    });
    this.root.querySelector(".empty").hidden = true;
    if (known) {
      const focused = known.contains(document.activeElement);
      known.replaceWith(made);
      if (focused) made.querySelector("button")?.focus();
    } else {
      this.log.insertBefore(made, this.log.querySelector(".typing"));
    }
    this.elements.set(data.id, made);
    if (this.atEnd || this.stick) this.toEnd();
    this.stick = false;
    return !known;
  }

  typing(seconds) {
    const line = this.root.querySelector(".typing");
    clearTimeout(this.timer);
    line.hidden = !seconds;
    if (seconds) this.timer = setTimeout(() => { line.hidden = true; }, seconds * 1000);
    if (this.atEnd) this.toEnd();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

function strong(text) {
  const made = document.createElement("strong");
  made.textContent = text;
  return made;
}

/** A button that opens a small menu; Escape, a choice or a click elsewhere closes it. */
function menu(button, list) {
  const set = (open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", open);
    if (open) list.querySelector("button, select, a").focus();
  };
  button.addEventListener("click", () => set(list.hidden));
  list.addEventListener("click", (event) => { if (event.target.closest(".row")) set(false); });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { set(false); button.focus(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = [...list.querySelectorAll(".row")];
    if (!step || !rows.length || event.target.matches("select")) return;
    event.preventDefault();
    rows[(rows.indexOf(document.activeElement) + step + rows.length) % rows.length].focus();
  });
  document.addEventListener("click", (event) => {
    if (!list.contains(event.target) && !button.contains(event.target) && !list.hidden) set(false);
  });
}
