import { expect, test } from 'vitest';
import { withoutCourtesies } from './courtesies.ts';

test.each([
  ['Hi there! Can I pay cash on delivery?', 'Can I pay cash on delivery?'],
  ['hi can I pay by card', 'can I pay by card'],
  ['hello, i hope you are well. my jacket is too small', 'my jacket is too small'],
  ['good morning, quick question: can i pay by bank transfer?', 'can i pay by bank transfer?'],
  ['Dear team, I hope this message finds you well. Where is it? Many thanks in advance!', 'Where is it?'],
  ['Hi - I hope you are all having a great week, where is my parcel?', 'where is my parcel?'],
  ["Hope you're well! I hope you can help me. My zip broke", 'My zip broke'],
  ['Sorry to bother you again, but where is my parcel', 'but where is my parcel'],
])('of "%s" the question is left', (text, question) => {
  expect(withoutCourtesies(text)).toBe(question);
});

test.each([
  'Hello',
  'Thank you',
  'How do I get a thank you card',
  'high boots',
  'hi-vis vest?',
  'hope springs',
  'I hope you can exchange my boots, they are too small',
  'I hope you can deliver within one day, I leave on Friday',
  '',
])('"%s" stays as it is', (text) => {
  expect(withoutCourtesies(text)).toBe(text);
});

test.each([
  ['marks', `Where is it${'.'.repeat(50_000)}now`],
  ['spaces', `Where is it${' '.repeat(50_000)}now`],
  ['greetings', `${'hi '.repeat(16_000)}where is it`],
  ['thanks', `Where is it${' thanks'.repeat(7_000)}`],
])(
  '50,000 characters of %s hold nothing up',
  (_name, text) => {
    expect(withoutCourtesies(text)).toMatch(/where is it/i);
  },
  3_000,
);
