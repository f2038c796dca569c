import { z } from 'zod';
import { id, listQuery, pageOf } from '../../../protocol/common.ts';
import {
  acceptInvitation as acceptance,
  agent,
  agentPatch,
  invitation,
  invitedAgent,
  newAgent,
  session,
} from '../../../protocol/staff.ts';
import type { Deps } from '../../deps.ts';
import { listAgents } from '../../staff/agent-queries.ts';
import { changeAgent } from '../../staff/change-agent.ts';
import { acceptInvitation, inviteAgent, readInvitation } from '../../staff/invitations.ts';
import { readSession, refreshSession } from '../../staff/session.ts';
import { type Endpoint, publicEndpoint, staffEndpoint } from '../endpoint.ts';
import { pageById } from '../page.ts';

const tag = 'Staff';

/** Who is signed in, and who works here. Signing in itself is at /api/auth. */
export function staffEndpoints(deps: Pick<Deps, 'config' | 'db' | 'log'>): Endpoint[] {
  const { db } = deps;
  return [
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/session',
        tag,
        summary: 'Who is signed in',
        responses: { 200: { description: 'The agent and the workspace', schema: session } },
      },
      async ({ principal, req, res }) => {
        if (principal.via === 'session') {
          for (const cookie of await refreshSession(deps, req.headers)) res.append('Set-Cookie', cookie);
        }
        return { status: 200, body: await readSession(deps, principal) };
      },
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/agents',
        tag,
        summary: 'List the staff, longest there first',
        query: listQuery,
        responses: { 200: { description: 'A page of agents', schema: pageOf(agent) } },
      },
      async ({ principal, query }) => {
        const { workspaceId } = principal;
        return { status: 200, body: await pageById(query, (at) => listAgents(db, { workspaceId, ...at })) };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/agents',
        tag,
        summary: 'Invite an agent; the answer holds the link to pass on',
        body: newAgent,
        secretAnswer: true,
        responses: {
          201: { description: 'Invited', schema: invitedAgent },
          200: { description: 'Invited again; the link before this one has ended', schema: invitedAgent },
        },
      },
      async ({ principal, body }) => {
        const invited = await inviteAgent(deps, principal, body);
        return { status: invited.again ? 200 : 201, body: { ...invited.agent, inviteUrl: invited.inviteUrl } };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'patch',
        path: '/agents/:id',
        tag,
        summary: 'Change an agent’s name, role or status',
        params: z.object({ id }),
        body: agentPatch,
        responses: { 200: { description: 'The agent as it is now', schema: agent } },
      },
      async ({ principal, params, body }) => ({
        status: 200,
        body: await changeAgent(deps, principal, params.id, body),
      }),
    ),
    publicEndpoint(
      {
        method: 'get',
        path: '/invitations/:token',
        tag,
        summary: 'What an invitation is for',
        params: z.object({ token: z.string().max(200) }),
        limit: 'invitation',
        responses: { 200: { description: 'Open and not used yet', schema: invitation } },
      },
      async ({ params }) => ({ status: 200, body: await readInvitation(deps, params.token) }),
    ),
    publicEndpoint(
      {
        method: 'post',
        path: '/invitations/accept',
        tag,
        summary: 'Accept an invitation with a password, once',
        body: acceptance,
        limit: 'invitation',
        responses: {
          200: { description: 'The agent can sign in now', schema: z.object({ email: z.string() }) },
        },
      },
      async ({ body }) => ({ status: 200, body: await acceptInvitation(deps, body) }),
    ),
  ];
}
