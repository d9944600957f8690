// The little that needs a script; every page works without it.
"use strict";

// Chats start at their end.
const toEnd = () => document.querySelectorAll(".obrolan").forEach((chat) => { chat.scrollTop = chat.scrollHeight; });
document.addEventListener("DOMContentLoaded", toEnd);
document.addEventListener("htmx:afterSwap", (event) => { if (event.target.closest(".obrolan")) toEnd(); });

// A question before what cannot be taken back: <form data-yakin="...">.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.yakin;
  if (question && !window.confirm(question)) event.preventDefault();
}, true);

// Passwords can be looked at while they are typed; without a script the box is not there.
document.querySelectorAll(".lihat-sandi").forEach((label) => {
  label.hidden = false;
  const box = label.querySelector("input");
  const fields = box.form.querySelectorAll("[type=password]");
  box.addEventListener("change", () => fields.forEach((field) => { field.type = box.checked ? "text" : "password"; }));
});
