import { analyzerFor, type Token } from './analyze.ts';
import { countryNames } from './common-words.ts';

/*
 * English words that customers write for one another, as they are common to help centres of any kind, and forms of one word that
 * the stemmer does not bring together. Each word stands in one group at most: what means several things ("charge", "post", "check")
 * is left out.
 */
const groups = `
deliver delivery ship shipping shipment dispatch postage
parcel package
shop store
pay paid payment
cost price fee
refund reimburse reimbursement
cancel cancellation terminate
buy bought purchase
sell sold sale
send sent
delete remove removal erase
broken break broke damaged faulty defective
lose lost loss
steal stole stolen
forget forgot forgotten
choose chose choice
wear wore worn
renew renewal
arrive arrival
fail failure
email mail
phone telephone mobile
coupon voucher discount
invoice bill
warranty guarantee
exchange swap
late delay
repair fix mend
photo picture image
website site
expire expiry valid validity
member membership
subscribe subscription
job hiring career vacancy
colour color
grey gray
licence license
centre center
litre liter
metre meter
catalogue catalog
`;

/** What several words say together, and the words that say the same. */
const phrases: [RegExp, string][] = [
  [/\bhow much\b/i, 'cost price'],
  [/\b(?:send|give|bring|take)s?\b(?:\W+\w+){0,3}\W+back\b/i, 'return'],
  [/\bmoney back\b/i, 'refund'],
  [/\blog(?:ged|ging)?[ -]?(?:in|on)\b|\bsign(?:ed|ing)?[ -]?in\b/i, 'login sign log'],
  [/\b(?:uk|britain|england|scotland|wales)\b/i, 'united kingdom country'],
  [/\b(?:usa|america)\b/i, 'united states country'],
];

const wordsOf = (line: string) => line.split(' ').filter((word) => word !== '');

async function read() {
  const analyze = await analyzerFor('en');
  const stemsOf = (text: string) => [...new Set(analyze(text).map(({ term }) => term))];
  const group = new Map<number, number[]>();
  for (const line of groups.split('\n')) {
    const stems = stemsOf(line);
    for (const stem of stems) group.set(stem, stems);
  }
  return {
    group,
    phrases: phrases.map(([pattern, words]) => ({ pattern, stems: wordsOf(words).flatMap(stemsOf) })),
    country: stemsOf('country'),
    countries: countryNames(),
  };
}

let reading: ReturnType<typeof read> | undefined;
function known(): ReturnType<typeof read> {
  reading ??= read();
  return reading;
}

/** Stems that say the same as a text, each with the stems of the text that it stands for: none where it stands for a phrase. */
export async function otherStems(text: string, tokens: Token[]): Promise<Map<number, number[]>> {
  const { group, phrases, country, countries } = await known();
  const said = new Set(tokens.map(({ term }) => term));
  const others = new Map<number, number[]>();
  const add = (stems: number[], standsFor: number[]) => {
    for (const stem of stems) if (!said.has(stem)) others.set(stem, [...(others.get(stem) ?? []), ...standsFor]);
  };
  for (const term of said) add(group.get(term) ?? [], [term]);
  for (const { pattern, stems } of phrases) if (pattern.test(text)) add(stems, []);
  const named = new Set(tokens.filter(({ word }) => countries.has(word)).map(({ term }) => term));
  if (named.size > 0) add(country, [...named]);
  return others;
}

/** One stem for all of a group: texts that are read so are alike where they say the same in other words. */
export async function sameStem(): Promise<(stem: number) => number> {
  const { group } = await known();
  return (stem) => group.get(stem)?.[0] ?? stem;
}
