import pg from 'pg';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';

it('a failed query stands in the log without the row that failed', () => {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const refused = Object.assign(new pg.DatabaseError('new row violates check constraint', 100, 'error'), {
    code: '23514',
    constraint: 'messages_check',
    detail: 'Failing row contains (my card is 4111…).',
    where: 'JSON data, line 1: {"asked":"my card is 4111…',
  });
  log.error({ err: refused }, 'turn interrupted');
  log.error({ err: new Error('wrapped', { cause: refused }) }, 'turn interrupted');
  const [first, second] = lines.map((line) => JSON.parse(line));
  expect(first.err).toMatchObject({ code: '23514', constraint: 'messages_check', message: refused.message });
  expect(second.err.stack).toContain('caused by');
  expect(lines.join('')).not.toContain('my card');
});
