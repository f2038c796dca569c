import { parentPort } from 'node:worker_threads';
import { analyzerFor } from './analyze.ts';
import { ownTitle, withoutTitle } from './own-title.ts';
import { type Preparation, pack } from './packed-preparation.ts';
import type { PrepareRequest } from './prepare-document.ts';
import { splitMarkdown } from './split-markdown.ts';
import { readSource, UnreadableError } from './to-markdown.ts';

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread only');

/** A file that names itself is called that; its heading of the same words is then the title, and no part of the text. */
async function prepare({ source, title: given, titleFromFile, locale }: PrepareRequest): Promise<Preparation> {
  const read = await readSource(source);
  const whole = read.markdown.replaceAll('\u0000', '').toWellFormed().trim();
  const own = titleFromFile ? ownTitle(source.format, { markdown: whole, title: read.title }) : undefined;
  const title = own ?? given;
  const markdown = own === undefined ? whole : withoutTitle(whole, own);
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
  return { title, markdown, titleTerms, words: [...words], chunks };
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
