// A JavaScript runtime that answers the questions of `_worker.Worker`, under Node or in a page.
// Questions and answers are a length, JSON and raw arrays; see _worker.py.

const TYPES = {
  uint8: Uint8Array, int8: Int8Array, bool: Uint8Array, int32: Int32Array, float32: Float32Array, int64: BigInt64Array,
};

function read(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  let at = 4 + size;
  const arrays = {};
  for (const { name, type, shape } of head.arrays) {
    const bytes = shape.reduce((a, b) => a * b, 1) * TYPES[type].BYTES_PER_ELEMENT;
    arrays[name] = { type, shape, data: new TYPES[type](buffer.slice(at, at + bytes)) };
    at += bytes;
  }
  return [head, arrays];
}

function written(head, tensors) {
  const arrays = Object.entries(tensors).map(([name, t]) => ({ name, type: t.type, shape: t.dims }));
  const text = new TextEncoder().encode(JSON.stringify({ ...head, arrays }));
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, text.length, true);
  return new Blob([size.buffer, text, ...Object.values(tensors).map((t) => t.data)]);
}

async function run(ort, session, arrays) {
  const feeds = {};
  for (const [name, { type, shape, data }] of Object.entries(arrays)) feeds[name] = new ort.Tensor(type, data, shape);
  return await session.run(feeds);
}

export async function serve(ort, url) {
  if (ort.env.wasm) ort.env.wasm.numThreads = 1;
  let session, reply = new Blob([]);
  for (;;) {
    const response = await fetch(url + "next", { method: "POST", body: reply });
    const [question, arrays] = read(await response.arrayBuffer());
    try {
      let found = {};
      if (question.do === "load") session = await ort.InferenceSession.create(arrays.model.data, { logSeverityLevel: 3 });
      else if (question.do === "run") found = await run(ort, session, arrays);
      reply = written({ error: "" }, found);
    } catch (error) {
      reply = written({ error: String(error?.message ?? error).slice(0, 2000) }, {});
    }
  }
}

if (typeof process !== "undefined") {
  const { createRequire } = await import("node:module");
  const [url, folder, name] = process.argv.slice(2);
  await serve(createRequire(folder + "/")(name), url);
}
