// What a layer gave: one row a neuron, one column a time step.

const ROW = 2; // pixels of a neuron, more where there are few
const LOWEST = 80; // pixels of a raster
const GAP = 0.25; // of a column left empty

export class Raster {
  /** Append one to `parent`; `steps` columns. */
  constructor(parent, title, neurons, steps) {
    const heading = document.createElement("h3");
    const name = document.createElement("span");
    this.count = document.createElement("span");
    name.textContent = title;
    heading.append(name, this.count);
    this.canvas = document.createElement("canvas");
    this.canvas.style.height = `${Math.max(LOWEST, neurons * ROW)}px`;
    this.canvas.setAttribute("role", "img");
    parent.append(heading, this.canvas);
    Object.assign(this, { title, neurons, steps, columns: [] });
    new ResizeObserver(() => this.paint()).observe(this.canvas);
    this.clear();
  }

  clear() {
    this.columns = [];
    this.show("");
  }

  /** Add the values of the next step. */
  add(values) {
    this.columns.push(values);
    this.paint();
  }

  /** Say what it came to, beside the title and to those who cannot see it. */
  show(text) {
    this.count.textContent = text;
    this.canvas.setAttribute("aria-label", [this.title, `${this.steps} time steps`, text].filter(Boolean).join(", "));
    this.paint();
  }

  paint() {
    const { canvas, columns, neurons, steps } = this;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(canvas).color;
    const largest = Math.max(1, ...columns.flat().map(Math.abs));
    const [width, height] = [canvas.width / steps, canvas.height / neurons];
    const edge = (row) => Math.round(row * height);
    columns.forEach((values, step) => {
      values.forEach((value, row) => {
        if (value === 0) return;
        // Of a membrane, what is below zero is drawn half as wide.
        const share = (value > 0 ? 1 : 0.5) * (1 - GAP);
        context.globalAlpha = Math.max(0.15, Math.abs(value) / largest);
        context.fillRect((step + GAP / 2) * width, edge(row), share * width, Math.max(1, edge(row + 1) - edge(row)));
      });
    });
  }
}

/** An image of `side` x `side` intensities up to `largest`, over the whole canvas. */
export function paintImage(canvas, image, side, largest) {
  const context = canvas.getContext("2d");
  const size = canvas.width / side;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = getComputedStyle(canvas).color;
  image.forEach((value, i) => {
    context.globalAlpha = value / largest;
    context.fillRect((i % side) * size, Math.floor(i / side) * size, size, size);
  });
  context.globalAlpha = 1;
}
