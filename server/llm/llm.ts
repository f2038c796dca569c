import type { ModelRef } from '../config.ts';

export type ChatMessage = { role: 'system' | 'user' | 'assistant'; content: string };

/** Something the model may do instead of writing text; arguments are a JSON schema, validated by the caller with zod. */
export type ChatTool = { name: string; description: string; parameters: Record<string, unknown> };

export type ChatRequest = {
  workspaceId: string;
  /** For the ledger, where there is one. */
  turnId?: string;
  purpose: 'answer' | 'contextualize' | 'summarize';
  /** Tried in this order: each with retries, then the next. Never `builtin`. */
  models: ModelRef[];
  messages: ChatMessage[];
  tools?: ChatTool[];
  maxOutputTokens?: number;
  /** No wait for another attempt goes beyond this moment, in epoch milliseconds; `signal` still decides when all ends. */
  deadlineAt?: number;
  /** Aborts whatever is under way, and no callback comes after. */
  signal: AbortSignal;
  /** Text as it comes. */
  onText?: (text: string) => void;
  /** What has come so far is void: another attempt begins from nothing. */
  onRestart?: () => void;
};

export type ChatResult = {
  text: string;
  /** Set when the model called a tool instead of (or after) writing; arguments are unparsed JSON. */
  toolCall?: { name: string; arguments: string };
  /** `provider:model` that wrote it. */
  model: string;
  /** Of all calls it took, the failed ones included. */
  tokens: { input: number; output: number };
  costUsd: number;
  firstTokenMs: number | null;
  /** Calls that failed on the way, oldest first. */
  failures: { model: string; reason: string }[];
};

export type Llm = {
  /** Throws ChatFailed when no model could, or the signal's reason when aborted. Every call lands in the ledger. */
  chat(request: ChatRequest): Promise<ChatResult>;
};
