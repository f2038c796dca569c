import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
} from '@langchain/core/messages';
import type { ChatMessage, ChatTool } from './llm.ts';
import type { Model, Sink } from './model.ts';

function toMessage({ role, content }: ChatMessage): BaseMessage {
  switch (role) {
    case 'system':
      return new SystemMessage(content);
    case 'user':
      return new HumanMessage(content);
    case 'assistant':
      return new AIMessage(content);
  }
}

const toTool = ({ name, description, parameters }: ChatTool) => ({
  type: 'function' as const,
  function: { name, description, parameters },
});

const refusals = new Set(['refusal', 'SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'RECITATION']);

type Usage = { input: number; output: number };

function pour(chunk: AIMessageChunk, sink: Sink, sum: Usage): void {
  sink.alive();
  if (chunk.text) sink.text(chunk.text);
  for (const call of chunk.tool_call_chunks ?? []) sink.toolCall(call.name, call.args ?? '');
  if (chunk.usage_metadata) {
    // reported in parts that add up over the stream
    sum.input += chunk.usage_metadata.input_tokens;
    sum.output += chunk.usage_metadata.output_tokens;
    sink.usage(sum.input, sum.output);
  }
  const metadata = { ...chunk.response_metadata, ...chunk.additional_kwargs };
  const reason = metadata.stop_reason ?? metadata.finishReason ?? metadata.finish_reason;
  if (typeof reason === 'string') sink.finish(refusals.has(reason) ? 'refused' : 'complete');
}

/** Any provider through LangChain's common surface. `make` is called once per model name and output limit. */
export function openLangchain(make: (model: string, maxOutputTokens: number | undefined) => BaseChatModel): Model {
  // whatever the environment says: no answer of a customer leaves for a tracing service
  process.env.LANGSMITH_TRACING = 'false';
  process.env.LANGCHAIN_TRACING_V2 = 'false';
  const models = new Map<string, BaseChatModel>();

  return async (call, sink) => {
    const key = `${call.maxOutputTokens} ${call.model}`;
    const model = models.get(key) ?? make(call.model, call.maxOutputTokens);
    models.set(key, model);
    const bound = call.tools.length > 0 && model.bindTools ? model.bindTools(call.tools.map(toTool)) : model;
    const sum = { input: 0, output: 0 };
    for await (const chunk of await bound.stream(call.messages.map(toMessage), { signal: call.signal })) {
      pour(chunk, sink, sum);
    }
  };
}
