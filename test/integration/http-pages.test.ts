import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertInbox } from '../../server/customers/inbox-queries.ts';
import { defaultAppearance } from '../../server/customers/inboxes.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';

let world: HttpWorld;
let url: string;
let unbuilt: string;
let folder: string;
let strictKey: string;
let demoKey: string;

beforeAll(async () => {
  world = await startHttpWorld();
  const { workspaceId } = await bootstrapWorkspace(world.deps);
  const strict = await insertInbox(world.deps.db, {
    workspaceId,
    name: 'Strict',
    allowedOrigins: ['https://shop.example', 'https://odd;sandbox'],
    identitySecret: null,
    identityRequired: false,
    appearance: defaultAppearance,
  });
  strictKey = strict.key;
  const keys = await world.deps.db.query<{ key: string }>(`select key from inboxes where '*' = any(allowed_origins)`);
  demoKey = keys.rows[0]?.key ?? '';

  folder = await mkdtemp(join(tmpdir(), 'parley-dist-'));
  await mkdir(join(folder, 'widget/assets'), { recursive: true });
  await mkdir(join(folder, 'console/assets'), { recursive: true });
  await writeFile(join(folder, 'widget/v1.js'), 'void 0;');
  await writeFile(join(folder, 'widget/frame.html'), '<!doctype html><script nonce="{{nonce}}">1</script>');
  await writeFile(join(folder, 'widget/assets/frame-abc.js'), '1');
  await writeFile(join(folder, 'console/index.html'), '<!doctype html><meta property="csp-nonce" nonce="{{nonce}}">');
  await writeFile(join(folder, 'console/assets/main-abc.js'), '1');
  await writeFile(join(folder, 'console/icon.svg'), '<svg/>');
  ({ url } = await world.serve({}, { dist: pathToFileURL(`${folder}/`) }));
  ({ url: unbuilt } = await world.serve({}, { dist: pathToFileURL(`${folder}/nowhere/`) }));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

const policyOf = (answer: Response) =>
  Object.fromEntries(
    (answer.headers.get('content-security-policy') ?? '').split(/; ?/).map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );

describe('every page', () => {
  const pages = ['/console', '/demo', '/api/docs', () => `/widget/frame?inbox=${demoKey}`] as const;

  test.each(pages)('%s lets only its own nonce and files run, and talks only to its own origin', async (page) => {
    const address = `${url}${typeof page === 'string' ? page : page()}`;
    const [first, second] = [await fetch(address), await fetch(address)];
    expect(first.status).toBe(200);
    const policy = policyOf(first);
    const nonce = policy['script-src']?.find((source) => source.startsWith("'nonce-"));
    expect(policy['default-src']).toEqual(["'none'"]);
    expect(policy['script-src']).toEqual(["'self'", nonce]);
    expect(policy['style-src']).toEqual(["'self'", nonce]);
    const host = new URL(url).host;
    expect(policy['connect-src']).toEqual(["'self'", `ws://${host}`, `wss://${host}`]);
    expect(policyOf(second)['script-src']).not.toEqual(policy['script-src']);
    const html = await first.text();
    expect(html).not.toContain('{{');
    expect(html).toContain(`nonce="${nonce?.slice(7, -1)}"`);
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
    expect(first.headers.get('x-powered-by')).toBeNull();
  });

  test('what is no page may load nothing and be framed by nobody', async () => {
    const policy = policyOf(await fetch(`${url}/healthz`));
    expect(policy['default-src']).toEqual(["'none'"]);
    expect(policy['frame-ancestors']).toEqual(["'none'"]);
  });

  test('a Host that would end a directive does not get into the policy', async () => {
    const { request } = await import('node:http');
    const { port } = new URL(url);
    const headers = await new Promise<string>((resolve, reject) => {
      const asked = request({ port, path: '/console', headers: { host: 'a;script-src *' } }, (answer) => {
        answer.resume();
        resolve(String(answer.headers['content-security-policy']));
      });
      asked.on('error', reject).end();
    });
    expect(headers).not.toContain('script-src *');
  });
});

describe('the widget', () => {
  test('the loader is open to every page and kept for five minutes', async () => {
    const answer = await fetch(`${url}/widget/v1.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  });

  test('the frame may be embedded by the websites of its inbox only', async () => {
    const strict = await fetch(`${url}/widget/frame?inbox=${strictKey}`);
    expect(policyOf(strict)['frame-ancestors']).toEqual(["'self'", 'https://shop.example']);
    expect(strict.headers.get('x-frame-options')).toBeNull();
    const open = await fetch(`${url}/widget/frame?inbox=${demoKey}`);
    expect(policyOf(open)['frame-ancestors']).toEqual(["'self'", '*']);
  });

  test('an unknown inbox gets a small page that says so', async () => {
    for (const query of ['?inbox=ib_unknown', '', '?inbox=a&inbox=b']) {
      const answer = await fetch(`${url}/widget/frame${query}`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('No such inbox');
    }
  });

  test('assets are kept for good; a missing one is a 404', async () => {
    const answer = await fetch(`${url}/widget/assets/frame-abc.js`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${url}/widget/assets/frame-gone.js`)).status).toBe(404);
  });
});

