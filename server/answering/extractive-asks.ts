import type { Atom } from './extractive-atoms.ts';

/** What kind of answer a question asks for, where its words tell. */
export type Ask = 'money' | 'time' | 'number' | 'steps' | 'place';

const asks: [Ask, RegExp][] = [
  ['money', /\bhow much\b|\b(?:costs?|prices?|fees?|charges?|deposit|expensive|pay for)\b/i],
  ['time', /\bhow (?:long|soon|quickly|fast|often)\b|\bwhen\b|\bby what (?:date|time)\b|\bopening (?:hours|times)\b/i],
  ['number', /\bhow (?:many|old|big|large|heavy|tall|high|far)\b|\b(?:what|which) (?:size|number|percentage)\b/i],
  ['steps', /\bhow (?:do|can|could|would|should|to)\b/i],
  ['place', /\bwhere\b/i],
];

const amount = /[€$£]\s?\d|\d\s?(?:[€$£%]|euros?\b|dollars?\b|usd\b|eur\b)|\bfree\b|\bno (?:fee|charge)\b/i;
const duration =
  /\d[\s-]*(?:working |business |calendar )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b|\d{1,2}:\d{2}|\bsame day\b|\bat once\b|\bimmediately\b/i;
const direction = /\bunder \*\*|\bgo to\b|\bopen\b|\bselect\b|\bclick\b|\baddress\b|\b\d{5}\b/i;
const instruction =
  /(?:^|[.:!?]\s+)(?:go|open|select|choose|click|enter|sign|log|press|tap|check|write|send|contact|use|add|turn|set)\b/i;

export const asksOf = (question: string): Ask[] =>
  asks.flatMap(([ask, pattern]) => (pattern.test(question) ? [ask] : []));

/** Whether the text is of the kind that was asked for: a price for "how much", steps for "how do I". */
export function fits(ask: Ask, atoms: Atom[]): boolean {
  const has = (pattern: RegExp) => atoms.some(({ text }) => pattern.test(text));
  switch (ask) {
    case 'money':
      return has(amount);
    case 'time':
      return has(duration);
    case 'number':
      return has(/\d/);
    case 'steps':
      return atoms.some(({ kind }) => kind === 'steps') || has(instruction);
    case 'place':
      return has(direction);
  }
}
