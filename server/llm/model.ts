import type { ChatMessage, ChatTool } from './llm.ts';

export type ModelCall = {
  model: string;
  messages: ChatMessage[];
  tools: ChatTool[];
  maxOutputTokens: number | undefined;
  signal: AbortSignal;
};

/** Where a provider puts what comes, at once and as it comes. Plain calls: an object per token would cost more than the token. */
export type Sink = {
  /** Something came, even if there is nothing in it to show: the provider is alive. */
  alive(): void;
  text(piece: string): void;
  /** A piece of a tool call: its name first, its arguments in pieces. A second name begins a second call, which is not taken. */
  toolCall(name: string | undefined, argumentsPiece: string): void;
  /** All so far, not what is new. */
  usage(input: number, output: number): void;
  finish(reason: 'complete' | 'refused'): void;
};

/** Streams one answer into the sink. Resolves when the stream has ended, throws whatever the provider's client throws. */
export type Model = (call: ModelCall, sink: Sink) => Promise<void>;
