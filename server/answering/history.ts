import type { HistoryEntry } from '../../protocol/knowledge.ts';
import type { ChatMessage } from '../llm/llm.ts';

/** Exact where it matters; an estimate for what is no text (base64, long lines without spaces), which would cost quadratic time. */
async function countTokens(text: string): Promise<number> {
  if (text.length > 20_000 || /\S{400}/.test(text)) return Math.ceil(text.length / 3);
  // a few megabytes of vocabulary: loaded by the first conversation that is long enough to need it
  const { countTokens: count } = await import('gpt-tokenizer/encoding/o200k_base');
  return count(text);
}

/** The start of a text, cut to about `tokens`. */
export async function firstTokens(text: string, tokens: number): Promise<string> {
  if (Buffer.byteLength(text) <= tokens || (await countTokens(text)) <= tokens) return text;
  return `${text.slice(0, tokens * 3)} …`;
}

/**
 * The latest messages of a conversation that fit into the budget, each whole, oldest first. Markers of earlier answers point to
 * sources that are gone, so they go too.
 */
export async function fitHistory(history: HistoryEntry[], budgetTokens: number): Promise<ChatMessage[]> {
  const kept: ChatMessage[] = [];
  let left = budgetTokens;
  for (const entry of history.toReversed()) {
    const content = entry.role === 'assistant' ? entry.body.replace(/ ?\[\d{1,3}\](?!\()/g, '') : entry.body;
    if (content.trim() === '') continue;
    // no token is shorter than a byte: short ones need no counting
    const bytes = Buffer.byteLength(content);
    const cost = bytes <= left / 8 ? bytes : await countTokens(content);
    if (cost > left) break;
    left -= cost;
    kept.push({ role: entry.role === 'customer' ? 'user' : 'assistant', content });
  }
  kept.reverse();
  // some providers refuse a conversation that the assistant opens
  const opening = kept.findIndex((message) => message.role === 'user');
  return opening === -1 ? [] : kept.slice(opening);
}
