// The page: residents, tabs, live updates.

import { call } from "./api.js";
import { Phone } from "./phone.js";

const phones = new Map();
const tabs = document.getElementById("tabs");
const trouble = document.getElementById("trouble");
const connection = document.getElementById("connection");
let scripts = [];
let active = null;

function complain(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
}

// residents

function addResident(resident) {
  if (phones.has(resident.key)) {
    phones.get(resident.key).update(resident);
    return;
  }
  const phone = new Phone(resident, scripts, complain);
  phones.set(resident.key, phone);
  document.getElementById("phones").append(phone.root);
  const tab = document.createElement("button");
  tab.type = "button";
  tab.id = `tab-${resident.key}`;
  tab.textContent = tabName(resident.name);
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", phone.root.id);
  tab.addEventListener("click", () => activate(resident.key));
  tabs.append(tab);
  phone.tab = tab;
  if (!active) activate(resident.key);
}

/** The first name; the whole one where another resident is called the same. */
function tabName(name) {
  const first = name.split(/\s+/)[0];
  return [...tabs.children].some((tab) => tab.textContent.split(/\s+/)[0] === first) ? name : first;
}

function removeResident(key) {
  const phone = phones.get(key);
  if (!phone) return;
  phone.root.remove();
  phone.tab.remove();
  phones.delete(key);
  if (active === key) activate(phones.keys().next().value);
}

function activate(key) {
  active = key ?? null;
  for (const [name, phone] of phones) {
    const on = name === key;
    phone.root.classList.toggle("active", on);
    phone.tab.setAttribute("aria-selected", on);
    phone.tab.tabIndex = on ? 0 : -1;
    if (on) {
      phone.tab.classList.remove("new");
      phone.toEnd();
    }
  }
}

tabs.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const keys = [...phones.keys()];
  activate(keys[(keys.indexOf(active) + step + keys.length) % keys.length]);
  phones.get(active).tab.focus();
});

// live updates

function showBubble(data) {
  const phone = phones.get(data.resident);
  if (!phone) return;
  const fresh = phone.show(data);
  if (fresh && data.author === "bot" && data.resident !== active) phone.tab.classList.add("new");
}

const HANDLERS = {
  bubble: (event) => showBubble(event.bubble),
  resident: (event) => addResident(event.resident),
  removed: (event) => removeResident(event.resident),
  typing: (event) => phones.get(event.resident)?.typing(event.seconds),
  webhook: (event) => complain(event.ok ? "" : waiting(event)),
  reset: () => load(),
};

function waiting(event) {
  if (event.done) return "Bot tidak dapat dihubungi atau menolak pesan. Tidak dicoba lagi.";
  return `Bot belum menerima pesan (percobaan ke-${event.attempts}). Dicoba lagi otomatis; mungkin bot masih dinyalakan.`;
}

async function load() {
  const state = await call("GET", "state");
  scripts = state.scripts;
  for (const key of [...phones.keys()]) removeResident(key);
  state.residents.forEach(addResident);
  for (const data of state.bubbles) phones.get(data.resident)?.show(data);
  for (const phone of phones.values()) phone.toEnd();
}

function connect() {
  const stream = new EventSource("/_sim/events");
  // What comes while the state is being fetched waits until it has been drawn.
  let ready = Promise.resolve();
  stream.onopen = () => {
    connection.textContent = "";
    connection.classList.remove("off");
    ready = ready.then(load).catch((error) => complain(error.message));
  };
  stream.onerror = () => {
    connection.textContent = "terputus, menyambung lagi…";
    connection.classList.add("off");
  };
  stream.onmessage = (message) => {
    const event = JSON.parse(message.data);
    ready = ready.then(() => HANDLERS[event.kind]?.(event)).catch((error) => complain(error.message));
  };
}

// new residents and appearance

const dialog = document.getElementById("new");
const fault = dialog.querySelector(".fault");
document.getElementById("add").addEventListener("click", () => {
  dialog.querySelector("form").reset();
  fault.hidden = true;
  dialog.showModal();
});
dialog.querySelector("[value=cancel]").addEventListener("click", () => dialog.close());
dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, wa_id } = Object.fromEntries(new FormData(event.target));
  try {
    const resident = await call("POST", "residents", { name, wa_id });
    dialog.close();
    addResident(resident);
    activate(resident.key);
    phones.get(resident.key).box.focus();
  } catch (error) {
    fault.textContent = error.message;
    fault.hidden = false;
  }
});

const system = matchMedia("(prefers-color-scheme: dark)");
function paint() {
  document.documentElement.dataset.theme = localStorage.getItem("theme") || (system.matches ? "dark" : "light");
}
system.addEventListener("change", paint);
document.getElementById("theme").addEventListener("click", () => {
  localStorage.setItem("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  paint();
});
paint();
connect();
