/**
 * JSON that Postgres takes as jsonb: it refuses half a surrogate pair, which cutting a text leaves behind, and NUL. What it refuses would
 * undo the whole transaction, so a text is mended rather than kept as it is.
 */
export const toJsonb = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'string' ? each.replaceAll('\u0000', '').toWellFormed() : each,
  );
