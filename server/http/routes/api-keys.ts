import { z } from 'zod';
import { id, listQuery, pageOf } from '../../../protocol/common.ts';
import { apiKey, createdApiKey, newApiKey } from '../../../protocol/staff.ts';
import type { Deps } from '../../deps.ts';
import { listApiKeys } from '../../staff/api-key-queries.ts';
import { createApiKey, revokeApiKey } from '../../staff/api-keys.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';
import { pageById } from '../page.ts';

const tag = 'API keys';

export function apiKeyEndpoints(deps: Pick<Deps, 'db'>): Endpoint[] {
  return [
    staffEndpoint(
      'admin',
      {
        method: 'get',
        path: '/api-keys',
        tag,
        summary: 'List the API keys, without the keys themselves',
        query: listQuery,
        responses: { 200: { description: 'A page of keys', schema: pageOf(apiKey) } },
      },
      async ({ principal, query }) => {
        const { workspaceId } = principal;
        return { status: 200, body: await pageById(query, (at) => listApiKeys(deps.db, { workspaceId, ...at })) };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/api-keys',
        tag,
        summary: 'Make an API key; it is shown in this answer only',
        body: newApiKey,
        secretAnswer: true,
        responses: { 201: { description: 'The key', schema: createdApiKey } },
      },
      async ({ principal, body }) => ({ status: 201, body: await createApiKey(deps, principal, body) }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'delete',
        path: '/api-keys/:id',
        tag,
        summary: 'Revoke an API key, at once',
        params: z.object({ id }),
        responses: { 204: { description: 'Revoked' } },
      },
      async ({ principal, params }) => {
        await revokeApiKey(deps, principal, params.id);
        return { status: 204 };
      },
    ),
  ];
}
