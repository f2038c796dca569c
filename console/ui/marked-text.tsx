import { splitMarked } from './marked-words.ts';

/** Plain text with the words that have one of the forms marked. */
export function MarkedText({ text, forms }: { text: string; forms: ReadonlySet<string> }) {
  return splitMarked(text, forms).map((piece, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, in their order
    piece.marked ? <mark key={index}>{piece.text}</mark> : piece.text,
  );
}
