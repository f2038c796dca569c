import type { FrameSettings } from '../bridge.ts';

export type Settings = FrameSettings & { inboxKey: string };

const rightToLeft = /^(ar|he|fa|ur|ps|sd|yi|dv|ckb|ug)\b/i;

/** What the page gives, over what is known already; nothing without an inbox key. */
export function readSettings(known: unknown, given: unknown): Settings | undefined {
  const values: Record<string, unknown> = Object.assign({}, known, given);
  const text = (key: string) => (values[key] ? `${values[key]}` : undefined);
  const inboxKey = text('inboxKey');
  const locale = text('locale') ?? 'auto';
  const pageDir = getComputedStyle(document.documentElement).direction;
  const dir = locale === 'auto' ? pageDir : rightToLeft.test(locale) ? 'rtl' : 'ltr';
  return inboxKey
    ? {
        inboxKey,
        userJwt: text('userJwt'),
        locale,
        colorScheme: text('colorScheme') ?? 'auto',
        dir,
      }
    : undefined;
}
