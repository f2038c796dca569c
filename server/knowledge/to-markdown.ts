import { titleText, toTitle } from './own-title.ts';
import { unpacksWithinLimit } from './unpacked-size.ts';

// what reads a format is loaded with its first document: together the readers take longer to load than most documents to read

export type SourceFormat = 'markdown' | 'html' | 'text' | 'pdf' | 'docx' | 'csv';
/** `title`: what the file says it is called, beside its headings. */
export type ReadSource = { markdown: string; title?: string | undefined };
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

/** The text of what stands in an element, which may hold marks and entities. */
const titleOfHtml = async (inner: string | undefined) =>
  inner === undefined ? undefined : titleText(await htmlToMarkdown(`<p>${inner}</p>`));

/** With the <title> of its head: a drawing further down may have one too. */
async function readHtml(html: string): Promise<ReadSource> {
  const head = html.slice(0, 100_000).split(/<(?:body|svg)[\s>]/i, 1)[0] ?? '';
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(head)?.[1];
  return { markdown: await htmlToMarkdown(html), title: await titleOfHtml(title) };
}

/** Without its front matter, the lines of YAML between two `---` at its beginning. */
async function readMarkdownFile(text: string): Promise<ReadSource> {
  const markdown = text.replace(/\r\n?/g, '\n');
  const matter = /^---\n([\s\S]*?)\n---[ \t]*(?:\n|$)/.exec(markdown);
  if (!matter) return { markdown };
  const { parse: parseYaml } = await import('yaml');
  let values: unknown;
  try {
    // warnings would say in the log what is written there
    values = parseYaml(matter[1] ?? '', { logLevel: 'error' });
  } catch {
    // two rules with text between them
    return { markdown };
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return { markdown };
  const title = 'title' in values && typeof values.title === 'string' ? toTitle(values.title) : undefined;
  return { markdown: markdown.slice(matter[0].length), title };
}

/** Plain text is not markdown: what would begin a heading, a quote or a fence there is escaped. */
function textToMarkdown(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replace(/^\s{4,}|^\t+/, '').replace(/^(\s*)(#{1,6}\s|>|```|~~~|={3,}|-{3,})/, '$1\\$2'))
    .join('\n');
}

/** Word's own style for the title, whatever it is called in the writer's language. */
const titleStyle = ["p[style-name='Title'] => h1.title:fresh", 'p.Title => h1.title:fresh'];

async function readDocx(bytes: Uint8Array): Promise<ReadSource> {
  if (!unpacksWithinLimit(bytes)) {
    throw new UnreadableError('The Word document is damaged, or far too large once it is unpacked.');
  }
  const { default: mammoth } = await import('mammoth');
  try {
    const ignoreImages = mammoth.images.imgElement(async () => ({ src: '' }));
    const options = { convertImage: ignoreImages, styleMap: titleStyle };
    const { value } = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) }, options);
    const title = /<h1 class="title">(.*?)<\/h1>/s.exec(value)?.[1];
    return { markdown: await htmlToMarkdown(value), title: await titleOfHtml(title) };
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
export async function readSource(source: Source): Promise<ReadSource> {
  if (source.format === 'pdf' || source.format === 'docx') {
    if (!('bytes' in source)) throw new UnreadableError('The file is missing.');
    return source.format === 'pdf' ? { markdown: await pdfToMarkdown(source.bytes) } : readDocx(source.bytes);
  }
  const text = ('text' in source ? source.text : decodeText(source.bytes))
    .replace(/^\uFEFF/, '')
    .replaceAll('\u0000', '');
  switch (source.format) {
    case 'markdown':
      return 'bytes' in source ? readMarkdownFile(text) : { markdown: text.replace(/\r\n?/g, '\n') };
    case 'text':
      return { markdown: textToMarkdown(text) };
    case 'html':
      return readHtml(text);
    case 'csv':
      return { markdown: await csvToMarkdown(text) };
  }
}
