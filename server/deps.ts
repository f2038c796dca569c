import type { Redis } from 'ioredis';
import type { AgentServerEvents } from '../protocol/agent.ts';
import type { WidgetServerEvents } from '../protocol/widget.ts';
import type { Config } from './config.ts';
import type { Pool } from './db/pool.ts';
import type { Encoder } from './knowledge/encoder.ts';
import type { Llm } from './llm/llm.ts';
import type { Log } from './log.ts';
import type { Queues } from './queue/queues.ts';

export type Clock = { now(): Date };

type Payload<Events, Event extends keyof Events> = Events[Event] extends (payload: infer Body) => void ? Body : never;

/**
 * Tells the sockets what has been committed. Only hints: it never throws, may lose events, and is called after the commit.
 * Whoever missed something catches up by `seq`.
 */
export type Publish = {
  toCustomer<Event extends keyof WidgetServerEvents>(
    customerId: string,
    event: Event,
    payload: Payload<WidgetServerEvents, Event>,
  ): void;
  /** Every customer of the workspace who is connected. */
  toCustomers<Event extends keyof WidgetServerEvents>(
    workspaceId: string,
    event: Event,
    payload: Payload<WidgetServerEvents, Event>,
  ): void;
  /** Every agent of the workspace. */
  toAgents<Event extends keyof AgentServerEvents>(
    workspaceId: string,
    event: Event,
    payload: Payload<AgentServerEvents, Event>,
  ): void;
  /** The agents who have the conversation open. */
  toViewers<Event extends keyof AgentServerEvents>(
    conversationId: string,
    event: Event,
    payload: Payload<AgentServerEvents, Event>,
  ): void;
};

/** What the composition root builds once per process. Functions take the slice they need. */
export type Deps = {
  config: Config;
  log: Log;
  clock: Clock;
  db: Pool;
  redis: Redis;
  queues: Queues;
  publish: Publish;
  llm: Llm;
  encoder: Encoder;
};
