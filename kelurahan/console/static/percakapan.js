// A chat that renews itself must not move under the reader's eyes.
"use strict";

{
  const chat = () => document.querySelector("#chat .obrolan");
  let top = null; // null: the reader was at the end

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "chat") return;
    const now = chat();
    top = now.scrollHeight - now.scrollTop - now.clientHeight < 40 ? null : now.scrollTop;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const now = chat();
    if (now && now.scrollTop === 0) now.scrollTop = top ?? now.scrollHeight;
  });

  // Ctrl+Enter sends, as in every chat on a keyboard.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && event.target.id === "teks") event.target.form.requestSubmit();
  });
}
