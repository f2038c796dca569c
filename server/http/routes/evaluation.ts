import { z } from 'zod';
import { id, listQuery, pageOf } from '../../../protocol/common.ts';
import { evalCase, evalRun, evalRunState, newEvalCase } from '../../../protocol/evaluation.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../errors.ts';
import { addCase, deleteCase, readCases, restoreCase } from '../../quality/cases.ts';
import { findRun, listRuns } from '../../quality/run-queries.ts';
import { startRun } from '../../quality/start-run.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';
import { pageById } from '../page.ts';

const tag = 'Evaluation';
const params = z.object({ id });
const runsQuery = listQuery.extend({ state: evalRunState.optional() });

export function evaluationEndpoints(deps: Pick<Deps, 'db' | 'queues'>): Endpoint[] {
  return [
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/eval-cases',
        tag,
        summary: 'Add an evaluation question, with the documents that answer it or none',
        body: newEvalCase,
        responses: { 201: { description: 'Added', schema: evalCase } },
      },
      async ({ body, principal }) => ({ status: 201, body: await addCase(deps, principal, body) }),
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/eval-cases',
        tag,
        summary: 'List the evaluation questions with their last results, the newest first',
        query: listQuery,
        responses: { 200: { description: 'A page of questions', schema: pageOf(evalCase) } },
      },
      async ({ query, principal: { workspaceId } }) => ({
        status: 200,
        body: await pageById(query, (at) => readCases(deps, { workspaceId, ...at })),
      }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'delete',
        path: '/eval-cases/:id',
        tag,
        summary: 'Delete an evaluation question; it can be restored for an hour',
        params,
        responses: { 204: { description: 'Deleted' } },
      },
      async ({ params: { id: caseId }, principal: { workspaceId } }) => {
        await deleteCase(deps, { workspaceId, caseId });
        return { status: 204 };
      },
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/eval-cases/:id/restore',
        tag,
        summary: 'Bring back an evaluation question that was just deleted',
        params,
        responses: { 200: { description: 'The question', schema: evalCase } },
      },
      async ({ params: { id: caseId }, principal: { workspaceId } }) => ({
        status: 200,
        body: await restoreCase(deps, { workspaceId, caseId }),
      }),
    ),
    staffEndpoint(
      'admin',
      {
        method: 'post',
        path: '/eval-runs',
        tag,
        summary: 'Search for every evaluation question in the background, and measure where the right documents come',
        responses: {
          202: { description: 'In line', schema: evalRun },
          200: { description: 'One is under way already: that one', schema: evalRun },
        },
      },
      async ({ principal: { workspaceId, agentId } }) => {
        const { run, isNew } = await startRun(deps, { workspaceId, agentId });
        return { status: isNew ? 202 : 200, body: run };
      },
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/eval-runs',
        tag,
        summary: 'List the runs, the newest first',
        query: runsQuery,
        responses: { 200: { description: 'A page of runs', schema: pageOf(evalRun) } },
      },
      async ({ query: { state, ...query }, principal: { workspaceId } }) => ({
        status: 200,
        body: await pageById(query, (at) => listRuns(deps.db, { workspaceId, state, ...at })),
      }),
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/eval-runs/:id',
        tag,
        summary: 'How far a run is, and its figures when it is done',
        params,
        responses: { 200: { description: 'The run', schema: evalRun } },
      },
      async ({ params: { id: runId }, principal: { workspaceId } }) => {
        const run = await findRun(deps.db, workspaceId, runId);
        if (!run) throw notFound('evaluation run');
        return { status: 200, body: run };
      },
    ),
  ];
}
