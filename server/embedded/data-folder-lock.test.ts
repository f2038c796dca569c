import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataFolderInUseError, lockDataFolder } from './data-folder-lock.ts';

let parent: string;
let dataDir: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'parley-lock-'));
  dataDir = join(parent, 'data');
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

const writeLock = (lock: { pid: number; startedAt: string | null; nonce: string }) =>
  writeFileSync(join(dataDir, 'lock'), JSON.stringify(lock));

test('makes the folder for its owner only', () => {
  lockDataFolder(dataDir)();
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

test('a folder in use is refused, with the pid of its holder and what to do', () => {
  const unlock = lockDataFolder(dataDir);
  expect(() => lockDataFolder(dataDir)).toThrow(new DataFolderInUseError(dataDir, process.pid));
  expect(() => lockDataFolder(dataDir)).toThrow(
    `The data folder ${dataDir} is in use by process ${process.pid}. Stop it, or set DATA_DIR to another folder.`,
  );
  unlock();
});

test('a released folder can be taken again, and nothing is left behind', () => {
  lockDataFolder(dataDir)();
  lockDataFolder(dataDir)();
  expect(readdirSync(dataDir)).toEqual([]);
});

test('releasing twice never releases the next holder', () => {
  const first = lockDataFolder(dataDir);
  first();
  const second = lockDataFolder(dataDir);
  first();
  expect(existsSync(join(dataDir, 'lock'))).toBe(true);
  second();
});

test('the lock of a dead process is taken over', () => {
  lockDataFolder(dataDir)();
  // Above the largest pid that Linux hands out.
  writeLock({ pid: 4_194_305, startedAt: null, nonce: 'dead' });
  const unlock = lockDataFolder(dataDir);
  expect(JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')).pid).toBe(process.pid);
  unlock();
});

test('a lock whose pid has since become ours is taken over', () => {
  lockDataFolder(dataDir)();
  writeLock({ pid: process.pid, startedAt: null, nonce: 'an earlier process with this pid' });
  lockDataFolder(dataDir)();
});

test.runIf(existsSync('/proc/self/stat'))('a lock whose pid now belongs to a younger process is taken over', () => {
  lockDataFolder(dataDir)();
  writeLock({ pid: process.ppid, startedAt: 'another boot:1', nonce: 'reused' });
  lockDataFolder(dataDir)();
});

test('a living process without a known start time keeps its lock', () => {
  lockDataFolder(dataDir)();
  writeLock({ pid: process.ppid, startedAt: null, nonce: 'alive' });
  expect(() => lockDataFolder(dataDir)).toThrow(new DataFolderInUseError(dataDir, process.ppid));
});

test('an unreadable lock is left for a person to look at', () => {
  lockDataFolder(dataDir)();
  writeFileSync(join(dataDir, 'lock'), 'not a lock');
  expect(() => lockDataFolder(dataDir)).toThrow('unreadable');
});
