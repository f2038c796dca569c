import { z } from 'zod';
import type { ChatTool } from '../llm/llm.ts';

/** What the model may do instead of answering: a typed result, never a magic word in the text. */
const tools = {
  not_in_sources: {
    description: 'The sources do not hold what is needed to answer.',
    schema: z.object({}),
  },
  ask_clarification: {
    description: 'Ask the customer one short question, because what they mean decides the answer.',
    schema: z.object({ question: z.string().trim().min(3).max(500) }),
  },
  hand_to_human: {
    description: 'The customer asks for a person, or needs something done that no article can do.',
    schema: z.object({}),
  },
};

export type ToolOutcome =
  | { kind: 'not_in_sources' }
  | { kind: 'ask_clarification'; question: string }
  | { kind: 'hand_to_human' };

export const answerTools: ChatTool[] = Object.entries(tools).map(([name, { description, schema }]) => {
  const { $schema, ...parameters } = z.toJSONSchema(schema);
  return { name, description, parameters };
});

/** Undefined where the model called something else, or with arguments that do not fit. */
export function parseToolCall(call: { name: string; arguments: string }): ToolOutcome | undefined {
  let given: unknown;
  try {
    given = call.arguments.trim() === '' ? {} : JSON.parse(call.arguments);
  } catch {
    return undefined;
  }
  switch (call.name) {
    case 'not_in_sources':
    case 'hand_to_human':
      return tools[call.name].schema.safeParse(given).success ? { kind: call.name } : undefined;
    case 'ask_clarification': {
      const parsed = tools.ask_clarification.schema.safeParse(given);
      return parsed.success ? { kind: 'ask_clarification', question: parsed.data.question } : undefined;
    }
    default:
      return undefined;
  }
}
