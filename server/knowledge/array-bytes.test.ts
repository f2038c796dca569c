import { expect, test } from 'vitest';
import { arrayBytes, intArray, listsOf, textArray, uuidArray } from './array-bytes.ts';

test('an array holds its elements with their lengths', () => {
  expect(arrayBytes(9, [Buffer.from([1, 2]), Buffer.from([3])]).toString('hex')).toBe(
    '00000001' + '00000000' + '00000009' + '00000002' + '00000001' + '00000002' + '0102' + '00000001' + '03',
  );
  expect(arrayBytes(9, []).toString('hex')).toBe('000000000000000000000009');
});

test('an array of numbers holds them with their lengths, and nothing for what is null', () => {
  expect(intArray([1, null, -2]).toString('hex')).toBe(
    '00000001' +
      '00000001' +
      '00000017' +
      '00000003' +
      '00000001' +
      '0000000400000001' +
      'ffffffff' +
      '00000004fffffffe',
  );
  expect(intArray([]).toString('hex')).toBe('000000000000000000000017');
});

test('an array of texts holds their bytes, and one of ids sixteen for each', () => {
  expect(textArray(['é']).toString('hex')).toBe('0000000100000000000000190000000100000001' + '00000002c3a9');
  const id = '01a214dd-2fc4-737e-945d-6e9f9231c387';
  expect(uuidArray([id]).toString('hex').slice(-40)).toBe(`00000010${id.replaceAll('-', '')}`);
});

test('lists stand one behind the other, an empty one between its neighbours', () => {
  expect(listsOf([[7, 8], [], null, [9]])).toEqual({
    all: [7, 8, 9],
    from: intArray([1, 3, null, 3]),
    to: intArray([2, 2, null, 3]),
  });
});
