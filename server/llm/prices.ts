type Price = { inputPerMillion: number; outputPerMillion: number; asOf: string; source: string };

const copilot = 'github.com/github/docs data/tables/copilot/models-and-pricing.yml (each provider’s list price)';
const gateways = 'litellm, OpenRouter and models.dev, as compared by cuihuan/llm-gateway-bench';
const openaiList = 'openai.com/api/pricing, as quoted by third parties';
const googleList = 'ai.google.dev/pricing, as quoted by third parties';

const price = (inputPerMillion: number, outputPerMillion: number, asOf: string, source: string): Price => ({
  inputPerMillion,
  outputPerMillion,
  asOf,
  source,
});

/** US dollars per million tokens, standard tier, short prompts, without cache discounts: an upper bound for short prompts. */
const prices: Record<string, Price> = {
  'openai:gpt-5': price(1.25, 10, '2026-03', openaiList),
  'openai:gpt-5-mini': price(0.25, 2, '2026-11', copilot),
  'openai:gpt-5-nano': price(0.05, 0.4, '2026-03', openaiList),
  'openai:gpt-5.1': price(1.25, 10, '2026-03', openaiList),
  'openai:gpt-5.2': price(1.75, 14, '2026-03', openaiList),
  'openai:gpt-5.4': price(2.5, 15, '2026-11', copilot),
  'openai:gpt-5.4-mini': price(0.75, 4.5, '2026-11', copilot),
  'openai:gpt-5.4-nano': price(0.2, 1.25, '2026-11', copilot),
  'openai:gpt-5.5': price(5, 30, '2026-11', copilot),
  'openai:gpt-4.1': price(2, 8, '2026-03', openaiList),
  'openai:gpt-4.1-mini': price(0.4, 1.6, '2026-03', openaiList),
  'openai:gpt-4.1-nano': price(0.1, 0.4, '2026-03', openaiList),
  'openai:gpt-4o': price(2.5, 10, '2026-03', openaiList),
  'openai:gpt-4o-mini': price(0.15, 0.6, '2026-03', openaiList),
  'anthropic:claude-sonnet-4-5': price(3, 15, '2026-11', copilot),
  'anthropic:claude-sonnet-4-6': price(3, 15, '2026-11', copilot),
  'anthropic:claude-sonnet-5': price(2, 10, '2026-11', copilot),
  'anthropic:claude-haiku-4-5': price(1, 5, '2026-11', copilot),
  'anthropic:claude-opus-4-5': price(5, 25, '2026-11', copilot),
  'anthropic:claude-opus-4-6': price(5, 25, '2026-11', copilot),
  'anthropic:claude-opus-5': price(5, 25, '2026-11', copilot),
  'google:gemini-2.5-pro': price(1.25, 10, '2026-03', googleList),
  'google:gemini-2.5-flash': price(0.3, 2.5, '2026-07', gateways),
};

/** A dated or `latest` version costs what its model costs. */
const version = /-(latest|\d{3}|\d{8}|\d{4}-\d{2}-\d{2})$/;

/** What a call cost in US dollars. Unknown models cost 0, and `known` says that this is no price. */
export function costOf(model: string, tokens: { input: number; output: number }): { costUsd: number; known: boolean } {
  const found = prices[model] ?? prices[model.replace(version, '')];
  if (!found) return { costUsd: 0, known: false };
  const costUsd = (tokens.input * found.inputPerMillion + tokens.output * found.outputPerMillion) / 1_000_000;
  return { costUsd, known: true };
}
