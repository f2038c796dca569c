import type { AnswerResponse } from '../../protocol/answer.ts';
import type { HistoryEntry } from '../../protocol/knowledge.ts';

export type AnswerInput = {
  workspaceId: string;
  turnId?: string;
  question: string;
  /** Oldest first, without the question. */
  history: HistoryEntry[];
  /** The assistant's last message offered a human: "yes" then means that. */
  humanOffered: boolean;
  /** How many of the assistant's messages right before this one could not help. */
  failedBefore: number;
  signal: AbortSignal;
  /** By when models must be done, in epoch milliseconds, to leave time for another way; by default three quarters of the configured time. */
  deadlineAt?: number;
  onText?: (text: string) => void;
  /** What has been streamed is void; the text begins again. */
  onRestart?: () => void;
};

/** What the assistant does about a question, with the trace that explains it. */
export type Decision = AnswerResponse;
