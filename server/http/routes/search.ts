import { searchRequest, searchResponse } from '../../../protocol/knowledge.ts';
import { outlookOf } from '../../../protocol/quoting-cuts.ts';
import type { Deps } from '../../deps.ts';
import type { EncoderDeps } from '../../knowledge/encoders.ts';
import { search } from '../../knowledge/search.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';

export function searchEndpoints(deps: Pick<Deps, 'db' | 'reranker'> & EncoderDeps): Endpoint[] {
  return [
    staffEndpoint(
      'staff',
      {
        method: 'post',
        path: '/search',
        tag: 'Knowledge',
        summary: 'Search the knowledge base as the assistant does. Without an audience: public and internal documents.',
        body: searchRequest,
        responses: { 200: { description: 'Chunks, best first', schema: searchResponse } },
      },
      async ({ body, principal, signal }) => {
        const { query, results, confidence, reranked } = await search(deps, {
          workspaceId: principal.workspaceId,
          query: body.query,
          history: body.history,
          limit: body.limit,
          audiences: body.audience ? [body.audience] : ['public', 'internal'],
          locale: body.locale,
          explain: body.explain,
          signal,
        });
        const outlook = body.explain ? { outlook: outlookOf(confidence) } : {};
        const order = reranked ? { reranked } : {};
        return { status: 200, body: { query, confidence, ...outlook, ...order, results } };
      },
    ),
  ];
}
