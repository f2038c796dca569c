import { uploadBytesMax } from '../../protocol/knowledge.ts';
import { AppError } from '../errors.ts';
import type { SourceFormat } from './to-markdown.ts';

export type RecognisedFile = { format: SourceFormat; mediaType: string };

const types: Record<string, RecognisedFile> = {
  pdf: { format: 'pdf', mediaType: 'application/pdf' },
  docx: { format: 'docx', mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' },
  md: { format: 'markdown', mediaType: 'text/markdown' },
  markdown: { format: 'markdown', mediaType: 'text/markdown' },
  html: { format: 'html', mediaType: 'text/html' },
  htm: { format: 'html', mediaType: 'text/html' },
  txt: { format: 'text', mediaType: 'text/plain' },
  text: { format: 'text', mediaType: 'text/plain' },
  csv: { format: 'csv', mediaType: 'text/csv' },
};

const unreadable = (publicMessage: string) => new AppError('unprocessable', { publicMessage });
const startsWith = (bytes: Uint8Array, ...signature: number[]) => signature.every((byte, at) => bytes[at] === byte);
const isZip = (bytes: Uint8Array) => startsWith(bytes, 0x50, 0x4b, 0x03, 0x04);
/** The older Office container; Word also wraps password-protected .docx files in it. */
const isOle = (bytes: Uint8Array) => startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0);
const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** A few producers write something before the mark, or lose it; readers then go by the table at the end. */
const isPdf = (bytes: Uint8Array) =>
  asBuffer(bytes.subarray(0, 1_024)).includes('%PDF-') || asBuffer(bytes.subarray(-2_048)).includes('startxref');

function checkDocx(name: string, bytes: Uint8Array): void {
  if (isOle(bytes))
    throw unreadable(`${name} is password-protected or an old .doc file. Save it as .docx without a password.`);
  if (!isZip(bytes) || !asBuffer(bytes).includes('word/')) {
    throw unreadable(`${name} is named .docx, but is not a Word document.`);
  }
}

function checkText(name: string, extension: string, bytes: Uint8Array): void {
  const isUtf16 = startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff);
  const isBinary =
    isZip(bytes) ||
    isOle(bytes) ||
    startsWith(bytes, 0x25, 0x50, 0x44, 0x46) ||
    (!isUtf16 && bytes.subarray(0, 8_192).includes(0));
  if (isBinary) throw unreadable(`${name} is named .${extension}, but its content is not text.`);
}

/**
 * What a file is, by its name and its first bytes. Throws AppError: `unsupported_media_type` for a type that is not taken,
 * `payload_too_large`, and `unprocessable` where the content is not what the name says.
 */
export function recogniseFile(name: string, bytes: Uint8Array): RecognisedFile {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const type = types[extension];
  if (!type) {
    throw new AppError('unsupported_media_type', {
      publicMessage: `${extension ? `.${extension} files are` : 'A file without an extension is'} not taken. Upload a pdf, docx, md, html, txt or csv file.`,
    });
  }
  if (bytes.byteLength > uploadBytesMax) throw fileTooLarge();
  if (bytes.byteLength === 0) throw unreadable(`${name} is empty.`);
  if (type.format === 'pdf') {
    if (!isPdf(bytes)) throw unreadable(`${name} is named .pdf, but is not a PDF.`);
  } else if (type.format === 'docx') checkDocx(name, bytes);
  else checkText(name, extension, bytes);
  return type;
}

export const fileTooLarge = () =>
  new AppError('payload_too_large', { publicMessage: `A file has at most ${uploadBytesMax / 1024 / 1024} MB.` });
