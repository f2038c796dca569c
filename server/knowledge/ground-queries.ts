import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import type { AverageLengths } from './bm25f.ts';
import { type Calibration, calibrationSchema } from './confidence.ts';
import type { EmbeddingSpaceKey } from './encoder.ts';
import type { Facet } from './term-keys.ts';
import { vectorIndexName } from './vector-index.ts';

/** A workspace of a few documents has no average yet; these are worth ten documents. */
const usualLengths: AverageLengths = { title: 5, body: 160 };
const usualLengthsWorth = 10;

/** How many live documents there are, in which languages (the commonest first), and how long they are on average. */
export type Corpus = { documents: number; languages: string[]; average: AverageLengths };

/** `hasIndex`: its vectors can be searched without looking at all of them. */
export type GroundSpace = { key: number; hasIndex: boolean; calibration: Calibration | undefined };

/** What a search stands on: the statistics, the rows by who may see them, and the space of the vectors, if there is one yet. */
export type Ground = {
  corpus: Corpus;
  facets: (Facet & { audience: Audience; locale: string })[];
  space: GroundSpace | undefined;
};

type Row = {
  languages: { language: string; documents: number; title: number; body: number }[] | null;
  facets: Ground['facets'] | null;
  space: { key: number; calibration: unknown; hasIndex: boolean } | null;
};

/** One round trip; each part is reached by its workspace. */
export async function findGround(db: Db, workspaceId: string, space: EmbeddingSpaceKey): Promise<Ground> {
  const { rows } = await db.query<Row>({
    name: 'search_ground',
    text: `select
       (select json_agg(l) from (
          select language, sum(documents)::int as documents, sum(title_length)::float8 as title, sum(body_length)::float8 as body
          from (select language, documents, title_length, body_length from language_stats where workspace_id = $1
                union all select language, change, change * title_length, change * body_length from stats_deltas where workspace_id = $1) both_kinds
          group by language having sum(documents) > 0 order by sum(documents) desc, language) l) as languages,
       (select json_agg(f) from (select key, audience, locale, rows from search_facets where workspace_id = $1) f) as facets,
       (select json_build_object('key', s.key, 'calibration', s.calibration, 'hasIndex',
            coalesce((select i.indisvalid from pg_index i where i.indexrelid = to_regclass('${vectorIndexName('')}' || s.key)), false))
          from embedding_spaces s where s.workspace_id = $1 and s.provider = $2 and s.model = $3 and s.dimensions = $4) as space`,
    values: [workspaceId, space.provider, space.model, space.dimensions],
  });
  const [row] = rows;
  return {
    corpus: toCorpus(row?.languages ?? []),
    facets: row?.facets ?? [],
    space: row?.space ? toSpace(row.space) : undefined,
  };
}

export const findCorpus = async (db: Db, workspaceId: string, space: EmbeddingSpaceKey): Promise<Corpus> =>
  (await findGround(db, workspaceId, space)).corpus;

function toCorpus(languages: NonNullable<Row['languages']>): Corpus {
  const sum = (of: 'documents' | 'title' | 'body') => languages.reduce((total, row) => total + row[of], 0);
  const documents = sum('documents');
  const averageOf = (of: 'title' | 'body') =>
    (sum(of) + usualLengths[of] * usualLengthsWorth) / (documents + usualLengthsWorth);
  return {
    documents,
    languages: languages.map((row) => row.language),
    average: { title: averageOf('title'), body: averageOf('body') },
  };
}

const toSpace = ({ key, hasIndex, calibration }: NonNullable<Row['space']>): GroundSpace => ({
  key,
  hasIndex,
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
