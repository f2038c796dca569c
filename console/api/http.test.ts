import { expect, it } from 'vitest';
import { mayRetry, offlineError, toApiError } from './http.ts';

it('offers another attempt where it may succeed, not where the server said what is wrong', () => {
  const answered = (status: number) => mayRetry(toApiError(status, '', null));
  for (const status of [401, 408, 429, 500, 503]) expect(answered(status), String(status)).toBe(true);
  for (const status of [400, 403, 413, 415, 422]) expect(answered(status), String(status)).toBe(false);
  expect(mayRetry(offlineError())).toBe(true);
  expect(mayRetry(new Error('unexpected'))).toBe(true);
});
