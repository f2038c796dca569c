import { expect, it } from 'vitest';
import { changesOf, emptyArticle, isChanged, problemsOf } from './article.ts';

it('sends only what changed in an article', () => {
  const saved = { ...emptyArticle, title: 'Returns', body: 'Text', url: 'https://a.b' };
  expect(changesOf(saved, { ...saved, audience: 'internal' })).toEqual({ audience: 'internal' });
  expect(changesOf(saved, { ...saved, url: '' })).toEqual({ url: null });
  expect(isChanged(saved, { ...saved, url: ' https://a.b ' })).toBe(false);
});

it('says what an article lacks before it is sent', () => {
  expect(Object.keys(problemsOf({ ...emptyArticle, url: 'a.b', locale: 'English' }))).toEqual([
    'title',
    'body',
    'url',
    'locale',
  ]);
});
