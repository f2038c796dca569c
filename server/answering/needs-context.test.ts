import { expect, test } from 'vitest';
import { needsContext } from './needs-context.ts';

const history = [
  { role: 'customer' as const, body: 'How do I return boots?' },
  { role: 'assistant' as const, body: 'Within 30 days.' },
];

test.each([
  'And for shoes?',
  'How long does it take?',
  'What about refunds for orders that I placed from another country last year',
  'Is the same true for gift cards that somebody else bought for me',
  'Germany',
])('%s may mean more than it says', (question) => {
  expect(needsContext(question, history)).toBe(true);
  expect(needsContext(question, [])).toBe(false);
  expect(needsContext(question, [{ role: 'assistant', body: 'Hello' }])).toBe(false);
});

test.each([
  'Where can I change the delivery address of an order before my parcel leaves?',
  '???',
  'The parcel broke and it leaks. '.repeat(20),
])('%s says itself what it means', (question) => {
  expect(needsContext(question, history)).toBe(false);
});
