import { describe, expect, it } from 'vitest';
import { snoozePresets, toLocalInput } from './snooze-presets.ts';

const now = new Date(2026, 10, 23, 14, 30);

describe('snoozing', () => {
  it('offers moments to come only, the Monday after this one on a Monday', () => {
    const presets = snoozePresets(now);
    for (const { until } of presets) expect(until.getTime()).toBeGreaterThan(now.getTime());
    expect(presets.at(-1)?.until).toEqual(new Date(2026, 10, 30, 9));
  });

  it('offers Monday only once on a Sunday', () => {
    const labels = snoozePresets(new Date(2026, 10, 22, 14)).map(({ label }) => label);
    expect(labels).not.toContain('Monday at nine');
  });

  it('fills the field in local time', () => expect(toLocalInput(now)).toBe('2026-11-23T14:30'));
});
