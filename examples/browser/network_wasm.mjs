// The network as its exported C, compiled to WebAssembly: run one time step after the other. As network.mjs, without a runtime.

/** One network: `inputs` is the number of inputs; `layers` are its outputs, each { name, layer, spikes, neurons }. */
export class Network {
  /** The network in model/network.wasm, whose layers `about` describes. */
  static async open(load, about) {
    const { instance } = await WebAssembly.instantiate(await load("model/network.wasm"), {});
    return Object.assign(new Network(), {
      c: instance.exports,
      inputs: instance.exports.inputs(),
      layers: about.layers,
      runtime: "its own C, compiled to WebAssembly",
    });
  }

  /** Begin anew; the states are the module's own, so that one image runs at a time. */
  start() {
    this.c.reset();
    return null;
  }

  /** One step: `events` are counts, one an input. Gives each layer's values by output name. */
  async step(states, events) {
    new Uint8Array(this.c.memory.buffer, this.c.input(), this.inputs).set(events);
    if (this.c.step() !== 0) throw new Error("The network refused an input: there were more events than it takes.");
    const of = ({ name, neurons }) => Array.from(new Uint8Array(this.c.memory.buffer, this.c[name](), neurons));
    return { states, values: Object.fromEntries(this.layers.map((layer) => [layer.name, of(layer)])) };
  }
}
