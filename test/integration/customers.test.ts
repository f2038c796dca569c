import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authenticateCustomer } from '../../server/customers/authenticate-customer.ts';
import { type InboxRow, insertInbox } from '../../server/customers/inbox-queries.ts';
import { defaultAppearance } from '../../server/customers/inboxes.ts';
import { newId } from '../../server/ids.ts';
import { bootstrapWorkspace } from '../../server/staff/bootstrap.ts';
import { hashCredential } from '../../server/staff/credentials.ts';
import { type HttpWorld, startHttpWorld } from '../support/http.ts';
import { createCaller } from '../support/http-caller.ts';

const shop = 'https://shop.example';
const secret = 'the identity secret of the first inbox';
const path = '/api/v1/widget/sessions';

let world: HttpWorld;
let url: string;
let workspaceId: string;
/** Allows one website and knows a secret; the second requires identity; the third allows every website. */
let strict: InboxRow;
let known: InboxRow;
let open: InboxRow;

const addInbox = (changes: Partial<InboxRow>) =>
  insertInbox(world.deps.db, {
    workspaceId,
    name: 'Inbox',
    allowedOrigins: [shop],
    identitySecret: null,
    identityRequired: false,
    appearance: defaultAppearance,
    ...changes,
  });

beforeAll(async () => {
  world = await startHttpWorld({ PARLEY_DEMO: '0' });
  ({ workspaceId } = await bootstrapWorkspace(world.deps));
  ({ url } = await world.serve());
  strict = await addInbox({ identitySecret: secret });
  known = await addInbox({ identitySecret: 'the identity secret of the second inbox', identityRequired: true });
  open = await addInbox({ allowedOrigins: ['*'] });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.published.length = 0;
});

const visit = (body: Record<string, unknown>, origin: string | undefined = shop, headers = {}) =>
  createCaller(url, origin === undefined ? {} : { origin }).post(path, { inboxKey: strict.key, ...body }, headers);

const jwt = (claims: Record<string, unknown>, key = secret, alg = 'HS256') =>
  new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600, ...claims })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(key));

async function addConversation(customerId: string, openedBy = newId(), inboxId = strict.id) {
  const id = newId();
  await world.deps.db.query(
    `insert into conversations (workspace_id, id, inbox_id, customer_id, opened_by, state) values ($1, $2, $3, $4, $5, 'assistant')`,
    [workspaceId, id, inboxId, customerId, openedBy],
  );
  return id;
}

const idsOf = (answer: { body: { conversations: { id: string }[] } }) =>
  answer.body.conversations.map(({ id }) => id).sort();

describe('a first visit', () => {
  test('makes an anonymous customer with a token of which only the hash is kept', async () => {
    const answer = await visit({});
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      customer: { verified: false },
      inbox: { name: 'Inbox', appearance: defaultAppearance, online: false },
      conversations: [],
    });
    expect(answer.body.customerToken).toMatch(/^ct_[\w-]{43}$/);
    const kept = await world.deps.db.query('select 1 from customer_tokens where token_hash = $1', [
      hashCredential(answer.body.customerToken),
    ]);
    expect(kept.rowCount).toBe(1);
    expect(JSON.stringify(world.logged)).not.toContain(answer.body.customerToken);
  });

  test('says whether an agent is online', async () => {
    const agent = `update agents set presence = $2, present_until = now() + $3::interval where workspace_id = $1`;
    const online = async () => (await visit({})).body.inbox.online;
    await world.deps.db.query(agent, [workspaceId, 'online', '1 minute']);
    expect(await online()).toBe(true);
    await world.deps.db.query(agent, [workspaceId, 'online', '-1 second']);
    expect(await online()).toBe(false);
    await world.deps.db.query(agent, [workspaceId, 'away', '1 minute']);
    expect(await online()).toBe(false);
  });

  test.each([{ inboxKey: 7 }, { customerToken: {} }, { userJwt: 'x'.repeat(8_001) }, { inboxKey: '' }])(
    'refuses %j',
    async (body) => {
      const answer = await visit(body);
      expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input']);
    },
  );
});

