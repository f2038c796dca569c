import type { Redis } from 'ioredis';
import type { AgentServerEvents } from '../protocol/agent.ts';
import type { WidgetServerEvents } from '../protocol/widget.ts';
import type { Config } from './config.ts';
import type { Pool } from './db/pool.ts';
import type { Encoder } from './knowledge/encoder.ts';
import type { Encoders } from './knowledge/encoders.ts';
import type { Reranker } from './knowledge/reranker.ts';
import type { Llm } from './llm/llm.ts';
import type { Log } from './log.ts';
import type { Queues } from './queue/queues.ts';

export type Clock = { now(): Date };

type Payload<Events, Event extends keyof Events> = Events[Event] extends (payload: infer Body) => void ? Body : never;

type Tell<Events> = <Event extends keyof Events>(to: string, event: Event, payload: Payload<Events, Event>) => void;

/**
 * Tells the sockets what has been committed. Only hints: it never throws, may lose events, and is called after the commit.
 * Whoever missed something catches up by `seq`.
 */
export type Publish = {
  /** To one customer, on all their tabs, by the customer's id. */
  toCustomer: Tell<WidgetServerEvents>;
  /** To every customer of a workspace who is connected, by the workspace's id. */
  toCustomers: Tell<WidgetServerEvents>;
  /** To every agent of a workspace, by the workspace's id. */
  toAgents: Tell<AgentServerEvents>;
  /** To the agents who have a conversation open, by the conversation's id. */
  toViewers: Tell<AgentServerEvents>;
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
  /** The one that EMBEDDING_MODEL names. */
  encoder: Encoder;
  /** Those of spaces that are of another model. */
  encoders: Encoders;
  /** Where one is configured. */
  reranker?: Reranker | undefined;
};
