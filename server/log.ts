import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * Of an error only what says where and of what kind it is. Libraries hang more on theirs: Postgres the row that failed (`detail`,
 * `where`), model clients the request and its answer, and both hold what customers wrote.
 */
const shownOfErrors = new Set([
  'type',
  'message',
  'stack',
  'name',
  'code',
  'status',
  'severity',
  'table',
  'constraint',
]);

const describeError = (error: Error) =>
  Object.fromEntries(Object.entries(pino.stdSerializers.err(error)).filter(([name]) => shownOfErrors.has(name)));

export type Log = Logger;

/** JSON lines on standard error. What customers write never stands in a log line: pass ids, not text. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: { err: describeError },
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ['*.authorization', '*.cookie', '*.token', '*.password', '*.apiKey'],
  };
  return pino(options, destination ?? pino.destination({ dest: 2, sync: true }));
}
