import type { CitationPassage } from '../../protocol/widget.ts';
import type { Db } from '../db/pool.ts';
import { notFound } from '../errors.ts';
import { findCustomerMessage } from './message-queries.ts';

type Wanted = { workspaceId: string; customerId: string; messageId: string; n: number };

/**
 * The passage behind a citation of one of the customer's own messages. When the document has changed since, or is no longer
 * public, what the customer is shown is the quote that was sent, and nothing newer.
 */
export async function openCitation(
  db: Db,
  { workspaceId, customerId, messageId, n }: Wanted,
): Promise<CitationPassage> {
  const message = await findCustomerMessage(db, workspaceId, customerId, messageId);
  const citation = message?.citations.find((each) => each.n === n);
  if (!citation) throw notFound('citation');
  const found = await db.query<{ text: string; headingPath: string[] }>(
    `select ch.text, ch.heading_path as "headingPath" from chunks ch
     join documents d on d.workspace_id = ch.workspace_id and d.id = ch.document_id
     where ch.workspace_id = $1 and ch.id = $2 and d.audience = 'public' and d.status = 'published'`,
    [workspaceId, citation.chunkId],
  );
  const { title, url, quote } = citation;
  const chunk = found.rows[0];
  return { title, url, quote, headingPath: chunk?.headingPath ?? [], text: chunk?.text ?? quote };
}
