// A network exported in the form `step`, run one time step after the other. Names, types and shapes are the file's own.

const NEXT = ".next"; // ends the names of states after a step
const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
};

/** One network: `inputs` is the number of inputs; `layers` are its outputs, each { name, layer, spikes, neurons }. */
export class Network {
  constructor(ort, session) {
    const nexts = session.outputNames.filter((name) => name.endsWith(NEXT));
    const states = new Set(nexts.map((name) => name.slice(0, -NEXT.length)));
    const ports = session.inputMetadata.map((port) => ({ ...port, dims: port.shape.map(sizeOf) }));
    const events = ports.filter((port) => !states.has(port.name));
    if (events.length !== 1) throw new Error("The network must be exported in the form step, with one input.");
    this.ort = ort;
    this.session = session;
    this.states = ports.filter((port) => states.has(port.name));
    this.input = events[0];
    this.inputs = product(this.input.dims);
    this.layers = session.outputMetadata.filter((port) => !port.name.endsWith(NEXT)).map(layerOf);
  }

  /** The network in model/network.onnx, which `load` gives as bytes, in onnxruntime-web. */
  static async open(load) {
    const ort = await import("./ort/ort.wasm.min.mjs").catch(() => {
      throw new Error("ort/ort.wasm.min.mjs is missing. `make browser` puts it there.");
    });
    ort.env.wasm.wasmPaths = new URL("ort/", import.meta.url).href;
    ort.env.wasm.numThreads = 1; // more need headers that a plain web server does not send
    return Network.load(ort, await load("model/network.onnx"));
  }

  /** The network in an ONNX file, given as bytes. */
  static async load(ort, content) {
    return new Network(ort, await ort.InferenceSession.create(content, { executionProviders: ["wasm"] }));
  }

  /** What runs it, in words. */
  get runtime() {
    return `onnxruntime-web ${this.ort.env.versions.web}`;
  }

  /** All states zero, as before the first step. */
  start() {
    return Object.fromEntries(this.states.map((port) => [port.name, this.tensor(port)]));
  }

  /** One step: `events` are counts, one an input. Gives the states after it, and each layer's values by output name. */
  async step(states, events) {
    const found = await this.session.run({ ...states, [this.input.name]: this.tensor(this.input, events) });
    const after = Object.fromEntries(this.states.map(({ name }) => [name, found[name + NEXT]]));
    const values = Object.fromEntries(this.layers.map(({ name }) => [name, Array.from(found[name].data, Number)]));
    return { states: after, values };
  }

  tensor(port, values) {
    const data = new ARRAYS[port.type](product(port.dims));
    if (values) data.set(port.type === "int64" ? Array.from(values, BigInt) : values);
    return new this.ort.Tensor(port.type, data, port.dims);
  }
}

/** What a layer gives: spikes, or of a read-out its membranes. */
function layerOf(port) {
  const [kind, ...rest] = port.name.split(".");
  const neurons = product(port.shape.map(sizeOf));
  return { name: port.name, layer: rest.join("."), spikes: kind === "spikes", neurons };
}

// The batch has a name, not a size; here it is one image.
const sizeOf = (size) => (typeof size === "number" ? size : 1);
const product = (sizes) => sizes.reduce((a, b) => a * b, 1);
