import { parentPort } from 'node:worker_threads';
import { analyzerFor } from './analyze.ts';
import { type Preparation, pack } from './packed-preparation.ts';
import type { PrepareRequest } from './prepare-document.ts';
import { splitMarkdown } from './split-markdown.ts';
import { toMarkdown, UnreadableError } from './to-markdown.ts';

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread only');

async function prepare({ source, title, locale }: PrepareRequest): Promise<Preparation> {
  const markdown = (await toMarkdown(source)).replaceAll('\u0000', '').toWellFormed().trim();
  const passages = await splitMarkdown(markdown);
  if (passages.length === 0 || !/[\p{L}\p{N}]/u.test(markdown)) {
    throw new UnreadableError(
      source.format === 'pdf'
        ? 'The PDF holds no text: it may be a scan. Run text recognition (OCR) on it first.'
        : 'There is no text in it.',
    );
  }
  const analyze = await analyzerFor(locale);
  const words = new Set<string>();
  const terms = (text: string) =>
    analyze(text).map(({ word, term }) => {
      words.add(word);
      return term;
    });
  const titleTerms = terms(title);
  const chunks = passages.map((passage) => ({
    ...passage,
    headingTerms: terms(passage.headingPath.join('\n')),
    terms: Int32Array.from(terms(passage.text)),
  }));
  return { markdown, titleTerms, words: [...words], chunks };
}

port.on('message', async (request: PrepareRequest) => {
  try {
    const prepared = pack(await prepare(request));
    port.postMessage({ prepared }, [prepared.terms.buffer, prepared.counts.buffer]);
  } catch (error) {
    const readable = error instanceof UnreadableError;
    port.postMessage({
      [readable ? 'unreadable' : 'error']: error instanceof Error ? error.message : String(error),
    });
  }
});
