import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on standard error. What customers write never stands in a log line: pass ids, not text. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: undefined,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ['*.authorization', '*.cookie', '*.token', '*.password', '*.apiKey'],
  };
  return pino(options, destination ?? pino.destination({ dest: 2, sync: true }));
}