describe('a return', () => {
  test('with its token is the same customer, with their conversations', async () => {
    const first = await visit({});
    const conversation = await addConversation(first.body.customer.id);
    const again = await visit({ customerToken: first.body.customerToken });
    expect(again.body.customerToken).toBe(first.body.customerToken);
    expect(again.body.customer).toEqual(first.body.customer);
    expect(idsOf(again)).toEqual([conversation]);
  });

  test('keeps the token alive: it slides, and ends after 180 days without use', async () => {
    const { customerToken } = (await visit({})).body;
    const tokenHash = hashCredential(customerToken);
    const expire = (when: string) =>
      world.deps.db.query('update customer_tokens set expires_at = now() + $2::interval where token_hash = $1', [
        tokenHash,
        when,
      ]);
    await expire('3 days');
    await visit({ customerToken });
    const left = await world.deps.db.query<{ days: number }>(
      `select extract(day from expires_at - now())::int as days from customer_tokens where token_hash = $1`,
      [tokenHash],
    );
    expect(left.rows[0]?.days).toBeGreaterThanOrEqual(179);
    await expire('-1 second');
    expect(await authenticateCustomer(world.deps, customerToken)).toBeUndefined();
    expect((await visit({ customerToken })).body.customerToken).not.toBe(customerToken);
  });

  test.each(['ct_unknown', '', 'x'.repeat(500)])(
    'with no token of ours is a new customer: %j',
    async (customerToken) => {
      const answer = await visit({ customerToken });
      expect(answer.status).toBe(200);
      expect(answer.body.conversations).toEqual([]);
    },
  );

  test('with a token of another inbox is a new customer there, and stays who they are here', async () => {
    const first = await visit({});
    const other = await visit({ inboxKey: open.key, customerToken: first.body.customerToken });
    expect(other.status).toBe(200);
    expect(other.body.customer.id).not.toBe(first.body.customer.id);
    expect((await visit({ customerToken: first.body.customerToken })).body.customer).toEqual(first.body.customer);
  });
});

