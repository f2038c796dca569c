import { expect } from 'vitest';
import { transaction } from '../../../server/db/transaction.ts';
import { search } from '../../../server/knowledge/search.ts';
import { foldStats } from '../../../server/knowledge/stats-queries.ts';
import { indexDocument } from '../../../workers/index-document.ts';
import type { Knowledge, Model } from './model.ts';

/** When all jobs have run: search finds what is published in its newest version, and the index holds just that. */
export async function checkSettled(knowledge: Knowledge, model: Model): Promise<void> {
  await checkWords(knowledge, model);
  await checkTables(knowledge, model);
  await checkStatistics(knowledge, model);
}

async function checkWords({ deps }: Knowledge, { workspaceId, configured, documents, gone }: Model): Promise<void> {
  const find = async (query: string, audience: 'public' | 'internal', locale: string) => {
    const input = { workspaceId, query, history: [], limit: 100, audiences: [audience], locale };
    const { results } = await search({ ...deps, ...configured }, input);
    return results;
  };
  const titles = async (...asked: Parameters<typeof find>) => (await find(...asked)).map((result) => result.title);
  for (const { versions, audience, status, locale } of documents.values()) {
    const word = versions.at(-1)?.word ?? '';
    const title = `Title ${word}`;
    // the others may be found by their meaning, but only one has the word
    const byWord = (await find(word, audience, locale)).filter((result) => result.lexical > 0);
    expect([...new Set(byWord.map((result) => result.title))]).toEqual(status === 'published' ? [title] : []);
    expect(await titles(word, audience === 'public' ? 'internal' : 'public', locale)).not.toContain(title);
    expect(await titles(word, audience, locale === 'en' ? 'de' : 'en')).not.toContain(title);
  }
  for (const word of gone.slice(-3)) {
    for (const audience of ['public', 'internal'] as const) {
      expect(await titles(word, audience, 'en')).not.toContain(`Title ${word}`);
    }
  }
}

async function checkTables({ deps }: Knowledge, { workspaceId, documents }: Model): Promise<void> {
  const { rows } = await deps.db.query(
    `with live as (select d.id, c.id as chunk from documents d join chunks c on c.workspace_id = d.workspace_id and c.document_id = d.id
       and c.version = d.live_version where d.workspace_id = $1),
     wanted as (select id, chunk, case when (select count(*) from live o where o.id = live.id) = 1 then 2 else 0 end as scope from live
       union all select d.id, (select c.id from chunks c where c.workspace_id = $1 and c.document_id = d.id and c.version = d.live_version
         order by position limit 1), 1 from documents d where d.workspace_id = $1 and d.live_version is not null
         and (select count(*) from live o where o.id = d.id) > 1)
     select (select count(*)::int from documents where workspace_id = $1 and (index_state <> 'done' or live_version <> version)) as unfinished,
       (select count(*)::int from ((select document_id, chunk_id, scope::int from search_rows where workspace_id = $1 except select * from wanted)
         union all (select * from wanted except select document_id, chunk_id, scope::int from search_rows where workspace_id = $1)) r) as rows_differ,
       (select count(*)::int from (select document_id, chunk_id, scope::int from search_vectors where workspace_id = $1 except select * from wanted) v)
         as stray_vectors,
       (select count(*)::int from (select * from wanted except select document_id, chunk_id, scope::int from search_vectors v
         join embedding_spaces s on s.key = v.space_key and s.state = 'active' where v.workspace_id = $1) v) as missing_vectors,
       (select count(*)::int from search_vectors v join search_rows r on r.document_id = v.document_id and r.workspace_id = $1 and r.scope > 0
         where v.workspace_id = $1 and v.facet is distinct from r.facet) as wrong_facets,
       (select count(*)::int from search_rows r join documents d on d.workspace_id = $1 and d.id = r.document_id
         left join search_facets f on f.key = r.facet where r.workspace_id = $1 and r.scope > 0 and (case when d.status = 'published'
         then (f.audience, f.locale) is distinct from (d.audience, d.locale) else r.facet is not null end)) as misplaced,
       (select array_agg(document_id order by document_id) from document_terms where workspace_id = $1) as counted,
       (select count(*)::int from stats_added where workspace_id = $1) + (select count(*)::int from stats_removed where workspace_id = $1) as unfolded,
       (select count(*)::int from embedding_spaces where workspace_id = $1 and (fill_state <> 'done' and state <> 'kept' or deleted_at is not null))
         as unfinished_spaces,
       (select count(*)::int from embedding_spaces where workspace_id = $1 and state = 'active') as active`,
    [workspaceId],
  );
  const ids = [...documents.values()].map(({ id }) => id).toSorted();
  const { active, ...rest } = rows[0];
  expect(rest).toEqual({
    unfinished: 0,
    rows_differ: 0,
    stray_vectors: 0,
    missing_vectors: 0,
    wrong_facets: 0,
    misplaced: 0,
    counted: ids.length > 0 ? ids : null,
    unfolded: 0,
    unfinished_spaces: 0,
  });
  if (ids.length > 0) expect(active).toBe(1);
}

const statistics = async ({ deps: { db } }: Knowledge, workspaceId: string) => {
  const of = async (query: string) => (await db.query(query, [workspaceId])).rows;
  return {
    terms: await of('select term, documents from term_stats where workspace_id = $1 and documents <> 0 order by 1'),
    words: await of('select word, documents from word_stats where workspace_id = $1 and documents <> 0 order by 1'),
    languages: await of(
      `select language, documents, title_length::int, body_length::int from language_stats where workspace_id = $1 and documents <> 0 order by 1`,
    ),
    facets: await of(
      `select audience, locale, documents, vectors from search_facets where workspace_id = $1 and (documents, vectors) <> (0, 0) order by 1, 2`,
    ),
  };
};

/** As if the documents had been written today, once; how heavy a term is depends on the lengths of that day, so tiers are counted again. */
async function checkStatistics(knowledge: Knowledge, { workspaceId, documents, configured }: Model): Promise<void> {
  const deps = { ...knowledge.deps, ...configured };
  const fresh = await knowledge.createWorkspace();
  for (const { externalId, versions, audience, status, locale } of documents.values()) {
    const newest = versions.at(-1);
    if (!newest) continue;
    const content = { externalId, title: `Title ${newest.word}`, body: newest.body, audience, status, locale };
    const { document } = await knowledge.write(fresh, content);
    await indexDocument(deps, { workspaceId: fresh, documentId: document.id });
  }
  knowledge.jobs.length = 0;
  await transaction(deps.db, (tx) => foldStats(tx, fresh));
  expect(await statistics(knowledge, workspaceId)).toEqual(await statistics(knowledge, fresh));
  const { rows } = await deps.db.query(
    `select count(*)::int as wrong from (
       select term, count(*)::int as documents, count(*) filter (where grade / 4 = 1)::int as tier1, count(*) filter (where grade / 4 = 2)::int as tier2,
         count(*) filter (where grade / 4 = 3)::int as tier3
       from document_terms, unnest(terms, grades) t (term, grade) where workspace_id = $1 group by term
       except select term, documents, tier1, tier2, tier3 from term_stats where workspace_id = $1) differing`,
    [workspaceId],
  );
  expect(rows).toEqual([{ wrong: 0 }]);
  const unspellable = await deps.db.query(
    'select word from word_stats where workspace_id = $1 and variants is distinct from word_variants(workspace_id, word)',
    [workspaceId],
  );
  expect(unspellable.rows).toEqual([]);
}
