import type { Deps } from '../deps.ts';
import type { Endpoint } from './endpoint.ts';
import { answerEndpoints } from './routes/answer.ts';
import { apiKeyEndpoints } from './routes/api-keys.ts';
import { conversationEndpoints } from './routes/conversations.ts';
import { documentsEndpoints } from './routes/documents.ts';
import { evaluationEndpoints } from './routes/evaluation.ts';
import { inboxEndpoints } from './routes/inboxes.ts';
import { searchEndpoints } from './routes/search.ts';
import { spaceEndpoints } from './routes/spaces.ts';
import { staffEndpoints } from './routes/staff.ts';
import { widgetSessionEndpoints } from './routes/widget-sessions.ts';

/** The whole REST API, in the order in which its document lists it. */
export function allEndpoints(deps: Deps): Endpoint[] {
  return [
    ...widgetSessionEndpoints(deps),
    ...documentsEndpoints(deps),
    ...searchEndpoints(deps),
    ...spaceEndpoints(deps),
    ...answerEndpoints(deps),
    ...evaluationEndpoints(deps),
    ...conversationEndpoints(deps),
    ...staffEndpoints(deps),
    ...apiKeyEndpoints(deps),
    ...inboxEndpoints(deps),
  ];
}
