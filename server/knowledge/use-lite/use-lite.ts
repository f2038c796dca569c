import { type Area, createArena } from './arena.ts';
import { readStoredModel, type StoredModel } from './read-model.ts';
import { createTokenizer } from './tokenizer.ts';
import {
  addTo,
  createTransformer,
  type Dense,
  type Norm,
  normRows,
  relu,
  type Span,
  type Transformer,
} from './transformer.ts';

/*
 * Universal Sentence Encoder Lite (Cer et al. 2018, arXiv:1803.11175): a transformer of two layers and the mean over its tokens, with
 * the weights of the TensorFlow.js model. The vectors are the same to rounding. Each token of each text is computed once, without
 * padding; nearly all of the time goes into matrix products, which are WebAssembly.
 */

/** The model reads no further. */
const tokensMax = 128;
/** So many tokens are computed together: the more, the less often all weights are read from memory. */
const rowsMax = 512;
const heads = 4;
const embeddingWidth = 256;
const width = 512;
const hiddenWidth = 1536;
const normEpsilon = 1e-6;
/** Weights 19 MB, rows 7 MB. */
const arenaMegabytes = 28;

type Layer = { norm: Norm; qkv: Dense; output: Dense; feedNorm: Norm; expand: Dense; contract: Dense };

export type UseLite = {
  /** One vector of length 1 for each text, in order. A text without a token gets the vector 0. */
  embed(texts: string[]): Float32Array[];
};

/** Reads the model from its package. */
export async function loadUseLite(): Promise<UseLite> {
  const stored = await readStoredModel();
  const tokenize = createTokenizer(stored.pieces);
  const encode = createEncode(stored);
  return {
    embed(texts) {
      const vectors: Float32Array[] = [];
      let group: number[][] = [];
      let rows = 0;
      for (const tokens of texts.map((text) => tokenize(text).slice(0, tokensMax))) {
        if (rows + tokens.length > rowsMax) {
          vectors.push(...encode(group));
          group = [];
          rows = 0;
        }
        group.push(tokens);
        rows += tokens.length;
      }
      return [...vectors, ...encode(group)];
    },
  };
}

function readLayer({ dense }: Transformer, { weight }: StoredModel, number: number): Layer {
  const of = (...parts: string[]) => weight(`Layer_${number}/TransformerLayer/${parts[0]}`, ...parts.slice(1));
  const norm = (folder: string): Norm => ({
    scale: of(`${folder}layer_prepostprocess`, 'norm_scale').slice(),
    bias: of(`${folder}layer_prepostprocess`, 'norm_bias').slice(),
  });
  const attention = (name: string) =>
    dense(of(`MultiheadAttention/${name}`, 'kernel'), of(`MultiheadAttention/${name}`, 'bias'));
  const feed = (name: string) => dense(of(`FFN/${name}`, 'Reshape_1'), of(`FFN/${name}/bias`));
  return {
    norm: norm(''),
    qkv: attention('qkv_transform'),
    output: attention('output_transform'),
    feedNorm: norm('FFN/'),
    expand: feed('conv1'),
    contract: feed('conv2'),
  };
}

/** Gives the vectors of texts that have at most `rowsMax` tokens together. */
function createEncode(stored: StoredModel): (texts: number[][]) => Float32Array[] {
  const arena = createArena(arenaMegabytes);
  const transformer = createTransformer(arena, { heads, tokensMax, headWidthMax: width / heads });
  const { dense, apply, attend } = transformer;
  const layers = [readLayer(transformer, stored, 0), readLayer(transformer, stored, 1)];
  const widen = dense(
    stored.weight('Layer_0/TransformerLayer/dense/kernel'),
    stored.weight('Layer_0/TransformerLayer/dense/bias'),
  );
  const last = dense(stored.weight('tanh_layer_0/weights'), stored.weight('tanh_layer_0/bias'));
  const firstRows = createFirstRows(stored);
  const tokens = arena.allocate(rowsMax * embeddingWidth);
  const state = arena.allocate(rowsMax * width);
  const normed = arena.allocate(rowsMax * width);
  const wide = arena.allocate(rowsMax * hiddenWidth);
  const attended = arena.allocate(rowsMax * width);

  function passLayer(layer: Layer, from: Area, rows: number, spans: Span[]): void {
    normRows(from, normed, rows, layer.norm, normEpsilon);
    apply(layer.qkv, normed, wide, rows);
    attend(wide, attended, spans, layer.qkv.inner);
    apply(layer.output, attended, state, rows, { added: true });
    normRows(state, normed, rows, layer.feedNorm, normEpsilon);
    apply(layer.expand, normed, wide, rows);
    relu(wide.values.subarray(0, rows * hiddenWidth));
    apply(layer.contract, wide, state, rows, { added: true });
  }

  return (texts) => {
    let rows = 0;
    const spans = texts.map(({ length }) => {
      rows += length;
      return { start: rows - length, length };
    });
    tokens.values.set(firstRows(texts.flat(), spans));
    apply(widen, tokens, state, rows);
    for (const [index, layer] of layers.entries()) passLayer(layer, index === 0 ? tokens : state, rows, spans);
    for (const [index, span] of spans.entries()) normed.values.set(mean(state.values, span), index * width);
    apply(last, normed, attended, texts.length);
    return texts.map((text, index) =>
      text.length === 0
        ? new Float32Array(width)
        : unit(attended.values.slice(index * width, (index + 1) * width).map(Math.tanh)),
    );
  };
}

/** Gives the rows of tokens as they enter the first layer. */
function createFirstRows({ weight }: StoredModel): (tokens: number[], spans: Span[]) => Float32Array {
  const embeddings = weight('Embeddings_en').slice();
  const places = timing(weight('TimingSignal/ExpandDims_1'));
  const rowOf = (rows: Float32Array, row: number) => rows.subarray(row * embeddingWidth, (row + 1) * embeddingWidth);
  return (tokens, spans) => {
    const rows = new Float32Array(tokens.length * embeddingWidth);
    for (const { start, length } of spans) {
      for (let place = 0; place < length; place += 1) {
        const row = rowOf(rows, start + place);
        const embedding = rowOf(embeddings, tokens[start + place] ?? 0);
        // twice, as the model was trained: its first residual is added once more
        row.set(embedding);
        addTo(row, embedding);
        addTo(row, rowOf(places, place));
      }
    }
    return rows;
  };
}

/** What is added to the embedding of the token at each place: sine and cosine of the place, at falling frequencies. */
function timing(frequencies: Float32Array): Float32Array {
  const signal = new Float32Array(tokensMax * embeddingWidth);
  for (let place = 0; place < tokensMax; place += 1) {
    signal.set(
      frequencies.map((frequency) => Math.sin(place * frequency)),
      place * embeddingWidth,
    );
    signal.set(
      frequencies.map((frequency) => Math.cos(place * frequency)),
      place * embeddingWidth + frequencies.length,
    );
  }
  return signal;
}

function mean(rows: Float32Array, { start, length }: Span): Float32Array {
  const sum = new Float32Array(width);
  for (let row = start; row < start + length; row += 1) addTo(sum, rows.subarray(row * width, (row + 1) * width));
  return sum.map((value) => value / length);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
