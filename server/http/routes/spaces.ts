import { z } from 'zod';
import { id } from '../../../protocol/common.ts';
import { indexHealth, indexRetried, spaceActivation } from '../../../protocol/spaces.ts';
import type { Deps } from '../../deps.ts';
import type { EncoderDeps } from '../../knowledge/encoders.ts';
import { readIndexHealth, retryIndex } from '../../knowledge/index-health.ts';
import { activateSpace, deleteSpace, fillSpaceAgain } from '../../knowledge/spaces.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';

const tag = 'Index';
const params = z.object({ id });

export function spaceEndpoints(deps: Pick<Deps, 'db' | 'queues'> & EncoderDeps): Endpoint[] {
  return [
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/index',
        tag,
        summary: 'The state of the index: its embedding spaces, what waits to be indexed, and what failed',
        responses: { 200: { description: 'The state', schema: indexHealth } },
      },
      async ({ principal }) => ({ status: 200, body: await readIndexHealth(deps, principal.workspaceId) }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/index/retry',
        tag,
        summary: 'Put everything that failed in line again: documents and fillings',
        responses: { 202: { description: 'How many documents are in line again', schema: indexRetried } },
      },
      async ({ principal }) => ({ status: 202, body: await retryIndex(deps, principal.workspaceId) }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/spaces/:id/activate',
        tag,
        summary: 'Search by this embedding space from now on; the one before is kept, so that this can be undone',
        params,
        body: spaceActivation,
        responses: { 200: { description: 'The state after the switch', schema: indexHealth } },
      },
      async ({ params: { id: spaceId }, body: { force }, principal: { workspaceId } }) => {
        await activateSpace(deps, { workspaceId, spaceId, force });
        return { status: 200, body: await readIndexHealth(deps, workspaceId) };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/spaces/:id/fill',
        tag,
        summary: 'Fill an embedding space, after it failed or to bring a kept one up to date',
        params,
        responses: { 202: { description: 'In line, or being filled; the state', schema: indexHealth } },
      },
      async ({ params: { id: spaceId }, principal: { workspaceId } }) => {
        await fillSpaceAgain(deps, { workspaceId, spaceId });
        return { status: 202, body: await readIndexHealth(deps, workspaceId) };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'delete',
        path: '/spaces/:id',
        tag,
        summary: 'Delete an embedding space that is not searched, with its vectors',
        params,
        responses: { 204: { description: 'Deleted' } },
      },
      async ({ params: { id: spaceId }, principal: { workspaceId } }) => {
        await deleteSpace(deps, { workspaceId, spaceId });
        return { status: 204 };
      },
    ),
  ];
}
