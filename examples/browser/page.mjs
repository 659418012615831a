// The page: what is drawn or chosen goes through the network step by step, and every step is shown.

import { BRIGHTEST, SIDE, imageOf } from "./ink.mjs";
import { Network } from "./network.mjs";
import { Pad } from "./pad.mjs";
import { Raster, paintImage } from "./raster.mjs";

const $ = (id) => document.getElementById(id);
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** The number of the latest run; one that finds another here stops. */
let latest = 0;
let running = Promise.resolve();
let wake = () => {};
let image = new Uint8Array(SIDE * SIDE);

try {
  await start();
} catch (error) {
  fail(error);
}

async function start() {
  if (typeof WebAssembly === "undefined") throw new Error("This browser has no WebAssembly, or it is switched off.");
  const about = JSON.parse(new TextDecoder().decode(await load("model/network.json")));
  const network = await Network.open(load, about);
  const wanted = SIDE * SIDE;
  if (network.inputs !== wanted) throw new Error(`The network must have ${wanted} inputs, it has ${network.inputs}.`);
  describe(about, network);
  await check(about, network);
  connect(about, network);
  $("message").textContent = "";
  document.body.dataset.state = "ready";
}

/** A file of the page; those that a page of one piece brings with it are in `globalThis.files`, as base64. */
async function load(path) {
  const held = globalThis.files?.[path];
  if (held) return Uint8Array.from(atob(held), (letter) => letter.charCodeAt(0));
  const answer = await fetch(path, { cache: "no-cache" }); // another network may have taken its place
  if (!answer.ok) throw new Error(`${path} is missing (${answer.status}). examples/browser/export_model.py writes it.`);
  return new Uint8Array(await answer.arrayBuffer());
}

function fail(error) {
  document.body.dataset.state = "error";
  $("message").textContent = error.message;
  console.error(error);
}

/** What stands on the page before anything runs. */
function describe(about, network) {
  const last = network.layers.at(-1);
  $("about").textContent =
    `A network of ${about.name} neurons in the integers of ${about.chip}, run here by WebAssembly: ` +
    `${about.steps} time steps, ${about.weight_bits}-bit weights.`;
  $("model").textContent = `${about.name}, ${(100 * about.accuracy).toFixed(1)} % of ${about.test_samples} test images`;
  $("profile").textContent = `${about.profile} (${about.chip})`;
  $("runtime").textContent = network.runtime;
  $("last-step").textContent = `step ${about.steps}`;
  $("bars-title").textContent = last.spikes ? "Output spikes" : "Output membranes, summed";
  $("bars").append(...Array.from({ length: last.neurons }, (_, digit) => barOf(digit)));
}

function barOf(digit) {
  const [item, name, bar, value] = ["li", "span", "span", "span"].map((tag) => document.createElement(tag));
  name.textContent = digit;
  bar.className = "bar";
  bar.append(document.createElement("span"));
  value.className = "value";
  value.textContent = "0";
  item.append(name, bar, value);
  return item;
}

/** Run an image; `each(values, events, step)` is called after every step and may return false to stop. */
async function run(about, network, pixels, each) {
  let states = network.start();
  for (let step = 0; step < about.steps; step++) {
    // One column where the events are the same in every step.
    const events = Array.from(pixels, (p) => about.events[p][Math.min(step, about.events[p].length - 1)]);
    const found = await network.step(states, events);
    states = found.states;
    if ((await each(found.values, events, step)) === false) return;
  }
}

/** Compare with what the integer reference gave for the samples, neuron by neuron. */
async function check(about, network) {
  let [different, compared, nonzero] = [0, 0, 0];
  for (const sample of about.samples) {
    const sums = Object.fromEntries(network.layers.map(({ name, neurons }) => [name, Array(neurons).fill(0)]));
    await run(about, network, sample.image, (values) => {
      for (const name in sums) values[name].forEach((value, i) => (sums[name][i] += value));
    });
    for (const { name, layer } of network.layers) {
      const expected = sample.sums[layer] ?? [];
      compared += sums[name].length;
      nonzero += expected.filter((value) => value !== 0).length;
      different += sums[name].filter((value, i) => value !== expected[i]).length;
    }
  }
  // Of sums that are all zero nothing is proven.
  $("check").dataset.passed = different === 0 && nonzero > 0;
  const all = `all ${compared.toLocaleString("en")} sums of ${about.samples.length} test images`;
  const share = `${Math.round((100 * nonzero) / compared)} % are not zero`;
  if (different > 0) $("check").textContent = `no, ${different} of ${compared} sums differ`;
  else $("check").textContent = nonzero > 0 ? `yes, ${all}, of which ${share}` : `no, ${compared} sums are zero`;
}

