import { z } from 'zod';

/** Ids are UUIDv7: unique, and in the order of their making. */
export const id = z.uuid();

/** A moment, ISO 8601 in UTC. */
export const timestamp = z.iso.datetime();

/** What Postgres can hold as text: no NUL, no half of a surrogate pair. No one means to send either, so it is dropped or replaced. */
export const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();

const isStorable = (text: string) => storable(text) === text;

/** For what is compared as it is, where replacing a character would make two values one. */
export const exactText = (max: number) =>
  z.string().max(max).refine(isStorable, 'It holds a character that cannot be kept.');

/** Chosen by the client; the same value again means the same message. */
export const clientMessageId = exactText(128).min(1);

/** A place in a conversation, or the place before its first message. */
export const seqFrom0 = z.number().int().min(0).max(2_147_483_647);

/** The longest message anybody may send, in UTF-16 code units. */
export const messageBodyMax = 10_000;

/**
 * Postgres text cannot hold NUL, and no one means to send one: it is dropped rather than refused.
 * What is left must have something to read.
 */
export const messageBody = z
  .string()
  .max(messageBodyMax, `A message has at most ${messageBodyMax} characters.`)
  .transform(storable)
  .refine((text) => text.trim().length > 0, 'A message needs some text.');

export const locale = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'A locale looks like "en" or "pt-BR".');

export const audience = z.enum(['public', 'internal']);
export type Audience = z.infer<typeof audience>;

/** `?limit&cursor` of every list. */
export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional(),
});
export type ListQuery = z.infer<typeof listQuery>;

/** A page of a list, newest or best first; `nextCursor` is opaque. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    page: z.object({ nextCursor: z.string().nullable(), hasMore: z.boolean() }),
  });
export type Page<Item> = { data: Item[]; page: { nextCursor: string | null; hasMore: boolean } };
