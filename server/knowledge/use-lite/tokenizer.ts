/** A piece of text and the logarithm of how likely it is. */
export type Piece = [text: string, score: number];

/** Stands for a blank in the pieces. */
const blank = '\u2581';
/** The first pieces stand for what is no text: the beginning, the end, what is unknown. */
const reservedPieces = 6;
const unknown = 0;

type Node = { children: Map<string, Node>; token: number };

/**
 * Cuts a text into the most likely sequence of pieces (SentencePiece's unigram model, by Viterbi), as the model was trained on
 * it. What no piece covers becomes token 0, once for a run of it.
 */
export function createTokenizer(pieces: Piece[]): (text: string) => number[] {
  const root: Node = { children: new Map(), token: -1 };
  for (const [token, [text]] of pieces.entries()) {
    if (token < reservedPieces) continue;
    let node = root;
    for (const symbol of text) {
      const next = node.children.get(symbol) ?? { children: new Map(), token: -1 };
      node.children.set(symbol, next);
      node = next;
    }
    node.token = token;
  }

  /** For each place in the text the last token of the best way there. */
  function findBest(symbols: string[]): Int32Array {
    const score = new Float64Array(symbols.length + 1);
    const tokens = new Int32Array(symbols.length + 1);
    const offer = (end: number, offered: number, token: number) => {
      // a score of 0 is a place that nothing has reached yet
      if (score[end] !== 0 && offered < (score[end] ?? 0)) return;
      score[end] = offered;
      tokens[end] = token;
    };
    for (let start = 0; start < symbols.length; start += 1) {
      const soFar = score[start] ?? 0;
      let found = false;
      let node = root.children.get(symbols[start] ?? '');
      for (let end = start + 1; node; end += 1) {
        if (node.token >= 0) {
          found = true;
          offer(end, soFar + (pieces[node.token]?.[1] ?? 0), node.token);
        }
        node = node.children.get(symbols[end] ?? '');
      }
      if (!found) offer(start + 1, soFar, unknown);
    }
    return tokens;
  }

  return (text) => {
    const normal = text.normalize('NFKC');
    if (normal === '') return [];
    const symbols = [...`${blank}${normal.replaceAll(' ', blank)}`];
    const best = findBest(symbols);
    const tokens: number[] = [];
    for (let end = symbols.length; end > 0; ) {
      const token = best[end] ?? unknown;
      if (token !== unknown || tokens.at(-1) !== unknown) tokens.push(token);
      end -= pieces[token]?.[0].length ?? 1;
    }
    return tokens.reverse();
  };
}
