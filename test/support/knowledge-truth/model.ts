import type { startKnowledge } from '../knowledge-fixture.ts';
import { createWordEncoder, encodersOf } from '../word-encoder.ts';

export type Knowledge = Awaited<ReturnType<typeof startKnowledge>>;
export type Place = { audience: 'public' | 'internal'; status: 'published' | 'draft'; locale: 'en' | 'de' };

/** A document as its writer knows it. `versions`: from 1 on, each with the word that only its title has. */
export type ModelDocument = Place & {
  id: string;
  externalId: string;
  versions: { word: string; body: string; locale: Place['locale'] }[];
  /** The newest version that a search has found; 0: none yet. */
  seen: number;
};

export type Model = ReturnType<typeof createModel>;

/** What ought to be there, and the models that the workspace's spaces are of. */
export function createModel(workspaceId: string) {
  const first = createWordEncoder('first', 24);
  const second = createWordEncoder('second', 32);
  return {
    workspaceId,
    documents: new Map<number, ModelDocument>(),
    /** Words of versions that are replaced, and of documents that are deleted. */
    gone: [] as string[],
    configured: encodersOf(first, second),
    encodersFor: ({ second: isSecond, alone }: { second: boolean; alone: boolean }) => {
      const [configured, other] = isSecond ? [second, first] : [first, second];
      return alone ? encodersOf(configured) : encodersOf(configured, other);
    },
  };
}

let words = 0;

/** No two are alike enough for one to be taken for a slip of the other. */
export function newWord(): string {
  words += 1;
  let state = Math.imul(words, 2_654_435_761) >>> 0;
  return Array.from({ length: 12 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return 'bcdfghjklmnpqrtvwxz'[(state >>> 16) % 19];
  }).join('');
}

/** In every document. */
export const commonWord = 'qxzcommonqx';
