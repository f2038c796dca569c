import { z } from 'zod';
import { id, listQuery, pageOf } from '../../../protocol/common.ts';
import { inbox, inboxPatch, newInbox } from '../../../protocol/staff.ts';
import { listInboxes } from '../../customers/inbox-queries.ts';
import { changeInbox, createInbox, toInbox } from '../../customers/inboxes.ts';
import type { Deps } from '../../deps.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';
import { pageById } from '../page.ts';

const tag = 'Inboxes';

export function inboxEndpoints(deps: Pick<Deps, 'db'>): Endpoint[] {
  return [
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/inboxes',
        tag,
        summary: 'List the inboxes, oldest first',
        query: listQuery,
        responses: { 200: { description: 'A page of inboxes', schema: pageOf(inbox) } },
      },
      async ({ principal, query }) => {
        const { workspaceId } = principal;
        const page = await pageById(query, (at) => listInboxes(deps.db, { workspaceId, ...at }));
        return { status: 200, body: { ...page, data: page.data.map(toInbox) } };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/inboxes',
        tag,
        summary: 'Make an inbox; no website may use it until it is allowed',
        body: newInbox,
        responses: { 201: { description: 'The inbox', schema: inbox } },
      },
      async ({ principal, body }) => ({ status: 201, body: await createInbox(deps, principal.workspaceId, body) }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'patch',
        path: '/inboxes/:id',
        tag,
        summary: 'Change an inbox; what is left out stays',
        params: z.object({ id }),
        body: inboxPatch,
        responses: { 200: { description: 'The inbox as it is now', schema: inbox } },
      },
      async ({ principal, params, body }) => {
        const { workspaceId } = principal;
        return { status: 200, body: await changeInbox(deps, { workspaceId, id: params.id }, body) };
      },
    ),
  ];
}
