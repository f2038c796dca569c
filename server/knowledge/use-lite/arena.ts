/** A part of the memory: its address in bytes, and its numbers. */
export type Area = { address: number; values: Float32Array };

export type Arena = { memory: WebAssembly.Memory; allocate(floats: number): Area };

const pageBytes = 65_536;

/** A wasm memory of a fixed size that is given out in parts and never given back. Pages that are not touched take no memory. */
export function createArena(megabytes: number): Arena {
  const memory = new WebAssembly.Memory({ initial: (megabytes * 1024 * 1024) / pageBytes });
  let next = 0;
  return {
    memory,
    allocate(floats) {
      const address = next;
      next += Math.ceil(floats / 16) * 64;
      return { address, values: new Float32Array(memory.buffer, address, floats) };
    },
  };
}
