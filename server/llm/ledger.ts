import pg from 'pg';
import type { Db } from '../db/pool.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';

export type LedgerEntry = {
  workspaceId: string;
  turnId: string | undefined;
  purpose: string;
  provider: string;
  model: string;
  status: 'ok' | 'failed' | 'aborted';
  reason: string | undefined;
  tokens: { input: number; output: number };
  /** Counted by us, because the provider did not say. */
  tokensEstimated: boolean;
  costUsd: number;
  priceKnown: boolean;
  firstTokenMs: number | null;
  durationMs: number;
};

/** Writes what calls cost behind the reply's back: those of one moment in one statement, in the order they ended. */
export type Ledger = {
  record(entry: LedgerEntry): void;
  /** Resolves when everything recorded so far is written, or given up. */
  drain(): Promise<void>;
};

/** What is kept while the database is away; beyond it the oldest are given up, with a log line that says how many. */
const waitingMax = 10_000;
const retryDelayMs = 1_000;
const triesMax = 30;
const batchMax = 500;

type Row = LedgerEntry & { id: string; createdAt: string };

/** One statement for any number of rows; a row written before (its commit's answer was lost) is skipped. */
export async function insertCalls(db: Db, rows: Row[]): Promise<void> {
  const values = rows.map((row) => ({
    workspace_id: row.workspaceId,
    id: row.id,
    turn_id: row.turnId ?? null,
    purpose: row.purpose,
    provider: row.provider,
    model: row.model,
    status: row.status,
    reason: row.reason ?? null,
    input_tokens: row.tokens.input,
    output_tokens: row.tokens.output,
    tokens_estimated: row.tokensEstimated,
    cost_usd: row.costUsd,
    price_known: row.priceKnown,
    first_token_ms: row.firstTokenMs === null ? null : Math.round(row.firstTokenMs),
    duration_ms: Math.round(row.durationMs),
    created_at: row.createdAt,
  }));
  await db.query(
    `insert into llm_calls (workspace_id, id, turn_id, purpose, provider, model, status, reason, input_tokens, output_tokens,
       tokens_estimated, cost_usd, price_known, first_token_ms, duration_ms, created_at)
     select workspace_id, id, turn_id, purpose, provider, model, status, reason, input_tokens, output_tokens,
       tokens_estimated, cost_usd, price_known, first_token_ms, duration_ms, created_at
     from jsonb_to_recordset($1::jsonb) as calls (workspace_id uuid, id uuid, turn_id uuid, purpose text, provider text,
       model text, status text, reason text, input_tokens int, output_tokens int, tokens_estimated boolean, cost_usd numeric,
       price_known boolean, first_token_ms int, duration_ms int, created_at timestamptz)
     on conflict do nothing`,
    [JSON.stringify(values)],
  );
}

/** Data or integrity errors: trying again changes nothing. */
const isRefusal = (error: unknown): boolean => error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');

export function createLedger(db: Db, log: Log): Ledger {
  let waiting: Row[] = [];
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    let tries = 0;
    let size = batchMax;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, size);
      try {
        await insertCalls(db, batch);
        waiting = waiting.filter((row) => !batch.includes(row));
        tries = 0;
        size = batchMax;
      } catch (error) {
        tries += 1;
        // one row that the database refuses (its workspace is gone) must not take the others with it
        if (isRefusal(error) && batch.length > 1) size = 1;
        else if (isRefusal(error) || tries >= triesMax) {
          log.error({ err: error, lost: batch.length }, 'model calls missing from the ledger');
          waiting = waiting.filter((row) => !batch.includes(row));
          tries = 0;
        } else await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
  };

  const start = (): Promise<void> => {
    // a turn of the event loop later, so that calls that end together go together
    const run = new Promise<void>((resolve) => setImmediate(resolve)).then(write).finally(() => {
      writing = undefined;
      if (waiting.length > 0) writing = start();
    });
    return run;
  };

  return {
    record(entry) {
      if (waiting.length >= waitingMax) {
        log.error({ lost: waiting.length - waitingMax + 1 }, 'model calls missing from the ledger');
        waiting = waiting.slice(waiting.length - waitingMax + 1);
      }
      waiting.push({ ...entry, id: newId(), createdAt: new Date().toISOString() });
      writing ??= start();
    },
    async drain() {
      while (writing) await writing;
    },
  };
}