describe('the console', () => {
  test('every place in the app is the app; a missing asset is not', async () => {
    for (const path of ['/console/', '/console/inbox/123', '/console/invite/some-token']) {
      const answer = await fetch(`${url}${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(policyOf(answer)['frame-ancestors']).toEqual(["'none'"]);
    }
    expect((await fetch(`${url}/console/assets/main-gone.js`)).status).toBe(404);
    expect((await fetch(`${url}/console/assets/main-abc.js`)).headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${url}/console/icon.svg`)).headers.get('content-type')).toContain('svg');
  });

  test('the page is never served with its placeholders', async () => {
    const answer = await fetch(`${url}/console/index.html`, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/console');
  });

  test.each(['/console/%2e%2e/%2e%2e/package.json', '/console/assets/..%2f..%2fpackage.json', '/demo/..%2findex.html'])(
    'no file outside: %s',
    async (path) => {
      expect(await (await fetch(`${url}${path}`)).text()).not.toContain('"dependencies"');
    },
  );
});

describe('what is not there', () => {
  test.each(['/console', '/console/inbox', '/widget/v1.js', () => `/widget/frame?inbox=${demoKey}`] as const)(
    'a missing build says which command makes it: %s',
    async (path) => {
      const answer = await fetch(`${unbuilt}${typeof path === 'string' ? path : path()}`);
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('npm run build');
    },
  );

  test('the demo is there only while its inbox is', async () => {
    expect((await fetch(`${url}/`, { redirect: 'manual' })).headers.get('location')).toBe('/demo');
    const demo = await (await fetch(`${url}/demo`)).text();
    expect(demo).toContain(`inboxKey: '${demoKey}'`);
    expect(demo).toContain(`src="${url}/widget/v1.js"`);
    expect((await fetch(`${url}/demo/shop.css`)).status).toBe(200);

    await world.deps.db.query('update inboxes set allowed_origins = $2 where key = $1', [demoKey, []]);
    expect((await fetch(`${url}/demo`)).status).toBe(404);
    expect((await fetch(`${url}/`, { redirect: 'manual' })).headers.get('location')).toBe('/console');
    await world.deps.db.query('update inboxes set allowed_origins = $2 where key = $1', [demoKey, ['*']]);
  });
});

describe('the API document', () => {
  test('is OpenAPI 3.1 and describes every call with its answers', async () => {
    const document = await (await fetch(`${url}/api/v1/openapi.json`)).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/widget/sessions',
        '/documents',
        '/search',
        '/answer',
        '/conversations/{id}',
        '/agents/{id}',
      ]),
    );
    const invite = document.paths['/agents'].post;
    expect(invite.requestBody.content['application/json'].schema.required).toEqual(['email', 'name']);
    expect(invite.responses['201'].content['application/json'].schema.properties.inviteUrl).toBeDefined();
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path as Record<string, { operationId: string }>).map((call) => call.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('Swagger UI comes from here', async () => {
    expect((await fetch(`${url}/api/docs/swagger-ui-bundle.js`)).status).toBe(200);
    expect(await (await fetch(`${url}/api/docs`)).text()).not.toMatch(/https?:\/\//);
  });
});
