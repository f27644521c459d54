// The timelines of a ratefit report: zoom, pan, and what each hit was. The page
// says everything without this script; the script only adds to it. It makes no
// request, keeps nothing, and writes what it was given as text, never as markup.
"use strict";
(() => {
  const root = document.documentElement;
  const outcomes = ["admitted", "limited", "unknown"];
  const narrowest = 20e-6; // seconds across a timeline
  const clamp = (x, low, high) => Math.max(low, Math.min(x, high));

  // unpack reads the cells of a series: columns of numbers, times in seconds.
  function unpack(s) {
    const raw = atob(s.cells), n = s.count, fitted = s.burst > 0;
    const floats = () => new Float64Array(n);
    const c = { ...s, fitted, at: floats(), last: floats(), hit: floats(), kind: new Uint16Array(n),
      n: outcomes.map(() => new Uint32Array(n)), high: floats(), low: floats(), left: floats() };
    let p = 0, end = 0, hit = 0, left = 0;
    const unsigned = () => {
      let v = 0;
      for (let unit = 1; ; unit *= 128) {
        const b = raw.charCodeAt(p++);
        v += (b & 127) * unit;
        if (b < 128) return v;
      }
    };
    const signed = () => { const v = unsigned(); return v % 2 ? -(v + 1) / 2 : v / 2; };
    for (let i = 0; i < n; i++) {
      end += unsigned();
      c.at[i] = end / 1e6;
      const k = unsigned(), several = k % 2;
      c.kind[i] = (k - several) / 2;
      c.hit[i] = hit += signed();
      if (several) {
        end += unsigned();
        for (const of of c.n) of[i] = unsigned();
      } else {
        c.n[outcomes.indexOf(s.kinds[c.kind[i]].outcome)][i] = 1;
      }
      c.last[i] = end / 1e6;
      if (!fitted) continue;
      const high = left + signed(), low = high - unsigned();
      left = several ? low + unsigned() : low;
      c.high[i] = high / 100; c.low[i] = low / 100; c.left[i] = left / 100;
    }
    return c;
  }

  // first finds the first cell that does not end before t.
  function first(c, t) {
    let a = 0, b = c.count;
    while (a < b) {
      const m = (a + b) >> 1;
      if (c.last[m] < t) a = m + 1; else b = m;
    }
    return a;
  }

  // columns counts the hits of each outcome in each of n columns of the drawing.
  // A cell counts in every column that it touches: what it holds is never hidden.
  function columns(c, from, to, n) {
    const sums = outcomes.map(() => new Float32Array(n)), scale = n / (to - from);
    for (let i = first(c, from); i < c.count && c.at[i] <= to; i++) {
      const a = clamp(Math.floor((c.at[i] - from) * scale), 0, n - 1);
      const b = clamp(Math.floor((c.last[i] - from) * scale), 0, n - 1);
      for (let o = 0; o < 3; o++) {
        const share = c.n[o][i] / (b - a + 1);
        if (share) for (let k = a; k <= b; k++) sums[o][k] += share;
      }
    }
    return sums;
  }

  const plain = (x) => String(+x.toFixed(2));

  // describe says what a cell holds.
  function describe(c, i) {
    const k = c.kinds[c.kind[i]], n = c.n[0][i] + c.n[1][i] + c.n[2][i], digits = c.end_s < 1000 ? 6 : 3;
    const at = c.at[i].toFixed(digits), where = [k.class, k.source && "from " + k.source].filter(Boolean).join(" "), hit = "hit " + c.hit[i].toLocaleString("en");
    const say = n === 1 ? [hit, at + " s", where, k.outcome, k.status ? "status " + k.status : "no reply"] : [
      n.toLocaleString("en") + " hits from " + hit, at + " – " + c.last[i].toFixed(digits) + " s", c.source && "from " + c.source,
      outcomes.map((o, j) => c.n[j][i] && c.n[j][i].toLocaleString("en") + " " + o).filter(Boolean).join(", "),
    ];
    if (c.fitted) {
      const low = plain(c.low[i]), high = plain(c.high[i]);
      say.push((n === 1 || low === high ? plain(c.left[i]) : low + " to " + high) + " of " + plain(c.burst) + " tokens left");
    }
    return say.filter(Boolean).join(" · ");
  }

  // change returns the next cell, in a direction, at which limiting begins or ends.
  function change(c, i, step) {
    const both = (j) => (c.n[0][j] > 0) + 2 * (c.n[1][j] > 0);
    let j = i + step;
    while (j > 0 && j < c.count && both(j) < 3 && both(j) === both(j - 1)) j += step;
    return j > 0 && j < c.count ? j : i;
  }

  function ticks(from, to, most) {
    const rough = (to - from) / most, power = 10 ** Math.floor(Math.log10(rough)), all = [];
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    for (let k = Math.ceil(from / step - 1e-9); k * step <= to + 1e-9 * step; k++) all.push(k * step);
    return { all, step };
  }

  // A Timeline is the canvases of one limit, one for each series, with one view.
  class Timeline {
    constructor(box, all) {
      Object.assign(this, { box, readout: box.querySelector(".readout") });
      this.end = Math.max(...all.map((c) => c.end_s), 1e-3);
      const holders = box.querySelectorAll("canvas");
      this.panels = all.map((c, i) => ({ c, canvas: holders[i], cursor: -1 }));
      box.hidden = false;
      for (const p of this.panels) this.listen(p);
      new ResizeObserver(() => this.redraw()).observe(box);
      for (const b of box.querySelectorAll("button[data-do]")) b.addEventListener("click", () => this.act(b.dataset.do));
      this.all();
    }

    all() { this.show(-0.01 * this.end, 1.01 * this.end); }

    show(from, to) {
      const span = clamp(to - from, narrowest, 1.02 * this.end), middle = (from + to) / 2;
      this.from = clamp(middle - span / 2, -0.01 * this.end, 1.01 * this.end - span);
      this.to = this.from + span;
      Object.assign(this.box.dataset, { from: this.from, to: this.to });
      this.redraw();
    }

    zoom(by, around = (this.from + this.to) / 2) {
      const span = clamp((this.to - this.from) * by, narrowest, 1.02 * this.end);
      const part = (around - this.from) / (this.to - this.from);
      this.show(around - part * span, around + (1 - part) * span);
    }

    pan(by) { const d = by * (this.to - this.from); this.show(this.from + d, this.to + d); }

    act(what, p = this.current || this.panels[0]) {
      const at = Math.max(p.cursor, 0);
      ({
        in: () => this.zoom(0.5, p.cursor < 0 ? undefined : clamp(p.c.at[at], this.from, this.to)),
        out: () => this.zoom(2),
        left: () => this.pan(-0.25),
        right: () => this.pan(0.25),
        all: () => this.all(),
        next: () => this.point(p, p.cursor + 1),
        previous: () => this.point(p, at - 1),
        first: () => this.point(p, 0),
        last: () => this.point(p, p.c.count - 1),
        change: () => this.point(p, change(p.c, at, 1)),
        before: () => this.point(p, change(p.c, at, -1)),
      })[what]();
    }

    // point says what a cell is, and brings it into view.
    point(p, i) {
      if (!p.c.count) return;
      i = clamp(i, 0, p.c.count - 1);
      for (const other of this.panels) other.cursor = -1;
      (this.current = p).cursor = i;
      const at = p.c.at[i], span = this.to - this.from;
      if (at < this.from || at > this.to) this.show(at - span / 2, at + span / 2);
      this.readout.textContent = describe(p.c, i);
      this.redraw();
    }

    redraw() {
      if (this.waiting) return;
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        for (const p of this.panels) draw(this, p);
      });
    }

    // nearest finds the cell under the pointer; in a row of hits one of that row.
    nearest(p, x, y) {
      const c = p.c, t = this.time(p, x), row = p.rows.findIndex((r) => y >= r.top && y < r.top + r.height);
      const other = (i) => row >= 0 && i >= 0 && i < c.count && !c.n[row][i];
      let after = first(c, t), before = after - 1;
      while (other(after)) after++;
      while (other(before)) before--;
      const far = (i) => i < 0 || i >= c.count ? Infinity : Math.max(c.at[i] - t, t - c.last[i], 0);
      return far(after) <= far(before) ? after : before;
    }

    time(p, x) { return this.from + (x - p.x0) / (p.x1 - p.x0) * (this.to - this.from); }

    listen(p) {
      const canvas = p.canvas, down = new Map();
      const at = (e) => { const r = canvas.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
      const hover = (e) => this.point(p, this.nearest(p, ...at(e)));
      canvas.addEventListener("wheel", (e) => {
        if (!(e.ctrlKey || e.metaKey || document.activeElement === canvas)) return; // the page scrolls
        e.preventDefault();
        const unit = e.deltaMode ? 33 : 1;
        if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) return this.pan(e.deltaX * unit / 1000);
        this.zoom(Math.exp(clamp(e.deltaY * unit, -300, 300) / 400), this.time(p, at(e)[0]));
      }, { passive: false });
      canvas.addEventListener("pointerdown", (e) => {
        canvas.setPointerCapture(e.pointerId);
        down.set(e.pointerId, at(e));
        p.drag = e.pointerType === "mouse" ? [at(e)[0], at(e)[0]] : null;
      });
      canvas.addEventListener("pointermove", (e) => {
        if (!down.has(e.pointerId)) return e.pointerType === "mouse" && hover(e);
        const [x] = at(e), [was] = down.get(e.pointerId);
        if (p.drag) return p.drag[1] = x, this.redraw();
        if (down.size === 1) this.pan((was - x) / (p.x1 - p.x0));
        if (down.size === 2) { // pinch
          const [other] = [...down].find(([id]) => id !== e.pointerId)[1];
          this.zoom(clamp(Math.abs(was - other) / Math.max(Math.abs(x - other), 1), 0.5, 2), this.time(p, (x + other) / 2));
        }
        down.set(e.pointerId, at(e));
      });
      const up = (e) => {
        const drag = p.drag;
        down.delete(e.pointerId);
        p.drag = null;
        if (drag && Math.abs(drag[1] - drag[0]) > 5) this.show(...drag.map((x) => this.time(p, x)).sort((a, b) => a - b));
        else if (e.type === "pointerup") hover(e);
      };
      canvas.addEventListener("pointerup", up);
      canvas.addEventListener("pointercancel", up);
      canvas.addEventListener("dblclick", () => this.all());
      const keys = { ArrowRight: "next", ArrowLeft: "previous", ArrowUp: "in", ArrowDown: "out", "+": "in", "=": "in", "-": "out",
        Home: "first", End: "last", 0: "all", n: "change", p: "before" };
      canvas.addEventListener("keydown", (e) => {
        if (e.ctrlKey || e.metaKey || e.altKey) return;
        const pan = e.shiftKey && { ArrowRight: "right", ArrowLeft: "left" }[e.key];
        const what = pan || keys[e.key] || keys[e.key.toLowerCase()];
        if (!what) return;
        e.preventDefault();
        this.act(what, p);
      });
    }
  }

  // paints are what the style sheet makes of its names in the present theme.
  const paints = {};
  function mix() {
    const probe = document.body.appendChild(document.createElement("span"));
    for (const name of [...outcomes, "level", "level-fill", "ink", "quiet", "faint", "selection"]) {
      probe.className = "c-" + name;
      paints[name] = getComputedStyle(probe).color;
    }
    probe.remove();
  }

  // draw paints one canvas: the level of the bucket above, the hits below.
  function draw(view, p) {
    const { c, canvas } = p, width = canvas.clientWidth, ratio = devicePixelRatio || 1;
    if (!width) return;
    const rows = c.kinds.some((k) => k.outcome === "unknown") ? 3 : 2, row = 26;
    const level = c.fitted ? 170 : 0, bottom = level + rows * row + 6, height = bottom + 28;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.style.height = height + "px";
      Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    }
    Object.assign(p, { x0: 58, x1: width - 6 });
    p.rows = outcomes.slice(0, rows).map((name, o) => ({ name, top: level + 5 + o * row, height: row }));
    const wide = p.x1 - p.x0, x = (t) => p.x0 + (t - view.from) * wide / (view.to - view.from);
    const most = c.burst * 1.04, y = (v) => 14 + (1 - clamp(v, 0, most) / most) * (level - 14);
    const g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    axes(g, view, p, x, y, bottom);
    g.save();
    g.beginPath();
    g.rect(p.x0, 0, wide, bottom);
    g.clip();
    if (c.fitted) drawLevel(g, view, c, x, y);
    drawHits(g, p, columns(c, view.from, view.to, Math.max(1, Math.floor(wide))));
    g.fillStyle = paints.selection;
    if (p.drag) g.fillRect(Math.min(...p.drag), 0, Math.abs(p.drag[1] - p.drag[0]), bottom);
    g.fillStyle = paints.ink;
    if (p.cursor >= 0) g.fillRect(Math.round(x(c.at[p.cursor])), 0, Math.max(1, x(c.last[p.cursor]) - x(c.at[p.cursor])), bottom);
    g.restore();
    const whole = 1.02 * view.end, begin = view.from + 0.01 * view.end, part = (view.to - view.from) / whole;
    if (part > 0.999) return;
    g.fillStyle = paints.faint; // below, which part of the whole is in view
    g.fillRect(p.x0, height - 4, wide, 3);
    g.fillStyle = paints.quiet;
    g.fillRect(p.x0 + begin / whole * wide, height - 4, Math.max(3, part * wide), 3);
  }

  // drawHits draws a bar for each column that holds any hit, higher where there
  // are more, but never too low to be seen.
  function drawHits(g, p, sums) {
    p.rows.forEach((r, o) => {
      const most = sums[o].reduce((a, b) => Math.max(a, b), 0);
      g.fillStyle = paints[r.name];
      sums[o].forEach((n, k) => {
        const h = (r.height - 6) * (0.4 + 0.6 * Math.sqrt(n / most));
        if (n) g.fillRect(p.x0 + k, r.top + r.height - 3 - h, 1, h);
      });
    });
  }

  function axes(g, view, p, x, y, bottom) {
    const units = [["µs", 1e-6, 0], ["ms", 1e-3, 1e-3], ["s", 1, 0.5], ["min", 60, 300], ["h", 3600, 14400]]; // and from which span on
    const [name, unit] = units.findLast(([, , span]) => view.to - view.from > span);
    const { all, step } = ticks(view.from / unit, view.to / unit, (p.x1 - p.x0) / 90);
    const digits = clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 9);
    Object.assign(g, { font: "11px system-ui, sans-serif", textBaseline: "middle", textAlign: "center" });
    for (const t of all) {
      const text = t.toFixed(digits) + " " + name, half = g.measureText(text).width / 2, at = x(t * unit);
      g.fillStyle = paints.faint;
      g.fillRect(Math.round(at), 0, 1, bottom);
      g.fillStyle = paints.quiet;
      g.fillText(text, clamp(at, p.x0 + half, p.x1 - half), bottom + 10);
    }
    g.textAlign = "right";
    g.fillStyle = paints.ink;
    for (const r of p.rows) g.fillText(r.name, p.x0 - 6, r.top + r.height / 2);
    if (!p.c.fitted) return;
    for (const v of ticks(0, p.c.burst, 4).all) g.fillText(plain(v), p.x0 - 6, y(v));
    g.textAlign = "left";
    g.fillText("tokens left", 0, 6);
    g.fillStyle = paints.quiet;
    for (let at = p.x0; at < p.x1; at += 5) g.fillRect(at, Math.round(y(p.c.burst)), 2, 1);
  }

  // drawLevel draws what the bucket has left. In each half of a pixel the lowest
  // and the highest value are kept.
  function drawLevel(g, view, c, x, y) {
    const line = new Path2D(), begin = first(c, view.from);
    let px = NaN, low = 0, high = 0, end = 0;
    const flush = () => { for (const v of low === high ? [low] : [high, low, end]) line.lineTo(px, y(v)); };
    const push = (t, v) => {
      const at = Math.round(x(t) * 2) / 2;
      if (at !== px) {
        if (px === px) flush();
        px = at;
        low = high = v;
      }
      low = Math.min(low, v);
      high = Math.max(high, end = v);
    };
    let t0 = begin ? c.last[begin - 1] : 0, left = begin ? c.left[begin - 1] : c.burst;
    const refill = (t) => { // until t, from what was left at t0
      const full = t0 + (c.burst - left) / c.rate;
      if (full > t0 && full < t) push(full, c.burst);
      push(t, Math.min(c.burst, left + c.rate * (t - t0)));
    };
    refill(Math.max(t0, view.from));
    for (let i = begin; i < c.count && (i === begin || c.at[i - 1] <= view.to); i++) {
      refill(c.at[i]);
      for (const v of [c.high[i], c.low[i]]) push(c.at[i], v);
      push(c.last[i], left = c.left[i]);
      t0 = c.last[i];
    }
    if (t0 < view.to) refill(view.to);
    flush();
    const area = new Path2D(line);
    area.lineTo(px, y(0));
    area.lineTo(x(Math.max(0, view.from)), y(0));
    Object.assign(g, { fillStyle: paints["level-fill"], strokeStyle: paints.level, lineWidth: 1.4 });
    g.fill(area);
    g.stroke(line);
  }

  // The page begins here.
  const { series } = JSON.parse(document.getElementById("hits").textContent);
  const unpacked = series.map(unpack), lines = [];
  for (const box of document.querySelectorAll(".explore")) {
    const limit = +box.dataset.limit, mine = unpacked.filter((c) => c.limit === limit);
    if (mine.length) lines[limit] = new Timeline(box, mine);
  }
  for (const td of document.querySelectorAll("[data-hit]")) { // evidence leads to its hit
    const line = lines[+td.dataset.limit], hit = +td.dataset.hit, at = +td.dataset.at;
    if (!line) continue;
    const b = document.createElement("button");
    b.className = "link";
    b.append(...td.childNodes);
    b.setAttribute("aria-label", "show hit " + td.dataset.hit + " in the timeline");
    b.addEventListener("click", () => {
      const found = line.panels.map((p) => [p, p.c.hit.indexOf(hit)]).find(([, i]) => i >= 0);
      const [p, i] = found || [line.panels[0], first(line.panels[0].c, at)]; // it is one of several in a cell
      line.show(at - 0.05, at + 0.05);
      line.point(p, i);
      line.box.scrollIntoView({ block: "center" });
      p.canvas.focus({ preventScroll: true });
    });
    td.append(b);
  }

  const dark = matchMedia("(prefers-color-scheme: dark)"), theme = document.getElementById("theme");
  const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const themed = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    mix();
    for (const line of lines) if (line) line.redraw();
  };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; themed(); });
  dark.addEventListener("change", themed);
  theme.hidden = false;
  themed();
  root.classList.add("scripted");
  globalThis.ratefit = { series: unpacked, columns, timelines: lines }; // for the console
})();
