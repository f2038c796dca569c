import type { KeyValue } from '../storage.ts';

const tokenKey = 'token';
const draftPrefix = 'draft:';

/** Everything kept about the customer on this browser, for one inbox. */
export const readToken = (storage: KeyValue) => storage.get(tokenKey);
export const writeToken = (storage: KeyValue, token: string) => storage.set(tokenKey, token);

export function forgetCustomer(storage: KeyValue): void {
  for (const key of storage.keys()) storage.remove(key);
}

export const readDraft = (storage: KeyValue, target: string) => storage.get(draftPrefix + target) ?? '';

export function writeDraft(storage: KeyValue, target: string, text: string): void {
  if (text === '') storage.remove(draftPrefix + target);
  else storage.set(draftPrefix + target, text);
}
