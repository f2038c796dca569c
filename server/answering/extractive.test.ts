import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchResult } from '../../protocol/knowledge.ts';
import { newId } from '../ids.ts';
import { analyzerFor } from '../knowledge/analyze.ts';
import { extractPassage, piecesOf, quoteWithMarker } from './extractive.ts';

const analyze = await analyzerFor('en');
const result = (text: string, score = 1): SearchResult => ({
  documentId: newId(),
  externalId: null,
  chunkId: newId(),
  title: 'Title',
  url: null,
  headingPath: [],
  text,
  score,
  lexical: score,
  semantic: score,
});
const extract = (question: string, ...results: SearchResult[]) =>
  extractPassage({ question, query: question, results }, analyze)?.quote;

describe('extractPassage', () => {
  it('takes what answers, not what stands under other headings', () => {
    const text =
      'We sell tents.\n\n## Pegs\n\nA tent peg made of titanium weighs nine grams.\n\n## Shop\n\nIt opened long ago in a small town.';
    expect(extract('How heavy is a titanium peg?', result(text))).toBe(
      'A tent peg made of titanium weighs nine grams.',
    );
  });

  it('takes another chunk of the best article where that says more', () => {
    const documentId = newId();
    const first = { ...result('A nylon pole has length and weight, says Anna.', 1), documentId };
    const further = { ...result('A titanium peg costs nine euros, wide or narrow.', 0.4), documentId };
    const asked = 'nylon pole length weight titanium peg euros wide narrow';
    expect(extract(asked, first, further)).toBe(further.text);
  });

  it('takes what a heading says for said by the sentences below it', () => {
    const headed = '## Pegs, poles, ropes and stoves of titanium\n\nEach weighs nine grams.';
    const text = `${headed}\n\n## Sand\n\nUse titanium, says Anna.`;
    expect(extract('Titanium?', result(text))).toBe('Each weighs nine grams.');
  });

  it('takes a list of steps whole, with the sentence that leads in', () => {
    const steps =
      'To change your e-mail address:\n\n1. Open your account\n2. Choose E-mail\n3. Confirm the new address';
    expect(
      extract('Where do I confirm a new e-mail?', result(`# Account\n\nYour account is yours.\n\n${steps}\n\nDone.`)),
    ).toBe(steps);
  });

  it('looks for no word that says nothing, such as something, or whats without its apostrophe', () => {
    const text = '## Shop\n\nSomething broke, so whats next: call.\n\n## Post\n\nA return is free.';
    expect(extract('whats a return of something', result(text))).toBe('A return is free.');
  });

  it('takes a table with its head, and puts the marker below it', () => {
    const table = '| Back length | Size |\n| --- | --- |\n| 38–43 cm | S |\n| 43–48 cm | M |';
    const quote = extract('Which size for a back of 43–48 cm?', result(`${table}\n\nMore.`)) ?? '';
    expect(quote).toBe(table);
    expect(quoteWithMarker(quote, 1)).toBe(`${table}\n\n[1]`);
  });

  const password =
    'You can set a new password in two minutes.\n\n## Reset your password\n\n1. Go to **Sign in**.\n2. Select **Forgot password**.\n\n## Your account is locked\n\nAfter 8 wrong passwords it is locked. A password reset opens it.';

  it('prefers the steps under the heading that was asked for to a mention elsewhere', () => {
    expect(extract('How do I reset my password?', result(password))).toBe(
      '1. Go to **Sign in**.\n2. Select **Forgot password**.',
    );
  });

  it('never quotes across a heading', () => {
    expect(extract('When is my account locked?', result(password))).toBe(
      'After 8 wrong passwords it is locked. A password reset opens it.',
    );
  });

  it('takes what answers a question that the text asks itself, without the question', () => {
    const faq = 'Do you engrave?\nYes: up to 12 letters for 9 euros.\n\nDo you gift-wrap?\nOnly in December.';
    const other = result('Items that cannot be returned are opened ones.', 0.6);
    expect(extract('Do you engrave?', result(faq), other)).toBe('Yes: up to 12 letters for 9 euros.');
    expect(extract('Can I have it gift-wrapped?', other, result(faq))).toBe('Only in December.');
    const rows =
      '**question**: Do you engrave?  \n**answer**: Yes: up to 12 letters.\n\n**question**: Do you wrap?  \n**answer**: No.';
    expect(extract('Do you engrave?', result(rows), other)).toContain('Yes: up to 12 letters.');
  });

  it('prefers a price where a price is asked for', () => {
    const text = '## Kinds\n\nOur seamstress can repair a zip.\n\n## Workshop\n\nTo repair a zip is €35 in all.';
    expect(extract('How much is it to repair a zip?', result(text))).toBe('To repair a zip is €35 in all.');
    expect(extract('Is it possible to repair a zip?', result(text))).toBe('Our seamstress can repair a zip.');
  });

  it('leaves examples and pointers to other articles to the end', () => {
    const rule = 'A jacket sent back from France costs €5.90.';
    const text = `## Example\n\nYou live in France and send back a jacket.\n\n## Costs\n\n${rule}`;
    expect(extract('I live in France. What does sending back a jacket cost?', result(text))).toBe(rule);
  });

  it('keeps what follows in the same section, at most 120 words of it', () => {
    const sentences = Array.from({ length: 40 }, (_, at) => `Sentence ${at} says something about boots.`).join(' ');
    const quote = extract('Which boots does sentence 3 speak of?', result(sentences)) ?? '';
    expect(quote).toContain('Sentence 3 says');
    expect(quote.split(/\s+/).length).toBeGreaterThan(60);
    expect(quote.split(/\s+/).length).toBeLessThanOrEqual(120);
  });

  it('cuts a sentence that never ends', () => {
    const quote = extract('boots', result('boots with laces '.repeat(200))) ?? '';
    expect(quote.split(/\s+/)).toHaveLength(120);
  });

  it('quotes the row of a long table with the head as far as there is room', () => {
    const rows = Array.from({ length: 30 }, (_, at) => `| Item ${at} of the whole list | costs €${at} |`);
    const table = ['| Item | Price |', '| --- | --- |', ...rows].join('\n');
    expect(extract('What does item 4 cost?', result(table))).toBe(table.split('\n').slice(0, 7).join('\n'));
    expect(extract('What does item 27 cost?', result(table))).toBe(rows[27]);
  });

  it('finds nothing where no word is shared', () => {
    expect(extract('quantum chromodynamics', result('Boots must be unworn.'))).toBeUndefined();
  });

  it('quotes word for word, whatever the texts', () => {
    const text = fc
      .array(
        fc.constantFrom(
          'boots ',
          'must be unworn. ',
          '\n',
          '\n\n',
          '- item boots\n',
          '| boots | a |\n',
          '# H\n',
          'Refund? ',
          '```\n',
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const results = [result(one), result(other, 0.5)];
        const passage = extractPassage({ question: 'unworn boots refund', query: '', results }, analyze);
        if (!passage) return;
        expect(passage.quote.trim()).not.toBe('');
        expect(results.find(({ chunkId }) => chunkId === passage.source.chunkId)?.text).toContain(passage.quote);
      }),
    );
  });
});

describe('piecesOf', () => {
  it('loses nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }).filter((text) => text.trim() !== ''),
        (text) => {
          expect(piecesOf(text).join('')).toBe(text);
        },
      ),
    );
  });
});
