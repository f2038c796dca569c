/*
 * The few parts of WebAssembly that the matrix product is written with, as bytes: instructions follow their operands. SIMD is in
 * every supported Node; `relaxed_madd` (multiply and add in one instruction) came with Node 22.
 */

export type Code = number[];

/** An unsigned integer: seven bits a byte, the lowest first. */
function leb(value: number): Code {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...leb(rest)];
}

const simd = (opcode: number, ...operands: Code[]): Code => [...operands.flat(), 0xfd, ...leb(opcode)];

export const get = (local: number): Code => [0x20, ...leb(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...leb(local)];
/** From 0 to 63, which is one byte signed or not. */
export const small = (value: number): Code => [0x41, value];
export const add = (one: Code, other: Code): Code => [...one, ...other, 0x6a];
export const subtract = (one: Code, other: Code): Code => [...one, ...other, 0x6b];
export const multiply = (one: Code, other: Code): Code => [...one, ...other, 0x6c];
export const equals = (one: Code, other: Code): Code => [...one, ...other, 0x46];
export const less = (one: Code, other: Code): Code => [...one, ...other, 0x48];

/** Runs the body, and again as long as the condition holds after it. */
export const repeatWhile = (condition: Code, body: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b];

/** Four floats from `offset` bytes behind the address. */
export const load = (address: Code, offset: number): Code => [...simd(0x00, address), 2, ...leb(offset)];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...simd(0x0b, address, value),
  2,
  ...leb(offset),
];
/** One float, four times. */
export const loadSplat = (address: Code): Code => [...simd(0x09, address), 2, 0];
/** one · other + sum, for four floats. */
export const multiplyAdd = (one: Code, other: Code, sum: Code): Code => simd(0xe4, sum, simd(0xe6, one, other));
/** The same, rounded once or twice as the processor likes it: a third faster where it has the instruction. */
export const relaxedMultiplyAdd = (one: Code, other: Code, sum: Code): Code => simd(0x105, one, other, sum);

const section = (id: number, content: Code): Code => [id, ...leb(content.length), ...content];
const text = (value: string): Code => [value.length, ...Buffer.from(value, 'latin1')];

type WasmFunction = { parameters: number; integers: number; vectors: number; body: Code };

/** A module that imports its memory as `js.memory` and exports one function `run`, whose parameters are all integers. */
export function wasmModule({ parameters, integers, vectors, body }: WasmFunction): Uint8Array<ArrayBuffer> {
  const code = [2, ...leb(integers), 0x7f, ...leb(vectors), 0x7b, ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, parameters, ...new Array<number>(parameters).fill(0x7f), 0]),
    ...section(2, [1, ...text('js'), ...text('memory'), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0, 0]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}
