import type { Audience } from '../../protocol/common.ts';
import type { Db } from '../db/pool.ts';
import type { FoundChunk } from './close-look-queries.ts';

/** The chunk right before or right after another one of the same version. */
export type Neighbour = FoundChunk & { of: string; place: 'before' | 'after'; tokens: number };

/**
 * What stands right before and right after these chunks, as long as it is live, published and for these audiences at this
 * moment. At most two rows for each chunk, by the unique key of chunks (version and position).
 */
export async function findNeighbours(
  db: Db,
  filter: { workspaceId: string; audiences: Audience[] },
  chunkIds: string[],
): Promise<Neighbour[]> {
  if (chunkIds.length === 0) return [];
  const { rows } = await db.query<Neighbour>({
    name: 'neighbours',
    text: `select c.id as of, case when n.position < c.position then 'before' else 'after' end as place, n.tokens,
       n.id as "chunkId", d.id as "documentId", d.external_id as "externalId", v.title, d.url,
       n.heading_path as "headingPath", n.text
     from chunks c
     join documents d on d.workspace_id = c.workspace_id and d.id = c.document_id and d.live_version = c.version
     join document_versions v on v.workspace_id = c.workspace_id and v.document_id = c.document_id and v.version = c.version
     join chunks n on n.workspace_id = c.workspace_id and n.document_id = c.document_id and n.version = c.version
       and n.position in (c.position - 1, c.position + 1)
     where c.workspace_id = $1 and c.id = any($2::uuid[]) and d.status = 'published' and d.audience = any($3::text[])
     order by c.id, n.position`,
    values: [filter.workspaceId, chunkIds, filter.audiences],
  });
  return rows;
}
