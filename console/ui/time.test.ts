import { describe, expect, it } from 'vitest';
import { bytes, dayName, duration, shortTime, timeAgo, untilTime } from './time.ts';

const now = new Date(2026, 10, 23, 14, 30);
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();

it('writes a size that is not zero as one that is not zero', () => {
  expect(bytes(0)).toBe('0 bytes');
  expect(bytes(1)).toBe('1 byte');
  expect(bytes(46)).toBe('46 bytes');
  expect(bytes(2_600)).toBe('3 kB');
  expect(bytes(999_900)).toBe('1 MB');
});

describe('relative times', () => {
  it('grow coarser with distance', () => {
    expect(shortTime(ago(0.5), now)).toBe('now');
    expect(shortTime(ago(4), now)).toMatch(/^4 min/);
    expect(shortTime(ago(120), now)).toMatch(/12:30/);
    expect(shortTime(ago(24 * 60), now)).toBe('Yesterday');
    expect(shortTime(ago(3 * 24 * 60), now)).toBe('Fri');
    expect(shortTime(ago(60 * 24 * 60), now)).toMatch(/Sep/);
    expect(shortTime(ago(500 * 24 * 60), now)).toMatch(/2025/);
  });

  it('go by the calendar day, not by 24 hours', () => {
    const lastNight = new Date(2026, 10, 22, 23, 0).toISOString();
    expect(shortTime(lastNight, new Date(2026, 10, 23, 1, 0))).toBe('Yesterday');
    expect(dayName(lastNight, now)).toBe('Yesterday');
    expect(dayName(now.toISOString(), now)).toBe('Today');
  });

  it('never run ahead of the clock', () => {
    expect(shortTime(ago(-2), now)).toBe('now');
    expect(timeAgo(ago(-2), now)).toBe('just now');
    expect(duration(-5_000)).toMatch(/^0/);
  });

  it('name what lies ahead', () => {
    expect(untilTime(new Date(2026, 10, 24, 9).toISOString(), now)).toMatch(/^tomorrow, 9/);
    expect(untilTime(ago(1), now)).toBe('now');
  });
});