describe('origins', () => {
  test.each([
    ['its own website', shop, 200],
    ['another website', 'https://evil.example', 403],
    ['a subdomain', 'https://www.shop.example', 403],
    ['the same name by http', 'http://shop.example', 403],
    ['another port', 'https://shop.example:8443', 403],
    ['an opaque origin', 'null', 403],
    ['no origin, so no browser', undefined, 200],
  ])('%s', async (_, origin, status) => {
    const answer = await createCaller(url, origin === undefined ? {} : { origin }).post(path, { inboxKey: strict.key });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body.code).toBe('origin_not_allowed');
    expect(answer.headers.get('access-control-allow-origin')).toBe(status === 200 && origin ? shop : null);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('an inbox that nobody has opened is closed to all, also to callers without an origin', async () => {
    await world.deps.db.query(`update inboxes set allowed_origins = '{}' where id = $1`, [open.id]);
    for (const origin of [shop, 'https://anything.example', undefined]) {
      const caller = createCaller(url, origin === undefined ? {} : { origin });
      expect((await caller.post(path, { inboxKey: open.key })).status).toBe(403);
    }
    await world.deps.db.query(`update inboxes set allowed_origins = '{*}' where id = $1`, [open.id]);
  });

  test('our own pages may, for the frame is one', async () => {
    expect((await visit({}, url)).status).toBe(200);
    expect((await visit({}, url.replace('127.0.0.1', 'localhost'))).status).toBe(403);
  });

  test('an inbox for every website takes any, and programs', async () => {
    for (const origin of ['https://anything.example', 'null', undefined]) {
      const caller = createCaller(url, origin === undefined ? {} : { origin });
      expect((await caller.post(path, { inboxKey: open.key })).status).toBe(200);
    }
  });

  test('a new inbox takes none', async () => {
    const fresh = await addInbox({ allowedOrigins: [] });
    expect((await visit({ inboxKey: fresh.key })).status).toBe(403);
  });

  test('an unknown inbox is a 404, whoever asks', async () => {
    const answer = await visit({ inboxKey: 'ib_unknown' });
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });

  test('a preflight passes for websites that some inbox allows', async () => {
    const ask = (origin: string) =>
      createCaller(url).call('OPTIONS', path, undefined, { origin, 'access-control-request-method': 'POST' });
    await world.deps.db.query(`update inboxes set allowed_origins = '{}' where id = $1`, [open.id]);
    const allowed = await ask(shop);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(shop);
    expect(allowed.headers.get('access-control-allow-headers')).toBe('Content-Type');
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    await world.deps.db.query(`update inboxes set allowed_origins = '{*}' where id = $1`, [open.id]);
  });

  test('a website may read why it was refused, another may not', async () => {
    const refused = await visit({ userJwt: 'nonsense' });
    expect(refused.headers.get('access-control-allow-origin')).toBe(shop);
    const stranger = await visit({ userJwt: 'nonsense' }, 'https://evil.example');
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a token is worth nothing on a website that its inbox does not allow', async () => {
    const { customerToken } = (await visit({})).body;
    const host = new URL(url).host;
    expect(
      await authenticateCustomer(world.deps, customerToken, { origin: 'https://evil.example', host }),
    ).toBeUndefined();
    for (const origin of [shop, url, undefined]) {
      expect(await authenticateCustomer(world.deps, customerToken, { origin, host })).toMatchObject({
        inboxId: strict.id,
        verified: false,
        identityRequired: false,
      });
    }
  });
});

describe('identity', () => {
  test('a valid token names the customer, the same one every time', async () => {
    const userJwt = await jwt({ sub: 'c-1', email: 'ann@example.com', name: 'Ann' });
    const first = await visit({ userJwt });
    expect(first.body.customer.verified).toBe(true);
    const elsewhere = await visit({ userJwt: await jwt({ sub: 'c-1', name: 'Ann B.' }) });
    expect(elsewhere.body.customer.id).toBe(first.body.customer.id);
    expect(elsewhere.body.customerToken).not.toBe(first.body.customerToken);
    const kept = await world.deps.db.query('select external_id, email, name from customers where id = $1', [
      first.body.customer.id,
    ]);
    expect(kept.rows).toEqual([{ external_id: 'c-1', email: 'ann@example.com', name: 'Ann B.' }]);
    expect((await visit({ userJwt, customerToken: first.body.customerToken })).body.customerToken).toBe(
      first.body.customerToken,
    );
  });

  const hour = 3_600;
  const now = () => Math.floor(Date.now() / 1000);
  const attacks: [string, () => Promise<string> | string][] = [
    ['unsigned', () => new UnsecuredJWT({ sub: 'c-1', exp: now() + hour }).encode()],
    ['signed with another secret', () => jwt({ sub: 'c-1' }, 'some other secret of good length ....')],
    ['signed with the secret of another inbox', () => jwt({ sub: 'c-1' }, known.identitySecret ?? '')],
    ['signed with another algorithm', () => jwt({ sub: 'c-1' }, secret.padEnd(64, 'x'), 'HS512')],
    ['signed with the right secret and another algorithm', () => jwt({ sub: 'c-1' }, secret, 'HS384')],
    ['expired', () => jwt({ sub: 'c-1', exp: now() - hour })],
    ['without an end', () => jwt({ sub: 'c-1', exp: undefined })],
    ['without a subject', () => jwt({ email: 'ann@example.com' })],
    ['with an empty subject', () => jwt({ sub: '' })],
    ['with a subject that is no text', () => jwt({ sub: 7 as unknown as string })],
    ['not valid yet', () => jwt({ sub: 'c-1', nbf: now() + hour })],
    [
      'with its claims changed',
      async () => {
        const [head, , signature] = (await jwt({ sub: 'c-2' })).split('.');
        return `${head}.${Buffer.from(JSON.stringify({ sub: 'c-1', exp: now() + hour })).toString('base64url')}.${signature}`;
      },
    ],
    ['no token at all', () => 'nonsense'],
  ];
  test.each(attacks)('a token that is %s is refused', async (_, make) => {
    const answer = await visit({ userJwt: await make() });
    expect([answer.status, answer.body.code]).toEqual([401, 'identity_invalid']);
    expect(answer.body.detail).not.toContain(secret);
  });

  test('an inbox without a secret takes no identity', async () => {
    const answer = await visit({ inboxKey: open.key, userJwt: await jwt({ sub: 'c-1' }) });
    expect([answer.status, answer.body.code]).toEqual([401, 'identity_invalid']);
  });

  test('an inbox that requires identity refuses whoever brings none', async () => {
    const none = await visit({ inboxKey: known.key });
    expect([none.status, none.body.code]).toEqual([401, 'identity_required']);
    const userJwt = await jwt({ sub: 'c-1' }, known.identitySecret ?? '');
    const signedIn = await visit({ inboxKey: known.key, userJwt });
    expect(signedIn.body.customer.verified).toBe(true);
    const { customerToken } = signedIn.body;
    expect((await visit({ inboxKey: known.key, customerToken })).status).toBe(401);
    expect(await authenticateCustomer(world.deps, customerToken)).toMatchObject({
      verified: true,
      identityRequired: true,
    });
  });

  test('the same subject in two inboxes is two customers', async () => {
    const here = await visit({ userJwt: await jwt({ sub: 'shared' }) });
    const there = await visit({
      inboxKey: known.key,
      userJwt: await jwt({ sub: 'shared' }, known.identitySecret ?? ''),
    });
    expect(here.body.customer.id).not.toBe(there.body.customer.id);
  });
});

describe('signing in on the website', () => {
  test('takes what was written before along, and ends the old token', async () => {
    const anonymous = await visit({});
    const before = await addConversation(anonymous.body.customer.id);
    const userJwt = await jwt({ sub: 'merge-1' });
    const elsewhere = await visit({ userJwt });
    const other = await addConversation(elsewhere.body.customer.id);

    const signedIn = await visit({ userJwt, customerToken: anonymous.body.customerToken });
    expect(signedIn.body.customer).toEqual(elsewhere.body.customer);
    expect(idsOf(signedIn)).toEqual([before, other].sort());
    expect(await authenticateCustomer(world.deps, anonymous.body.customerToken)).toBeUndefined();
    expect(world.published).toEqual([{ to: anonymous.body.customer.id, event: 'resync:needed' }]);
    const gone = await world.deps.db.query('select 1 from customers where id = $1', [anonymous.body.customer.id]);
    expect(gone.rowCount).toBe(0);
  });

  test('at once in several tabs moves everything once', async () => {
    const anonymous = await visit({});
    const before = await addConversation(anonymous.body.customer.id);
    const userJwt = await jwt({ sub: 'merge-tabs' });
    const tabs = await Promise.all(
      [1, 2, 3, 4].map(() => visit({ userJwt, customerToken: anonymous.body.customerToken })),
    );
    expect(tabs.map((tab) => tab.status)).toEqual([200, 200, 200, 200]);
    expect(new Set(tabs.map((tab) => tab.body.customer.id)).size).toBe(1);
    expect(idsOf(await visit({ userJwt }))).toEqual([before]);
  });

  test('leaves a conversation behind that could not be told from one they have', async () => {
    const anonymous = await visit({});
    const userJwt = await jwt({ sub: 'merge-clash' });
    const verified = await visit({ userJwt });
    const mine = await addConversation(verified.body.customer.id, 'same-id');
    await addConversation(anonymous.body.customer.id, 'same-id');
    const moved = await addConversation(anonymous.body.customer.id, 'another-id');
    const signedIn = await visit({ userJwt, customerToken: anonymous.body.customerToken });
    expect(idsOf(signedIn)).toEqual([mine, moved].sort());
  });

  test('as somebody else moves nothing of the one before', async () => {
    const first = await visit({ userJwt: await jwt({ sub: 'ann' }) });
    const anns = await addConversation(first.body.customer.id);
    const second = await visit({ userJwt: await jwt({ sub: 'bob' }), customerToken: first.body.customerToken });
    expect(second.body.customer.id).not.toBe(first.body.customer.id);
    expect(second.body.conversations).toEqual([]);
    expect(await authenticateCustomer(world.deps, first.body.customerToken)).toBeUndefined();
    expect(idsOf(await visit({ userJwt: await jwt({ sub: 'ann' }) }))).toEqual([anns]);
  });

  test('with the token of another inbox takes nothing along', async () => {
    const elsewhere = await visit({ inboxKey: open.key });
    await addConversation(elsewhere.body.customer.id, newId(), open.id);
    const signedIn = await visit({
      userJwt: await jwt({ sub: 'cross-inbox' }),
      customerToken: elsewhere.body.customerToken,
    });
    expect(signedIn.body.conversations).toEqual([]);
    expect(await authenticateCustomer(world.deps, elsewhere.body.customerToken)).toBeDefined();
  });
});

describe('the limit by address', () => {
  const from = (served: string, address: string) =>
    createCaller(served, { origin: shop }).post(path, { inboxKey: strict.key }, { 'x-forwarded-for': address });

  test('stops the 121st within a minute, and only that address', async () => {
    const served = (await world.serve({ trustProxy: true })).url;
    const statuses: number[] = [];
    for (let index = 0; index < 121; index += 1) statuses.push((await from(served, '2001:db8::1')).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    const refused = await from(served, '2001:db8::ffff');
    expect(refused.body).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from(served, '2001:db8:0:1::1')).status).toBe(200);
  });

  test('does not count the machine itself, nor believe a header without a declared proxy', async () => {
    const statuses = new Set<number>();
    for (let index = 0; index < 130; index += 1) statuses.add((await from(url, '198.51.100.9')).status);
    expect([...statuses]).toEqual([200]);
  });
});
