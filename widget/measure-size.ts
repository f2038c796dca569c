import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** All that a page which shows the chat has to load, gzipped. */
const totalMaxBytes = 60 * 1024;
const loaderMaxBytes = 3 * 1024;

const folder = fileURLToPath(new URL('../dist/widget/', import.meta.url));

const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(js|css|html)$/.test(name))
  .sort()
  .map((name) => ({ name, bytes: gzipSync(readFileSync(join(folder, name)), { level: 9 }).length }));
const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
const loader = sizes.find(({ name }) => name === 'v1.js')?.bytes;

const line = (name: string, bytes: number, max?: number) =>
  `${name.padEnd(36)} ${(bytes / 1024).toFixed(2).padStart(6)} KB gzip${max ? ` of ${max / 1024} KB` : ''}`;
for (const { name, bytes } of sizes) console.log(line(name, bytes, name === 'v1.js' ? loaderMaxBytes : undefined));
console.log(line('all', total, totalMaxBytes));

if (loader === undefined) {
  console.error('dist/widget/v1.js is missing: run npx vite build -c widget/vite.config.ts first.');
  process.exitCode = 1;
} else if (total > totalMaxBytes || loader > loaderMaxBytes) {
  console.error('The widget has grown above its limit.');
  process.exitCode = 1;
}
