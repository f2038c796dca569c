import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import { languageOf } from './analyze.ts';
import type { AverageLengths } from './bm25f.ts';
import { type Calibration, calibrationSchema } from './confidence.ts';
import type { TermCount } from './postings.ts';
import { type CountRow, termCountsSql, toTermCounts } from './stats-queries.ts';
import { vectorIndexName } from './vector-index.ts';

/** A workspace of a few documents has no average yet; these are worth ten documents. */
const usualLengths: AverageLengths = { title: 5, body: 160 };
const usualLengthsWorth = 10;

/**
 * How many live documents there are, in which languages (the commonest first, then those of documents that are not counted yet), and
 * how long they are on average.
 */
export type Corpus = { documents: number; languages: string[]; average: AverageLengths };

/** `hasIndex`: its vectors can be searched without looking at all of them. `semanticShare`: null for the provider's usual one. */
export type GroundSpace = {
  id: string;
  key: number;
  provider: string;
  model: string;
  dimensions: number;
  hasIndex: boolean;
  semanticShare: number | null;
  calibration: Calibration | undefined;
};

/** What a search stands on: the statistics, what there is by who may see it, and the active space of vectors, if there is one yet. */
export type Ground = {
  corpus: Corpus;
  facets: { key: number; documents: number; vectors: number; audience: Audience; locale: string }[];
  space: GroundSpace | undefined;
  /**
   * Where documents can be found by their words without looking at all of them: what enters the lists after this look gets this number
   * or a higher one.
   */
  listedTo: number | null;
};

type Row = {
  languages: { language: string; documents: number; title: number; body: number }[] | null;
  facets: Ground['facets'] | null;
  space: (Omit<GroundSpace, 'calibration'> & { calibration: unknown }) | null;
  counts: CountRow[] | null;
  hasUncounted: boolean;
  listedTo: number | null;
};

/** One round trip; each part is reached by its workspace. `spaceId`: of another space than the active one. */
export const findGround = async (db: Db, workspaceId: string, spaceId?: string): Promise<Ground> =>
  (await findGroundAndCounts(db, workspaceId, [], spaceId)).ground;

/** In the same round trip: in how many documents each of the terms stands; see findTermCounts. */
export async function findGroundAndCounts(
  db: Db,
  workspaceId: string,
  terms: number[],
  spaceId?: string,
): Promise<{ ground: Ground; counts: Map<number, TermCount> }> {
  const { rows } = await db.query<Row>({
    name: spaceId ? 'search_ground_of' : 'search_ground',
    text: `select
       (select json_agg(l) from (
          select language, documents, title_length::float8 as title, body_length::float8 as body
          from language_stats where workspace_id = $1 and documents > 0 order by documents desc, language) l) as languages,
       (select json_agg(f) from (select key, audience, locale, documents, vectors from search_facets where workspace_id = $1) f) as facets,
       (select json_build_object('id', s.id, 'key', s.key, 'provider', s.provider, 'model', s.model, 'dimensions', s.dimensions,
            'semanticShare', s.semantic_share, 'calibration', s.calibration, 'hasIndex',
            coalesce((select i.indisvalid from pg_index i where i.indexrelid = to_regclass('${vectorIndexName('')}' || s.key)), false))
          from embedding_spaces s where s.workspace_id = $1 and ${spaceId ? 's.id = $3' : "s.state = 'active'"}) as space,
       (${termCountsSql}) as counts,
       exists (select from stats_added where workspace_id = $1) as "hasUncounted",
       (select next_number from inverted_indexes where workspace_id = $1 and made_from is distinct from 0) as "listedTo"`,
    values: [workspaceId, terms, ...(spaceId ? [spaceId] : [])],
  });
  const [row] = rows;
  const facets = row?.facets ?? [];
  const ground = {
    // the facet of a document is there with it, its language is counted later
    corpus: toCorpus(row?.languages ?? [], row?.hasUncounted ? facets.map(({ locale }) => languageOf(locale)) : []),
    facets,
    space: row?.space ? toSpace(row.space) : undefined,
    listedTo: row?.listedTo ?? null,
  };
  return { ground, counts: toTermCounts(row?.counts ?? null) };
}

export const findCorpus = async (db: Db, workspaceId: string): Promise<Corpus> =>
  (await findGround(db, workspaceId)).corpus;

function toCorpus(languages: NonNullable<Row['languages']>, uncounted: string[]): Corpus {
  const sum = (of: 'documents' | 'title' | 'body') => languages.reduce((total, row) => total + row[of], 0);
  const documents = sum('documents');
  const averageOf = (of: 'title' | 'body') =>
    (sum(of) + usualLengths[of] * usualLengthsWorth) / (documents + usualLengthsWorth);
  return {
    documents,
    languages: [...new Set([...languages.map((row) => row.language), ...uncounted])],
    average: { title: averageOf('title'), body: averageOf('body') },
  };
}

const toSpace = ({ calibration, ...space }: NonNullable<Row['space']>): GroundSpace => ({
  ...space,
  calibration: calibration ? calibrationSchema.parse(calibration) : undefined,
});

/** The facets that a filter lets through: of the locale itself, its language alone, or its regions. */
export const facetsOf = (ground: Ground, audiences: Audience[], locale: string | undefined): Ground['facets'] =>
  ground.facets.filter(
    (facet) =>
      audiences.includes(facet.audience) &&
      (locale === undefined ||
        facet.locale === locale ||
        facet.locale === locale.split('-')[0] ||
        facet.locale.startsWith(`${locale}-`)),
  );
