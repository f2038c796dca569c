/** The console speaks English; dates and numbers follow the reader's kind of English, in the reader's zone. */
const locale = typeof navigator !== 'undefined' && navigator.language.startsWith('en') ? navigator.language : 'en';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const unit = (name: 'second' | 'minute' | 'hour' | 'day') =>
  new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
const units = { second: unit('second'), minute: unit('minute'), hour: unit('hour'), day: unit('day') };
const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const dayMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const fullDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const longDay = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' });

/** The calendar day in the reader's zone. */
export function dayKey(date: Date): string {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

const daysBetween = (from: Date, to: Date) =>
  Math.round((startOfDay(to).getTime() - startOfDay(from).getTime()) / dayMs);

function startOfDay(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

/** Short, for lists: "now", "4 min", "14:20", "Yesterday", "Tue", "3 Mar", "3 Mar 2024". */
export function shortTime(iso: string, now: Date): string {
  const date = new Date(iso);
  const ago = now.getTime() - date.getTime();
  if (ago < minuteMs) return 'now';
  if (ago < hourMs) return units.minute.format(Math.floor(ago / minuteMs));
  const days = daysBetween(date, now);
  if (days === 0) return clock.format(date);
  if (days === 1) return 'Yesterday';
  if (days < 7) return weekday.format(date);
  return date.getFullYear() === now.getFullYear() ? dayMonth.format(date) : fullDay.format(date);
}

/** In a sentence: "just now", "4 min ago", "3 hr ago", then the day. */
export function timeAgo(iso: string, now: Date): string {
  const ago = now.getTime() - Date.parse(iso);
  if (ago < minuteMs) return 'just now';
  return ago < dayMs ? `${duration(ago)} ago` : fullDay.format(new Date(iso));
}

/** How long: the largest unit alone, as one reads it at a glance. */
export function duration(ms: number): string {
  if (ms < minuteMs) return units.second.format(Math.max(0, Math.floor(ms / 1000)));
  if (ms < hourMs) return units.minute.format(Math.floor(ms / minuteMs));
  return ms < dayMs ? units.hour.format(Math.floor(ms / hourMs)) : units.day.format(Math.floor(ms / dayMs));
}

/** Between days: "Today", "Yesterday", "Monday, 3 March", with the year when it is another one. */
export function dayName(iso: string, now: Date): string {
  const date = new Date(iso);
  const days = daysBetween(date, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return date.getFullYear() === now.getFullYear() ? longDay.format(date) : fullDay.format(date);
}

export const clockTime = (iso: string): string => clock.format(new Date(iso));
export const exactTime = (iso: string): string => exact.format(new Date(iso));

/** "in 2 hr", "tomorrow, 9:00", for what lies ahead. */
export function untilTime(iso: string, now: Date): string {
  const date = new Date(iso);
  const days = daysBetween(now, date);
  if (date.getTime() <= now.getTime()) return 'now';
  if (days === 0) return `today, ${clock.format(date)}`;
  if (days === 1) return `tomorrow, ${clock.format(date)}`;
  return `${dayMonth.format(date)}, ${clock.format(date)}`;
}

export const number = (value: number, digits = 0): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
const list = new Intl.ListFormat(locale, { type: 'conjunction' });
/** "title", "title and text". */
export const listed = (words: string[]): string => list.format(words);
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
/** "1st", "2nd", "13th". */
export const ordinal = (value: number): string => `${number(value)}${endings[ordinals.select(value)] ?? 'th'}`;
export const percent = (value: number): string => new Intl.NumberFormat(locale, { style: 'percent' }).format(value);
export const score = (value: number): string =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
export const dollars = (value: number): string =>
  new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 }).format(value);
const fewBytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' });
/** "46 bytes", "3 kB", "1.2 MB". */
export function bytes(value: number): string {
  if (value < 1000) return fewBytes.format(value);
  return value < 999_500 ? `${number(value / 1000)} kB` : `${number(value / 1_000_000, 1)} MB`;
}
export const milliseconds = (value: number): string =>
  value < 1000 ? `${number(value)} ms` : `${number(value / 1000, 2)} s`;
