import type { HistoryEntry } from '../../protocol/knowledge.ts';

export const qualityTabs = [
  { value: 'answer', label: 'Try an answer' },
  { value: 'search', label: 'Try the search' },
  { value: 'evaluation', label: 'Evaluation' },
] as const;

export type QualityTab = (typeof qualityTabs)[number]['value'];

export const isQualityTab = (value: unknown): value is QualityTab => qualityTabs.some((tab) => tab.value === value);

/** What the search is asked, with what the customer said before. */
export type AskedQuestion = {
  query: string;
  history: HistoryEntry[];
  audience: 'public' | 'internal' | null;
  locale: string | null;
};
