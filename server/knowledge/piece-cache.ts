/** As \s of a regular expression. */
export function isSpace(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 13);
  if (code < 0x1680) return code === 0xa0;
  if (code === 0x1680 || (code >= 0x2000 && code <= 0x200a)) return true;
  return code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000 || code === 0xfeff;
}

/** FNV-1a, a code unit at a time. */
export const hashStart = 0x811c9dc5;
export const hashNext = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193);

type Entry<Value> = { piece: string; hash: number; value: Value };

const placesPerSet = 4;
const sets = 2 ** 15;

/**
 * What is known of the pieces that texts repeat, found without cutting them out of the text: that, and hashing what was cut out, costs
 * more than reading a text. Each piece has one of four places, a step further ahead with every use; where all are taken, the last goes.
 */
export class PieceCache<Value> {
  readonly #entries: (Entry<Value> | undefined)[] = new Array(sets * placesPerSet).fill(undefined);

  /** `hash`: of the code units from start to end, see hashNext. */
  get(text: string, start: number, end: number, hash: number): Value | undefined {
    const first = firstPlace(hash);
    for (let place = first; place < first + placesPerSet; place += 1) {
      const entry = this.#entries[place];
      if (entry === undefined) return undefined;
      if (entry.hash !== hash || !isAt(entry.piece, text, start, end)) continue;
      if (place > first) {
        this.#entries[place] = this.#entries[place - 1];
        this.#entries[place - 1] = entry;
      }
      return entry.value;
    }
    return undefined;
  }

  set(piece: string, hash: number, value: Value): void {
    const last = firstPlace(hash) + placesPerSet - 1;
    let place = firstPlace(hash);
    while (place < last && this.#entries[place] !== undefined) place += 1;
    // a copy: what is cut from a text keeps all of it in memory
    this.#entries[place] = { piece: piece.split('').join(''), hash, value };
  }
}

const firstPlace = (hash: number) => ((hash ^ (hash >>> 15)) & (sets - 1)) * placesPerSet;

function isAt(piece: string, text: string, start: number, end: number): boolean {
  if (piece.length !== end - start) return false;
  for (let at = 0; at < piece.length; at += 1) {
    if (piece.charCodeAt(at) !== text.charCodeAt(start + at)) return false;
  }
  return true;
}
