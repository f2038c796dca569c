/*
 * The parts of a sentence that are either right or wrong: numbers with their unit or currency, e-mail addresses, URLs.
 * They are compared as normal forms: "$1,000.00", "1000 dollars" and "US$1000" are all "$1000".
 */

const numberWords: Record<string, string> = {
  two: '2', three: '3', four: '4', five: '5', six: '6', seven: '7', eight: '8', nine: '9', ten: '10', eleven: '11', twelve: '12',
  thirteen: '13', fourteen: '14', fifteen: '15', sixteen: '16', seventeen: '17', eighteen: '18', nineteen: '19', twenty: '20',
  thirty: '30', forty: '40', fifty: '50', sixty: '60', seventy: '70', eighty: '80', ninety: '90', hundred: '100',
}; // biome-ignore format: a table

const currencies: [RegExp, string][] = [
  [/^(?:us\$|\$|usd|dollars?)$/, '$'],
  [/^(?:€|eur|euros?)$/, '€'],
  [/^(?:£|gbp|pounds?|quid)$/, '£'],
];
const timeUnits = /^(second|minute|hour|day|week|month|year|night)s?$/;

const email = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;
const url = /\b(?:https?:\/\/|www\.)[^\s<>()[\]"'`]+/g;
const currencySign = String.raw`us\$|[$€£]`;
const unitWord =
  '%|per ?cent|[$€£]|usd|eur|gbp|dollars?|euros?|pounds?|quid|(?:(?:business|working|calendar|full) )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|nights?)';
/** A number has an end: without one, each digit of a long row of them would be read as a beginning. */
const range = new RegExp(
  String.raw`(${currencySign})?\s?(\d[\d.,]{0,30})\s*(?:-|–|—|to|and|or)\s*(${currencySign})?\s?(\d[\d.,]{0,30})(?:[\s-]*(${unitWord})(?![a-z]))?`,
  'g',
);
const amount = new RegExp(String.raw`(${currencySign})?\s?(\d+(?:[.,:]\d+)*)(?:[\s-]*(${unitWord})(?![a-z]))?`, 'g');

function normalNumber(text: string): string {
  const plain = text.replace(/[.,:]+$/, '');
  // "1,000" and "1.000" are thousands; "9.50" and "9,50" are not
  const joined = /^\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?$/.test(plain)
    ? plain.replace(/[.,](?=\d{3}(?:\D|$))/g, '')
    : plain;
  return joined
    .replace(',', '.')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace(/^0+(?=\d)/, '');
}

function normalUnit(unit: string | undefined): string | undefined {
  if (!unit) return undefined;
  const last = unit.trim().split(' ').at(-1) ?? '';
  if (last === '%' || last.endsWith('cent')) return '%';
  const currency = currencies.find(([pattern]) => pattern.test(last))?.[1];
  return currency ?? timeUnits.exec(last)?.[1];
}

const prepare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\bone(?=[ -](?:second|minute|hour|day|week|month|year|night))/g, '1')
    .replace(/\b[a-z]+\b/g, (word) => numberWords[word] ?? word);

export type HardFacts = {
  links: Set<string>;
  numbers: Set<string> /** With unit or currency: `30 day`, `$9.5`, `20 %`. */;
  amounts: Set<string>;
};

/** Everything hard in a text. A range ("14–30 days") holds both its ends, each with the unit. */
export function hardFactsOf(text: string): HardFacts {
  const links = new Set<string>();
  let rest = text.replace(/^[^\S\n]*(?:[-*+•]|\d{1,3}[.)])[^\S\n]+/gm, '');
  for (const pattern of [email, url]) {
    rest = rest.replace(pattern, (link) => {
      links.add(
        link
          .toLowerCase()
          .replace(/^https?:\/\/(?:www\.)?|^www\./, '')
          .replace(/[.,;:!?/]+$/, ''),
      );
      return ' ';
    });
  }
  const plain = prepare(rest);
  const numbers = new Set<string>();
  const amounts = new Set<string>();
  const add = (sign: string | undefined, digits: string | undefined, unit: string | undefined) => {
    if (!digits) return;
    const value = normalNumber(digits);
    numbers.add(value);
    const measure = normalUnit(sign) ?? normalUnit(unit);
    if (measure) amounts.add(`${value} ${measure}`);
  };
  for (const [, signA, a, signB, b, unit] of plain.matchAll(range)) {
    add(signA ?? signB, a, unit);
    add(signB ?? signA, b, unit);
  }
  for (const [, sign, digits, unit] of plain.matchAll(amount)) add(sign, digits, unit);
  return { links, numbers, amounts };
}

/**
 * Whether the source bears out every hard fact of the claim. A number that the customer named themselves may be repeated beside
 * one of the source's own ("after 45 days it is too late: the limit is 30"), but not stand alone.
 */
export function factsHold(claim: HardFacts, source: HardFacts, asked: HardFacts): boolean {
  for (const link of claim.links) if (!source.links.has(link)) return false;
  let borrowed = 0;
  let own = 0;
  for (const value of claim.numbers) {
    if (source.numbers.has(value)) own += 1;
    else if (asked.numbers.has(value)) borrowed += 1;
    else return false;
  }
  for (const value of claim.amounts) {
    if (!source.amounts.has(value) && !asked.amounts.has(value)) return false;
  }
  return borrowed === 0 || own > 0;
}

export const hasFacts = (facts: HardFacts): boolean => facts.numbers.size > 0 || facts.links.size > 0;
