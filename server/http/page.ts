import { z } from 'zod';
import type { ListQuery, Page } from '../../protocol/common.ts';
import { AppError } from '../errors.ts';

/** A page of a list that goes by id. `read` is asked for one more than the page holds: so it shows whether there is another. */
export async function pageById<Item extends { id: string }>(
  query: ListQuery,
  read: (at: { after: string | undefined; limit: number }) => Promise<Item[]>,
): Promise<Page<Item>> {
  const items = await read({ after: query.cursor && readCursor(query.cursor), limit: query.limit + 1 });
  const data = items.slice(0, query.limit);
  const hasMore = items.length > query.limit;
  const last = data.at(-1);
  return { data, page: { nextCursor: hasMore && last ? Buffer.from(last.id).toString('base64url') : null, hasMore } };
}

function readCursor(cursor: string): string {
  const id = z.uuid().safeParse(Buffer.from(cursor, 'base64url').toString());
  if (!id.success) throw new AppError('invalid_input', { publicMessage: 'cursor is not one that a list gave.' });
  return id.data;
}
