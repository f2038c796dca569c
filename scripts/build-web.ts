import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What runs in browsers: built from its sources and the shared protocol. */
const targets = [
  { name: 'widget', config: 'widget/vite.config.ts', sources: ['widget', 'protocol'], output: 'dist/widget/v1.js' },
  {
    name: 'console',
    config: 'console/vite.config.ts',
    sources: ['console', 'protocol'],
    output: 'dist/console/index.html',
  },
];

/** Milliseconds of the newest file below the folders; the lock file counts too, for it pins what is bundled. */
async function newestChange(folders: string[]): Promise<number> {
  const files = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  const all = [...files.flat(), join(root, 'package-lock.json')];
  const times = await Promise.all(all.map(async (file) => (await stat(file)).mtimeMs));
  return Math.max(...times);
}

async function isStale(target: (typeof targets)[number]): Promise<boolean> {
  const output = join(root, target.output);
  if (!existsSync(output)) return true;
  return (await stat(output)).mtimeMs < (await newestChange(target.sources));
}

/** In a process of its own: the bundler's memory is not the server's. */
function build(target: (typeof targets)[number]): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', '-c', target.config, '--logLevel', 'warn'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`Building the ${target.name} failed; what went wrong stands above.`)),
    );
  });
}

/** Builds what is missing or older than its sources. Throws when the build tools are not installed. */
export async function buildWeb(onProgress: (step: string) => void): Promise<void> {
  for (const target of targets) {
    if (!(await isStale(target))) continue;
    if (!existsSync(join(root, 'node_modules/vite'))) {
      throw new Error(
        `The ${target.name} is not built and the build tools are not installed. Run: npm ci --include=dev`,
      );
    }
    onProgress(`Building the ${target.name}`);
    await build(target);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWeb((step) => console.log(step));
}
