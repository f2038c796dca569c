import type { Config, ModelRef } from '../config.ts';
import type { Model } from './model.ts';

/** Where Anthropic's API is served, for tests; otherwise its own address. */
export type Endpoints = { anthropicBaseUrl?: string };

/** Opens a provider when it is first needed: each client costs tens of megabytes and a second of start-up. */
export async function openModel(
  provider: ModelRef['provider'],
  config: Config['models'],
  endpoints: Endpoints,
): Promise<Model> {
  switch (provider) {
    case 'builtin':
      throw new Error('the built-in answerer is no model to call');
    case 'openai': {
      const { openOpenai } = await import('./openai.ts');
      return openOpenai(config.openai);
    }
    case 'anthropic': {
      const [{ ChatAnthropic }, { openLangchain }] = await Promise.all([
        import('@langchain/anthropic'),
        import('./langchain.ts'),
      ]);
      return openLangchain(
        (model, maxTokens) =>
          new ChatAnthropic({
            model,
            maxTokens,
            apiKey: config.anthropicApiKey,
            maxRetries: 0,
            anthropicApiUrl: endpoints.anthropicBaseUrl,
          }),
      );
    }
    case 'google': {
      const [{ ChatGoogleGenerativeAI }, { openLangchain }] = await Promise.all([
        import('@langchain/google-genai'),
        import('./langchain.ts'),
      ]);
      return openLangchain(
        (model, maxOutputTokens) =>
          new ChatGoogleGenerativeAI({ model, maxOutputTokens, apiKey: config.googleApiKey, maxRetries: 0 }),
      );
    }
  }
}
