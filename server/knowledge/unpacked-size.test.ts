import { expect, it } from 'vitest';
import { makeDocx } from '../../test/support/make-files.ts';
import { unpacksWithinLimit } from './unpacked-size.ts';

const docx = makeDocx('Herons', ['Herons pay half. '.repeat(5_000)]);

it('takes a Word file whose text stays below the limit', () => {
  expect(unpacksWithinLimit(docx)).toBe(true);
});

it('refuses one that unpacks into more', () => {
  expect(unpacksWithinLimit(docx, 50_000)).toBe(false);
});

it('does not believe what the file says of its own sizes', () => {
  const lying = Buffer.from(docx);
  for (let at = lying.indexOf('PK\u0001\u0002'); at !== -1; at = lying.indexOf('PK\u0001\u0002', at + 4)) {
    lying.writeUInt32LE(1, at + 24);
  }
  expect(unpacksWithinLimit(lying, 50_000)).toBe(false);
});

it('refuses what is no zip archive, or points outside of itself', () => {
  expect(unpacksWithinLimit(Buffer.from('no archive'))).toBe(false);
  expect(unpacksWithinLimit(docx.subarray(0, docx.length - 30))).toBe(false);
  const astray = Buffer.from(docx);
  astray.writeUInt32LE(0xfffffff0, astray.lastIndexOf('PK\u0005\u0006') + 16);
  expect(unpacksWithinLimit(astray)).toBe(false);
});
