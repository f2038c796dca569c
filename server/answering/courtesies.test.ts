import { expect, test } from 'vitest';
import { withoutCourtesies } from './courtesies.ts';

test.each([
  ['Hi there! Can I pay cash on delivery?', 'Can I pay cash on delivery?'],
  ['hi can I pay by card', 'can I pay by card'],
  ['hello, i hope you are well. my jacket is too small', 'my jacket is too small'],
  ['good morning, quick question: can i pay by bank transfer?', 'can i pay by bank transfer?'],
  ['Dear team, I hope this message finds you well. Where is it? Many thanks in advance!', 'Where is it?'],
  ['Sorry to bother you again, but where is my parcel', 'but where is my parcel'],
])('of "%s" the question is left', (text, question) => {
  expect(withoutCourtesies(text)).toBe(question);
});

test.each(['Hello', 'Thank you', 'How do I get a thank you card', 'high boots', 'hope springs', ''])(
  '"%s" stays as it is',
  (text) => {
    expect(withoutCourtesies(text)).toBe(text);
  },
);
