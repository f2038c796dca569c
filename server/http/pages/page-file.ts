import { readFile } from 'node:fs/promises';

/** The text of a page; undefined when it has not been built. */
export async function readPage(file: URL): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Puts values where a page has `{{name}}`. Every value is one that cannot end an attribute or a script: see the callers. */
export const fill = (html: string, values: Record<string, string>): string =>
  html.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
