import { answerRequest, answerResponse } from '../../../protocol/answer.ts';
import type { HistoryEntry } from '../../../protocol/knowledge.ts';
import { type AnswerDeps, answer } from '../../answering/answer.ts';
import { texts } from '../../answering/texts.ts';
import { type Endpoint, staffEndpoint } from '../endpoint.ts';

/** What a conversation would know about itself: whether the assistant has just said that it does not know, and how often. */
function standing(history: HistoryEntry[]): { humanOffered: boolean; failedBefore: number } {
  const said = history.filter((entry) => entry.role === 'assistant').map((entry) => entry.body);
  const lastHelp = said.findLastIndex((body) => body !== texts.notKnown);
  const failedBefore = said.length - 1 - lastHelp;
  return { humanOffered: failedBefore > 0, failedBefore };
}

/** The playground: what the assistant would say to a customer, with everything that led to it. Stores no message. */
export function answerEndpoints(deps: AnswerDeps): Endpoint[] {
  return [
    staffEndpoint(
      'staff',
      {
        method: 'post',
        path: '/answer',
        tag: 'Answers',
        summary: 'Ask the assistant, without a conversation',
        body: answerRequest,
        responses: { 200: { description: 'What the assistant would do, and why', schema: answerResponse } },
      },
      async ({ body, principal, signal }) => {
        const deadline = AbortSignal.timeout(deps.config.answerDeadlineMs);
        const decision = await answer(deps, {
          workspaceId: principal.workspaceId,
          question: body.question,
          history: body.history,
          ...standing(body.history),
          signal: AbortSignal.any([signal, deadline]),
        });
        return { status: 200, body: decision };
      },
    ),
  ];
}
