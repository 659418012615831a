// The drawing area: strokes of mouse, finger or pen.

import { BRIGHTEST, SIDE } from "./ink.mjs";
import { paintImage } from "./raster.mjs";

const PEN = 0.075; // of the width; what the network sees has a pen of its own

export class Pad {
  /** `changed(strokes, done)` is called while a stroke grows and when it is `done`. */
  constructor(canvas, changed) {
    Object.assign(this, { canvas, changed, strokes: [], image: null, pointer: null });
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.go(event));
    canvas.addEventListener("pointerup", (event) => this.end(event));
    canvas.addEventListener("pointercancel", (event) => this.end(event));
    this.paint();
  }

  /** Take everything away, and show `image` if there is one. */
  clear(image = null) {
    this.strokes = [];
    this.image = image;
    this.pointer = null;
    this.paint();
  }

  begin(event) {
    if (this.pointer !== null || event.button !== 0) return;
    if (this.image) this.clear();
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.strokes.push([]);
    this.add(event);
  }

  go(event) {
    if (event.pointerId !== this.pointer) return;
    const parts = event.getCoalescedEvents?.() ?? []; // what came since the last frame
    this.add(...(parts.length > 0 ? parts : [event]));
  }

  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.changed(this.strokes, true);
  }

  add(...events) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const stroke = this.strokes.at(-1);
    for (const { clientX, clientY } of events) {
      const [x, y] = [(clientX - left) / width, (clientY - top) / width];
      const [beforeX, beforeY] = stroke.at(-1) ?? [];
      if (x !== beforeX || y !== beforeY) stroke.push([x, y]);
    }
    this.paint();
    this.changed(this.strokes, false);
  }

  paint() {
    const { canvas } = this;
    const context = canvas.getContext("2d");
    if (this.image) {
      paintImage(canvas, this.image, SIDE, BRIGHTEST);
      return;
    }
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = PEN * canvas.width;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) {
      context.beginPath();
      stroke.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x * canvas.width, y * canvas.width));
      if (stroke.length === 1) context.lineTo(stroke[0][0] * canvas.width, stroke[0][1] * canvas.width);
      context.stroke();
    }
  }
}
