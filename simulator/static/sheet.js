// The bottom sheet of a list message; stays inside its phone.

/** Show the rows of `data`; `choose(row)` is called for the tapped one. */
export function openSheet(phone, data, opener, choose) {
  const sheet = phone.querySelector(".sheet");
  const shade = phone.querySelector(".shade");
  const others = [".who", ".log", ".composer"].map((part) => phone.querySelector(part));
  const rows = sheet.querySelector(".rows");
  const close = () => {
    sheet.hidden = shade.hidden = true;
    for (const part of others) part.inert = false;
    opener.focus();
  };
  sheet.querySelector("h3").textContent = data.opener;
  sheet.setAttribute("aria-label", data.opener);
  rows.replaceChildren(...contents(data, (row) => { close(); choose(row); }));
  sheet.querySelector(".close").onclick = close;
  shade.onclick = close;
  sheet.onkeydown = (event) => keys(event, sheet, close);
  for (const part of others) part.inert = true;
  sheet.hidden = shade.hidden = false;
  rows.querySelector("button").focus();
}

function keys(event, sheet, close) {
  if (event.key === "Escape") close();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const buttons = [...sheet.querySelectorAll("button")];
  const now = buttons.indexOf(document.activeElement);
  if (step) {
    event.preventDefault();
    buttons[(now + step + buttons.length) % buttons.length].focus();
  } else if (event.key === "Tab") {
    event.preventDefault();
    buttons[(now + (event.shiftKey ? -1 : 1) + buttons.length) % buttons.length].focus();
  }
}

function contents(data, choose) {
  const made = [];
  let section = null;
  for (const row of data.choices) {
    if (row.section && row.section !== section) {
      const title = document.createElement("h4");
      title.textContent = section = row.section;
      made.push(title);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.append(row.title);
    if (row.description) {
      const small = document.createElement("small");
      small.textContent = row.description;
      button.append(small);
    }
    button.addEventListener("click", () => choose(row));
    made.push(button);
  }
  return made;
}
