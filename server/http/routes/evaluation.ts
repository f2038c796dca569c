import { z } from 'zod';
import { id, listQuery, pageOf } from '../../../protocol/common.ts';
import { evalCase, evalRun, evalRunResponse, newEvalCase } from '../../../protocol/evaluation.ts';
import type { Deps } from '../../deps.ts';
import { addCase, deleteCase, readCases, restoreCase } from '../../quality/cases.ts';
import { runCases } from '../../quality/run-cases.ts';
import { listRuns } from '../../quality/run-queries.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';
import { pageById } from '../page.ts';

const tag = 'Evaluation';
const params = z.object({ id });

export function evaluationEndpoints(deps: Pick<Deps, 'db' | 'encoder'>): Endpoint[] {
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
        path: '/eval-cases/run',
        tag,
        summary: 'Search for every evaluation question now, and measure where the right documents come',
        responses: { 200: { description: 'The figures and each result', schema: evalRunResponse } },
      },
      async ({ principal: { workspaceId, agentId }, signal }) => ({
        status: 200,
        body: await runCases(deps, { workspaceId, agentId, signal }),
      }),
    ),
    staffEndpoint(
      'staff',
      {
        method: 'get',
        path: '/eval-runs',
        tag,
        summary: 'List the runs with their figures, the newest first',
        query: listQuery,
        responses: { 200: { description: 'A page of runs', schema: pageOf(evalRun) } },
      },
      async ({ query, principal: { workspaceId } }) => ({
        status: 200,
        body: await pageById(query, (at) => listRuns(deps.db, { workspaceId, ...at })),
      }),
    ),
  ];
}