/** Make the page answer to its user. */
function connect(about, network) {
  const input = new Raster($("rasters"), `Input: ${network.inputs} pixels`, network.inputs, about.steps);
  const rasters = new Map([["input", input]]);
  for (const { name, layer, spikes, neurons } of network.layers) {
    const title = `Layer ${layer}: ${neurons} ${spikes ? "neurons" : "membranes"}`;
    rasters.set(name, new Raster($("rasters"), title, neurons, about.steps));
  }
  const play = (pixels) => {
    const mine = ++latest;
    wake();
    image = pixels;
    paintImage($("image"), image, SIDE, BRIGHTEST);
    reset(rasters);
    // Two runs of one session must not overlap.
    running = running.then(() => mine === latest && show(about, network, rasters, pixels, mine)).catch(fail);
  };
  const pad = new Pad($("pad"), (strokes, done) => {
    if (done) play(imageOf(strokes));
    else paintImage($("image"), (image = imageOf(strokes)), SIDE, BRIGHTEST);
  });
  $("clear").addEventListener("click", () => {
    latest++;
    wake();
    pad.clear();
    image = new Uint8Array(SIDE * SIDE);
    paintImage($("image"), image, SIDE, BRIGHTEST);
    running = running.then(() => reset(rasters));
  });
  $("samples").append(
    ...about.samples.map((sample) =>
      sampleButton(sample, () => {
        pad.clear(sample.image);
        play(sample.image);
      }),
    ),
  );
  const repaint = () => {
    rasters.forEach((raster) => raster.paint());
    paintImage($("image"), image, SIDE, BRIGHTEST);
    pad.paint();
    const small = document.querySelectorAll("#samples canvas");
    small.forEach((canvas, i) => paintImage(canvas, about.samples[i].image, SIDE, BRIGHTEST));
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  repaint();
}

function sampleButton(sample, chosen) {
  const [button, canvas] = [document.createElement("button"), document.createElement("canvas")];
  button.type = "button";
  button.setAttribute("aria-label", `Test image of a ${sample.label}`);
  canvas.width = canvas.height = SIDE * 8;
  button.append(canvas);
  button.addEventListener("click", chosen);
  return button;
}

function reset(rasters) {
  rasters.forEach((raster) => raster.clear());
  $("answer").textContent = "–";
  $("clock").textContent = "";
  for (const id of ["total", "time"]) $(id).textContent = "–";
  showBars(Array($("bars").children.length).fill(0));
  document.body.dataset.state = "ready";
}

/** Run the image and show every step. */
async function show(about, network, rasters, pixels, mine) {
  const last = network.layers.at(-1);
  const output = Array(last.neurons).fill(0);
  const counts = new Map([...rasters.keys()].map((name) => [name, 0]));
  let [busy, before] = [0, performance.now()];
  document.body.dataset.state = "running";
  $("answer").setAttribute("aria-busy", "true");
  await run(about, network, pixels, async (values, events, step) => {
    busy += performance.now() - before;
    if (mine !== latest) return false;
    for (const [name, raster] of rasters) {
      const given = values[name] ?? events;
      raster.add(given);
      counts.set(name, counts.get(name) + sum(given));
    }
    values[last.name].forEach((value, i) => (output[i] += value));
    showBars(output);
    $("clock").textContent = `step ${step + 1} of ${about.steps}`;
    $("answer").textContent = answerOf(output);
    await pause();
    before = performance.now();
    return mine === latest;
  });
  $("answer").setAttribute("aria-busy", "false");
  if (mine !== latest) return;
  rasters.get("input").show(`${counts.get("input")} events`);
  const spiking = network.layers.filter(({ spikes }) => spikes);
  spiking.forEach(({ name }) => rasters.get(name).show(`${counts.get(name)} spikes`));
  $("total").textContent = sum(spiking.map(({ name }) => counts.get(name))).toLocaleString("en");
  $("time").textContent = `${(busy / about.steps).toFixed(2)} ms`;
  document.body.dataset.state = "done";
}

/** The class of the largest sum, the first of equals; none while all are zero. */
function answerOf(output) {
  return output.some((value) => value !== 0) ? String(output.indexOf(Math.max(...output))) : "–";
}

function showBars(output) {
  const [low, high] = [Math.min(0, ...output), Math.max(1, ...output)];
  const answer = answerOf(output);
  [...$("bars").children].forEach((item, digit) => {
    item.classList.toggle("first", String(digit) === answer);
    item.querySelector(".bar span").style.width = `${(100 * (output[digit] - low)) / (high - low)}%`;
    item.querySelector(".value").textContent = output[digit].toLocaleString("en");
  });
}

/** Wait as long as the chosen speed says, or until another run wants to begin; let the browser paint in any case. */
function pause() {
  const milliseconds = Number(document.querySelector("#speed input:checked").value);
  return new Promise((resolve) => {
    wake = resolve;
    if (milliseconds > 0) setTimeout(resolve, milliseconds);
    else requestAnimationFrame(resolve);
  });
}
