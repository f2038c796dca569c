import { words as en, type Words } from '../words/en.ts';

/** By language; what is missing falls back to English. */
const languages: Readonly<Record<string, Words>> = { en };

export type Speech = {
  words: Words;
  number(value: number): string;
  time(iso: string): string;
  exact(iso: string): string;
  day(iso: string): string;
  ago(iso: string): string;
  duration(seconds: number): string;
};

const dayMs = 86_400_000;
const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** Words, numbers and times for a locale, or for the browser's. Words and dates are in one language; the clock is the reader's. */
export function createSpeech(locale: string): Speech {
  const wanted = supported(locale) ?? supported(navigator.language) ?? 'en';
  const words = languages[new Intl.Locale(wanted).language] ?? en;
  const spoken = new Intl.Locale(wanted).language === words.language ? wanted : words.language;
  const { hourCycle } = new Intl.DateTimeFormat(wanted, { hour: 'numeric' }).resolvedOptions();
  const clock = new Intl.DateTimeFormat(spoken, { hour: 'numeric', minute: '2-digit', hourCycle });
  const full = new Intl.DateTimeFormat(spoken, { dateStyle: 'full', timeStyle: 'short', hourCycle });
  const date = new Intl.DateTimeFormat(spoken, { weekday: 'long', day: 'numeric', month: 'long' });
  const relative = new Intl.RelativeTimeFormat(spoken, { numeric: 'auto', style: 'short' });
  const number = new Intl.NumberFormat(spoken);

  function unit(value: number, name: 'second' | 'minute' | 'hour'): string {
    return new Intl.NumberFormat(spoken, {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'second' ? 'narrow' : 'short',
    }).format(value);
  }
  return {
    words,
    number: (value) => number.format(value),
    time: (iso) => clock.format(new Date(iso)),
    exact: (iso) => full.format(new Date(iso)),
    day(iso) {
      const daysAgo = Math.round((startOfDay(new Date()) - startOfDay(new Date(iso))) / dayMs);
      if (daysAgo === 0) return words.today;
      return daysAgo === 1 ? words.yesterday : date.format(new Date(iso));
    },
    ago(iso) {
      const minutes = Math.round((new Date(iso).getTime() - Date.now()) / 60_000);
      if (minutes > -1) return relative.format(0, 'second');
      if (minutes > -60) return relative.format(Math.min(0, minutes), 'minute');
      if (minutes > -24 * 60) return relative.format(Math.round(minutes / 60), 'hour');
      return relative.format(Math.round(minutes / (24 * 60)), 'day');
    },
    duration(seconds) {
      if (seconds < 60) return unit(Math.max(1, Math.ceil(seconds)), 'second');
      return seconds < 5_400 ? unit(Math.round(seconds / 60), 'minute') : unit(Math.round(seconds / 3_600), 'hour');
    },
  };
}

function supported(locale: string): string | undefined {
  try {
    return locale === 'auto' ? undefined : Intl.DateTimeFormat.supportedLocalesOf(locale)[0];
  } catch {
    return undefined;
  }
}
