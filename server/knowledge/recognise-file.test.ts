import { expect, test } from 'vitest';
import { uploadBytesMax } from '../../protocol/knowledge.ts';
import { recogniseFile } from './recognise-file.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const refusal = (name: string, content: Uint8Array) => {
  try {
    recogniseFile(name, content);
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each([
  ['manual.PDF', '%PDF-1.7\n', 'pdf'],
  ['letter.docx', 'PK\x03\x04 word/document.xml', 'docx'],
  ['readme.md', '# Hi', 'markdown'],
  ['page.htm', '<p>Hi', 'html'],
  ['notes.txt', 'Hi', 'text'],
  ['prices.csv', 'a,b', 'csv'],
])('%s is taken for what it is', (name, content, format) => {
  expect(recogniseFile(name, bytes(content)).format).toBe(format);
});

test.each([
  ['an unknown type', 'setup.exe', 'MZ', 'unsupported_media_type', /\.exe files are not taken/],
  ['no extension', 'README', 'Hi', 'unsupported_media_type', /without an extension/],
  ['an empty file', 'a.txt', '', 'unprocessable', /is empty/],
  ['a PDF that is none', 'a.pdf', 'hello', 'unprocessable', /is not a PDF/],
  ['a Word file that is none', 'a.docx', 'hello', 'unprocessable', /is not a Word document/],
  ['another zip', 'a.docx', 'PK\x03\x04 photos/1.jpg', 'unprocessable', /is not a Word document/],
  ['an encrypted Word file', 'a.docx', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'unprocessable', /password-protected/],
  ['a picture named .txt', 'a.txt', '\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR', 'unprocessable', /not text/],
  ['a PDF named .md', 'a.md', '%PDF-1.4', 'unprocessable', /not text/],
])('%s is refused, and the refusal says why', (_name, name, content, code, message) => {
  expect(refusal(name, bytes(content))).toMatchObject({ code, publicMessage: expect.stringMatching(message) });
});

test('a file that is too large is refused', () => {
  expect(refusal('a.txt', new Uint8Array(uploadBytesMax + 1))).toMatchObject({ code: 'payload_too_large' });
});
