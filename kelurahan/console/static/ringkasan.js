// Draws the tables of the page; without this script the tables themselves are there.
"use strict";

(() => {
  const root = document.documentElement;
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const SERIES = ["--seri-1", "--seri-2", "--seri-3", "--seri-4"];
  const AGES = ["--umur-1", "--umur-2", "--umur-3", "--umur-4"];
  const POINTS = ["circle", "rect", "triangle", "star"];
  const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
  const MANY = 14; // upright bars beyond which only the tallest has its figure written on it
  const drawn = [];

  // What a table holds: names of its lines, and the columns that are to be drawn.
  function read(table) {
    const heads = [...table.querySelectorAll("thead th")];
    const lines = [...table.querySelectorAll("tbody tr")];
    const columns = heads
      .map((head, at) => ({ head, at }))
      .filter(({ head }) => "gambar" in head.dataset)
      .map(({ head, at }) => {
        const cells = lines.map((line) => line.children[at]);
        return {
          label: head.textContent,
          values: cells.map((cell) => (cell.dataset.nilai === undefined ? null : Number(cell.dataset.nilai))),
          texts: cells.map((cell) => cell.textContent.trim()),
        };
      });
    const names = lines.map((line) => line.children[0].textContent.trim());
    return { labels: names, columns };
  }

  // Long names in lines of some 20 letters, so that a phone has room for the bars.
  function wrapped(name) {
    const lines = [""];
    for (const word of name.split(" ")) {
      const last = lines.at(-1);
      if (last && last.length + word.length > 20) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines;
  }

  // Stripes beside plain colour: two bars differ also on a grey printer.
  function striped(colour, paper) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = paper;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour;
    pen.lineWidth = 2.5;
    for (const from of [-8, 0, 8]) {
      pen.beginPath();
      pen.moveTo(from - 1, 9);
      pen.lineTo(from + 9, -1);
      pen.stroke();
    }
    return pen.createPattern(tile, "repeat");
  }

  function dataset(column, n, shape, partial) {
    const colour = css((shape === "tumpuk" ? AGES : SERIES)[n % 4]);
    const common = { label: column.label, data: column.values, texts: column.texts, borderColor: colour };
    if (shape === "garis") {
      const last = column.values.length - 1;
      const inside = column.values.map((_, at) => (partial && at === last ? css("--pico-background-color") : colour));
      return { ...common, backgroundColor: colour, pointBackgroundColor: inside, borderDash: DASHES[n], pointStyle: POINTS[n], pointRadius: 4, borderWidth: 2.5, cubicInterpolationMode: "monotone" };
    }
    const plain = shape === "tumpuk" || n === 0;
    return {
      ...common,
      backgroundColor: plain ? colour : striped(colour, css("--pico-background-color")),
      borderWidth: 1,
      borderColor: shape === "tumpuk" ? css("--pico-background-color") : colour,
      borderRadius: shape === "tumpuk" ? 0 : 3,
      maxBarThickness: 34,
    };
  }

  // The figures beside the bars, as the table writes them.
  const figures = {
    id: "figures",
    afterDatasetsDraw(chart, _args, options) {
      const pen = chart.ctx;
      pen.save();
      pen.font = `600 11px ${Chart.defaults.font.family}`;
      chart.data.datasets.forEach((data, n) => {
        const most = Math.max(...data.data.filter((value) => value !== null));
        chart.getDatasetMeta(n).data.forEach((bar, at) => {
          const value = data.data[at];
          if (!value || (options.tallest && value !== most)) return;
          label(pen, chart, bar, data.texts[at], options.shape, data.backgroundColor);
        });
      });
      pen.restore();
    },
  };

  function label(pen, chart, bar, text, shape, colour) {
    const { x, y, base } = bar.getProps(["x", "y", "base"], true);
    pen.fillStyle = css("--pico-color");
    if (shape === "tumpuk") {
      if (x - base < pen.measureText(text).width + 4) return;
      pen.fillStyle = bright(colour) ? "#14202e" : "#fff";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(text, (x + base) / 2, y);
    } else if (shape === "rebah") {
      pen.textAlign = "left";
      pen.textBaseline = "middle";
      pen.fillText(text, x + 4, y);
    } else {
      pen.textAlign = "center";
      pen.textBaseline = "bottom";
      pen.fillText(text, x, y - 2);
    }
  }

  function bright(hex) {
    const [r, g, b] = [1, 3, 5].map((from) => parseInt(hex.slice(from, from + 2), 16));
    return 0.299 * r + 0.587 * g + 0.114 * b > 140;
  }

  function options(shape, { columns, labels }) {
    const lying = shape === "rebah" || shape === "tumpuk";
    const ink = css("--pico-muted-color");
    const grid = { color: css("--kisi") };
    const figured = shape === "rebah"; // every bar has its figure: no scale beside it
    const number = (value) => Number(value).toLocaleString("id-ID");
    const amount = { beginAtZero: true, stacked: shape === "tumpuk", grace: shape === "tumpuk" ? 0 : lying ? "25%" : "8%", grid: figured ? { display: false } : grid, border: { display: false }, ticks: { display: !figured, color: ink, precision: 0, maxTicksLimit: 6, callback: number } };
    const names = { stacked: shape === "tumpuk", grid: { display: false }, border: { color: css("--kisi") }, ticks: { color: css("--pico-color"), autoSkip: !lying, maxRotation: 0 } };
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: lying ? "y" : "x",
      interaction: { mode: "index", axis: lying ? "y" : "x", intersect: false },
      scales: lying ? { x: amount, y: names } : { x: names, y: amount },
      plugins: {
        legend: { display: columns.length > 1, align: "start", labels: { color: css("--pico-color"), usePointStyle: shape === "garis", boxWidth: shape === "garis" ? 8 : 18, boxHeight: shape === "garis" ? 8 : 10 } },
        tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}` } },
        figures: shape === "garis" ? false : { shape, tallest: shape === "tegak" && labels.length > MANY },
      },
    };
  }

  // On paper the size of a window means nothing: two plots side by side on A4.
  function paperSize(canvas) {
    const frame = canvas.parentElement;
    const wide = frame.parentElement.classList.contains("lebar");
    canvas.removeAttribute("style");
    canvas.width = wide ? 900 : 440;
    canvas.height = frame.classList.contains("banyak") && frame.classList.contains("rebah") ? 420 : 210;
  }

  function draw({ canvas, table }, paper) {
    if (paper) paperSize(canvas);
    const shape = table.dataset.grafik;
    const content = read(table);
    if (shape === "rebah" || shape === "tumpuk") content.labels = content.labels.map(wrapped);
    const datasets = content.columns.map((column, n) => dataset(column, n, shape, "sebagian" in table.dataset));
    const type = shape === "garis" ? "line" : "bar";
    const shown = { ...options(shape, content), ...(paper ? { responsive: false, devicePixelRatio: 2 } : {}) };
    return new Chart(canvas, { type, data: { labels: content.labels, datasets }, options: shown, plugins: [figures] });
  }

  function drawAll(paper = false) {
    const body = getComputedStyle(document.body);
    Chart.defaults.font.family = body.fontFamily;
    Chart.defaults.font.size = 12;
    for (const one of drawn) {
      one.chart?.destroy();
      one.chart = draw(one, paper);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-cetak]");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
    if (!window.Chart) return;
    root.classList.add("bergambar");
    for (const table of document.querySelectorAll("table[data-grafik]")) {
      const section = table.closest(".grafik");
      section.querySelector(".kanvas").hidden = false;
      section.querySelector("details").open = false;
      drawn.push({ table, canvas: section.querySelector("canvas") });
    }
    drawAll();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
    // paper is white, whatever the screen is
    window.addEventListener("beforeprint", () => { root.dataset.theme = "light"; drawAll(true); });
    window.addEventListener("afterprint", () => { delete root.dataset.theme; drawAll(); });
  });
})();
