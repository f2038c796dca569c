import { ChatOpenAICompletions } from '@langchain/openai';
import type { ChatTool } from './llm.ts';
import type { Model } from './model.ts';

const toolFor = ({ name, description, parameters }: ChatTool) => ({
  type: 'function' as const,
  function: { name, description, parameters },
});

/**
 * OpenAI and whatever speaks its chat completions (vLLM, Ollama, LM Studio). Takes the parameters and the client of LangChain's
 * model, and the raw stream below its message chunks: 2.2–3.0 CPU ms per 60-token answer, where `.stream()` takes 4.7–5.3
 * (docs/decisions/2026-11-22-langchain-below-stream.md). No callback manager on this path, so no tracing either.
 */
export function openOpenai(config: { apiKey: string | undefined; baseUrl: string | undefined }): Model {
  const models = new Map<string, ChatOpenAICompletions>();

  const modelFor = (model: string, maxTokens: number | undefined): ChatOpenAICompletions => {
    const key = `${maxTokens} ${model}`;
    const known = models.get(key);
    if (known) return known;
    const made = new ChatOpenAICompletions({
      model,
      // a local server wants none, the client insists on one
      apiKey: config.apiKey ?? 'none',
      maxTokens,
      maxRetries: 0,
      // a chat cannot wait for long thoughts; ignored for models that do not reason
      reasoning: { effort: 'low' },
      // its own log prints what customers wrote
      configuration: { baseURL: config.baseUrl, maxRetries: 0, logLevel: 'off' },
    });
    models.set(key, made);
    return made;
  };

  return async (call, sink) => {
    const model = modelFor(call.model, call.maxOutputTokens);
    const params = model.invocationParams({ tools: call.tools.map(toolFor) }, { streaming: true });
    const stream = await model.completionWithRetry(
      { ...params, messages: call.messages, stream: true },
      { signal: call.signal },
    );
    for await (const chunk of stream) {
      sink.alive();
      if (chunk.usage) sink.usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens);
      const choice = chunk.choices[0];
      if (!choice) continue;
      const { delta } = choice;
      if (delta?.content) sink.text(delta.content);
      const tool = delta?.tool_calls?.[0];
      if (tool && tool.index === 0) sink.toolCall(tool.function?.name, tool.function?.arguments ?? '');
      if (delta?.refusal || choice.finish_reason === 'content_filter') sink.finish('refused');
      else if (choice.finish_reason) sink.finish('complete');
    }
  };
}
