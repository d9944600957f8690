"""What a page must not have: violations that axe calls serious, and things out of reach."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

LEBAR, PONSEL = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
TAK_TERJANGKAU = """() => {
  const reached = (e) => {
    e.scrollIntoView({block: "center", inline: "center"});
    const r = e.getBoundingClientRect();
    return r.left >= -1 && r.right <= innerWidth + 1 && r.width > 0 && r.height > 0;
  };
  const all = document.querySelectorAll(
    ":is(main, header) :is(a, button, input, select, textarea, summary)");
  return [...all].filter((e) => e.checkVisibility() && e.type !== "hidden" && !reached(e))
    .map((e) => e.outerHTML.slice(0, 150));
}"""


def pelanggaran(page: Any) -> list[str]:
    """What axe calls serious or critical, with the place; its script needs `bypass_csp`."""
    return [
        f"{satu['impact']} {satu['id']}: {simpul['target']} {simpul['html'][:160]}"
        for satu in Axe().run(page).response["violations"]
        if satu["impact"] in ("serious", "critical")
        for simpul in satu["nodes"]
    ]


def tak_muat(page: Any) -> list[str]:
    """What sticks out of the window, or cannot be scrolled into it."""
    lebar = page.evaluate("document.documentElement.scrollWidth")
    luas = [] if lebar <= page.viewport_size["width"] else [f"the page is {lebar} pixels wide"]
    return luas + page.evaluate(TAK_TERJANGKAU)
