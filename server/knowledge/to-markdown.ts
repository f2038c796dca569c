import { unpacksWithinLimit } from './unpacked-size.ts';

// what reads a format is loaded with its first document: together the readers take longer to load than most documents to read

export type SourceFormat = 'markdown' | 'html' | 'text' | 'pdf' | 'docx' | 'csv';
export type Source = { format: SourceFormat; text: string } | { format: SourceFormat; bytes: Uint8Array };

/** The content cannot be read; the message says why to a person who may know nothing of formats. */
export class UnreadableError extends Error {
  override name = 'UnreadableError';
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** UTF-8, UTF-16 with its mark, else Windows-1252, which takes any byte. */
function decodeText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

async function htmlToMarkdown(html: string): Promise<string> {
  const [{ default: TurndownService }, { gfm }] = await Promise.all([
    import('turndown'),
    import('turndown-plugin-gfm'),
  ]);
  const service = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    hr: '---',
  });
  service.use(gfm);
  service.remove(['script', 'style', 'noscript', 'iframe', 'object', 'head', 'template', 'nav']);
  // pictures say nothing to a search, and data: addresses are long
  service.addRule('picture', { filter: ['img'], replacement: (_content, node) => node.getAttribute('alt') ?? '' });
  try {
    return service.turndown(html);
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableError('The page is nested too deeply to be read.');
    throw new UnreadableError('The HTML cannot be read.');
  }
}

/** Plain text is not markdown: what would begin a heading, a quote or a fence there is escaped. */
function textToMarkdown(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replace(/^\s{4,}|^\t+/, '').replace(/^(\s*)(#{1,6}\s|>|```|~~~|={3,}|-{3,})/, '$1\\$2'))
    .join('\n');
}

async function docxToMarkdown(bytes: Uint8Array): Promise<string> {
  if (!unpacksWithinLimit(bytes)) {
    throw new UnreadableError('The Word document is damaged, or far too large once it is unpacked.');
  }
  const { default: mammoth } = await import('mammoth');
  try {
    const ignoreImages = mammoth.images.imgElement(async () => ({ src: '' }));
    const { value } = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) }, { convertImage: ignoreImages });
    return await htmlToMarkdown(value);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    throw new UnreadableError('The Word document is damaged or not a .docx file.');
  }
}

async function pdfToMarkdown(bytes: Uint8Array): Promise<string> {
  const { extractText, getDocumentProxy } = await import('unpdf');
  try {
    const pdf = await getDocumentProxy(bytes, { verbosity: 0 });
    const { text } = await extractText(pdf, { mergePages: false });
    return textToMarkdown(text.join('\n\n'));
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new UnreadableError('The PDF is protected with a password. Remove the protection and upload it again.');
    }
    throw new UnreadableError('The PDF is damaged and cannot be read.');
  }
}

/** A row is a fact of its own: each becomes a block that names its columns. */
async function csvToMarkdown(text: string): Promise<string> {
  const { parse: parseCsv } = await import('csv-parse/sync');
  const firstLine = text.slice(0, 10_000).split('\n')[0] ?? '';
  const count = (delimiter: string) => firstLine.split(delimiter).length;
  const delimiter = [',', ';', '\t', '|'].reduce((best, next) => (count(next) > count(best) ? next : best));
  let rows: string[][];
  try {
    rows = parseCsv(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    throw new UnreadableError(`The CSV cannot be read: ${message(error)}.`);
  }
  const [head = [], ...body] = rows;
  if (body.length === 0) return head.filter((cell) => cell.trim()).join(' · ');
  const cellText = (cell: string) => cell.replace(/\r\n?/g, '\n').trim();
  return body
    .map((row) =>
      row
        .map((cell, column) => ({ name: cellText(head[column] ?? `Column ${column + 1}`), value: cellText(cell) }))
        .filter(({ value }) => value !== '')
        .map(({ name, value }) =>
          name ? `**${name.replaceAll('\n', ' ')}:** ${value.replace(/\n{2,}/g, '\n')}` : value,
        )
        .join('  \n'),
    )
    .filter((block) => block !== '')
    .join('\n\n');
}

/** The content as markdown. Throws UnreadableError. May take long or much memory for hostile content: run it in a thread. */
export async function toMarkdown(source: Source): Promise<string> {
  if (source.format === 'pdf' || source.format === 'docx') {
    if (!('bytes' in source)) throw new UnreadableError('The file is missing.');
    return source.format === 'pdf' ? pdfToMarkdown(source.bytes) : docxToMarkdown(source.bytes);
  }
  const text = ('text' in source ? source.text : decodeText(source.bytes))
    .replace(/^\uFEFF/, '')
    .replaceAll('\u0000', '');
  switch (source.format) {
    case 'markdown':
      return text.replace(/\r\n?/g, '\n');
    case 'text':
      return textToMarkdown(text);
    case 'html':
      return htmlToMarkdown(text);
    case 'csv':
      return csvToMarkdown(text);
  }
}
