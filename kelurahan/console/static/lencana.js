// The badges under the menu: a sound, a mark in the title and a word for screen readers when an
// application arrives. Nothing of it when a page is opened or loaded again.
"use strict";

(() => {
  const badges = document.getElementById("lencana");
  const word = document.getElementById("kabar");
  if (!badges || !word) return;
  const KEPT = "terbaru"; // the newest application this browser has seen, and when it looked
  const AWAY = 3 * 60 * 1000; // ms; a page in the background looks once a minute, an open one oftener
  const MARK = "● ";
  let sound = null;
  let justOpened = true;
  let opened = false; // whether the list of alerts was unfolded

  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT));
      return typeof found?.id === "number" ? found : null;
    } catch {
      return null;
    }
  }

  function keep(id) {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ id, at: Date.now() }));
    } catch {
      // a browser that stores nothing rings for nothing
    }
  }

  // Tabs share what is kept: the first one to look rings, the others find it seen.
  function look() {
    const list = badges.querySelector("[data-terbaru]");
    if (!list) return;
    const newest = Number(list.dataset.terbaru);
    const before = kept();
    keep(newest);
    // a console that was closed meanwhile tells of the past by its figures, not by ringing
    const watched = before && (!justOpened || Date.now() - before.at < AWAY);
    justOpened = false;
    if (watched && newest > before.id) arrived(Number(list.dataset.baru));
  }

  function arrived(waiting) {
    document.title = MARK + document.title.replace(MARK, "");
    word.textContent = `Permohonan baru masuk. Sekarang ${waiting} permohonan baru menunggu.`;
    if (badges.dataset.bunyi !== "1") return;
    sound ??= new Audio("/statis/bunyi.wav");
    sound.play().catch(silenced);
  }

  // Browsers let a page sound only after a click or a key on it.
  function silenced() {
    word.textContent += " Peramban menahan bunyinya: klik sekali di halaman ini supaya terdengar.";
    word.classList.remove("tersembunyi");
  }

  function noticed() {
    document.title = document.title.replace(MARK, "");
    if (word.classList.contains("tersembunyi")) return;
    word.classList.add("tersembunyi");
    word.textContent = "";
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const list = badges.querySelector("[data-sidik]");
    if (event.target === badges && list) event.detail.parameters.sidik = list.dataset.sidik;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target === badges) opened = badges.querySelector("details")?.open ?? false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== badges) return;
    const alerts = badges.querySelector("details");
    if (alerts) alerts.open = opened;
    look();
  });
  // nothing has changed: the page stays as it is, only the clock of the last look goes on
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target === badges && event.detail.xhr?.status === 204) look();
  });
  // not on pointerdown: what moves before the button is let go again swallows the click
  document.addEventListener("click", noticed);
  document.addEventListener("keydown", noticed);
  window.addEventListener("focus", noticed);
})();
