import type { AnswerRequest, AnswerResponse, Turn } from '../../protocol/answer.ts';
import type { Page } from '../../protocol/common.ts';
import type { AgentConversation, ConversationState } from '../../protocol/conversation.ts';
import type { EvalCase, EvalRun, NewEvalCase } from '../../protocol/evaluation.ts';
import type {
  Document,
  DocumentPatch,
  DocumentWithBody,
  HistoryEntry,
  NewDocument,
  SearchResponse,
} from '../../protocol/knowledge.ts';
import type { IndexHealth } from '../../protocol/spaces.ts';
import type { Agent, ApiKey, Inbox, Session } from '../../protocol/staff.ts';
import type { InboxAppearance } from '../../protocol/widget.ts';
import { request } from './http.ts';

const api = '/api/v1';

function query(values: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === null || value === '' ? [] : [[key, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

// Session and accounts
export const fetchSession = () => request<Session>(`${api}/session`);
export const signIn = (email: string, password: string) =>
  request<unknown>('/api/auth/sign-in/email', { method: 'POST', body: { email, password } });
export const signOut = () => request<unknown>('/api/auth/sign-out', { method: 'POST', body: {} });

export type Invitation = { email: string; name: string; workspaceName: string };
export const fetchInvitation = (token: string) =>
  request<Invitation>(`${api}/invitations/${encodeURIComponent(token)}`);
export const acceptInvitation = (token: string, password: string) =>
  request<unknown>(`${api}/invitations/accept`, { method: 'POST', body: { token, password } });

// Conversations
export type ConversationFilter = {
  state?: ConversationState | undefined;
  assignee?: string | undefined;
  q?: string | undefined;
  cursor?: string | null | undefined;
  limit?: number | undefined;
};
export const fetchConversations = (filter: ConversationFilter, signal?: AbortSignal) =>
  request<Page<AgentConversation>>(`${api}/conversations${query(filter)}`, signal ? { signal } : {});
export const fetchTurns = (conversationId: string) =>
  request<{ data: Turn[] }>(`${api}/conversations/${conversationId}/turns`);

export type ConversationCommand =
  | { kind: 'claim' }
  | { kind: 'assign'; agentId: string }
  | { kind: 'resolve' }
  | { kind: 'reopen' }
  | { kind: 'snooze'; until: string }
  | { kind: 'handoff'; reason: string };
export const commandConversation = (conversationId: string, { kind, ...body }: ConversationCommand) =>
  request<{ conversation: AgentConversation }>(`${api}/conversations/${conversationId}/${kind}`, {
    method: 'POST',
    body,
  });

// Knowledge
export const fetchDocuments = (filter: Record<string, string | number | null | undefined>, signal?: AbortSignal) =>
  request<Page<Document>>(`${api}/documents${query(filter)}`, signal ? { signal } : {});
export const fetchDocument = (id: string) => request<DocumentWithBody>(`${api}/documents/${id}`);
export const createDocument = (document: Partial<NewDocument>) =>
  request<Document>(`${api}/documents`, { method: 'POST', body: document });
export const patchDocument = (id: string, patch: DocumentPatch) =>
  request<Document>(`${api}/documents/${id}`, { method: 'PATCH', body: patch });
export const deleteDocument = (id: string) => request<void>(`${api}/documents/${id}`, { method: 'DELETE' });
export const reindexDocument = (id: string) =>
  request<Document>(`${api}/documents/${id}/reindex`, { method: 'POST', body: {} });
export type SearchInput = {
  query: string;
  history?: HistoryEntry[];
  limit?: number;
  audience?: 'public' | 'internal';
  locale?: string;
  explain?: boolean;
};
export const searchKnowledge = (body: SearchInput, signal?: AbortSignal) =>
  request<SearchResponse>(`${api}/search`, { method: 'POST', body, ...(signal ? { signal } : {}) });
export const askAnswer = (body: AnswerRequest) => request<AnswerResponse>(`${api}/answer`, { method: 'POST', body });

// Evaluation
export const addEvalCase = (body: Partial<NewEvalCase> & Pick<NewEvalCase, 'question' | 'answerable'>) =>
  request<EvalCase>(`${api}/eval-cases`, { method: 'POST', body });
export const fetchEvalCases = (cursor: string | null, signal?: AbortSignal) =>
  request<Page<EvalCase>>(`${api}/eval-cases${query({ limit: 100, cursor })}`, signal ? { signal } : {});
export const deleteEvalCase = (id: string) => request<void>(`${api}/eval-cases/${id}`, { method: 'DELETE' });
export const restoreEvalCase = (id: string) =>
  request<EvalCase>(`${api}/eval-cases/${id}/restore`, { method: 'POST', body: {} });
export const startEvalRun = () => request<EvalRun>(`${api}/eval-runs`, { method: 'POST', body: {} });
export const fetchEvalRuns = (filter: { state?: EvalRun['state']; limit: number }, signal?: AbortSignal) =>
  request<Page<EvalRun>>(`${api}/eval-runs${query(filter)}`, signal ? { signal } : {});

// The index
export const fetchIndexHealth = () => request<IndexHealth>(`${api}/index`);
export const retryIndexing = () => request<{ documents: number }>(`${api}/index/retry`, { method: 'POST', body: {} });
export const activateSpace = (id: string) =>
  request<IndexHealth>(`${api}/spaces/${id}/activate`, { method: 'POST', body: {} });
export const fillSpace = (id: string) => request<unknown>(`${api}/spaces/${id}/fill`, { method: 'POST', body: {} });
export const deleteSpace = (id: string) => request<void>(`${api}/spaces/${id}`, { method: 'DELETE' });

// Workspace
export const fetchAgents = () => request<Page<Agent>>(`${api}/agents?limit=100`);
export const inviteAgent = (body: { email: string; name: string; role: 'agent' | 'admin' }) =>
  request<Agent & { inviteUrl: string }>(`${api}/agents`, { method: 'POST', body });
export const fetchInboxes = () => request<Page<Inbox>>(`${api}/inboxes`);
export type InboxChange = {
  name?: string;
  allowedOrigins?: string[];
  identitySecret?: string | null;
  identityRequired?: boolean;
  appearance?: Partial<InboxAppearance>;
};
export const patchInbox = (id: string, body: InboxChange) =>
  request<Inbox>(`${api}/inboxes/${id}`, { method: 'PATCH', body });

export const patchAgent = (id: string, body: { role?: 'admin' | 'agent'; status?: 'active' | 'disabled' }) =>
  request<Agent>(`${api}/agents/${id}`, { method: 'PATCH', body });

export const fetchApiKeys = () => request<Page<ApiKey>>(`${api}/api-keys?limit=100`);
export const createApiKey = (body: { name: string; role: 'admin' | 'agent' }) =>
  request<ApiKey & { key: string }>(`${api}/api-keys`, { method: 'POST', body });
export const revokeApiKey = (id: string) => request<void>(`${api}/api-keys/${id}`, { method: 'DELETE' });
