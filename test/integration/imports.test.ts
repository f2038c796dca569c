import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Rule = { files: RegExp; mustNotImport: RegExp; why: string };

/** Imports point one way: see docs/architecture.md. Paths are relative to the project; packages go by their name. */
const rules: Rule[] = [
  { files: /^protocol\//, mustNotImport: /^(?!zod$|protocol\/)/, why: 'the protocol knows nothing but zod' },
  {
    files: /^(widget|console)\//,
    mustNotImport: /^(server|workers|test|bench|scripts)\//,
    why: 'what runs in browsers knows the protocol only',
  },
  {
    files: /^(widget|console)\/(?!.*\.test\.|vite\.config|measure-size)/,
    mustNotImport: /^node:/,
    why: 'there is no Node in a browser',
  },
  {
    files: /^server\//,
    mustNotImport: /^(workers|test|bench|widget|console|scripts)\//,
    why: 'the server does not know who works for it',
  },
  { files: /^workers\//, mustNotImport: /^(test|bench|widget|console|scripts)\//, why: 'workers know the server only' },
  {
    files: /^server\/(conversations|answering|knowledge|handoff|staff|customers|quality)\//,
    mustNotImport: /^(express|socket\.io|bullmq|openai|langchain|@langchain\/(?!textsplitters))/,
    why: 'domains know no transport and no provider',
  },
  {
    files: /^server\/(?!llm\/)/,
    mustNotImport: /^(langchain|@langchain\/(?!textsplitters))/,
    why: 'server/llm is the one place that knows langchain',
  },
  {
    files: /^server\/(conversations|answering|knowledge|handoff|staff|customers|quality)\//,
    mustNotImport: /^server\/(http|realtime)\//,
    why: 'domains do not know who calls them',
  },
  {
    files: /^server\/(db|queue|llm)\//,
    mustNotImport: /^server\/(conversations|answering|knowledge|handoff|staff|customers|quality|http|realtime)\//,
    why: 'foundations know no domain',
  },
];

/** server/knowledge talks to embedding servers, which speak the openai protocol. */
const exceptions = new Set(['server/knowledge/openai-encoder.ts openai']);

async function sources(): Promise<string[]> {
  const folders = ['protocol', 'server', 'workers', 'widget', 'console'];
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true });
      return entries.filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name));
    }),
  );
  return listed.flat();
}

/** What a file imports, types and dynamic imports too. */
function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, target = '']) =>
    target.startsWith('.') ? relative(root, join(root, dirname(file), target)) : target,
  );
}

describe('imports', () => {
  it('point one way', async () => {
    const broken: string[] = [];
    for (const file of await sources()) {
      const isTest = /\.test\.tsx?$/.test(file);
      const text = await readFile(join(root, file), 'utf8');
      for (const target of importsOf(file, text)) {
        for (const rule of rules) {
          const allowed = isTest && (target.startsWith('test/') || !target.includes('/') || target.startsWith('node:'));
          if (allowed || exceptions.has(`${file} ${target}`)) continue;
          if (rule.files.test(file) && rule.mustNotImport.test(target))
            broken.push(`${file} imports ${target}: ${rule.why}`);
        }
      }
    }
    expect(broken).toEqual([]);
  });
});
