export type SnoozePreset = { label: string; until: Date };

/** Moments to come that one often means, in the agent's own time. */
export function snoozePresets(now: Date): SnoozePreset[] {
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const morning = (daysAhead: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysAhead, 9, 0, 0, 0);
  const daysToMonday = (8 - now.getDay()) % 7 || 7;
  const presets = [
    { label: 'In 1 hour', until: inHours(1) },
    { label: 'In 3 hours', until: inHours(3) },
    { label: 'Tomorrow at nine', until: morning(1) },
  ];
  // On a Sunday, tomorrow is Monday already.
  if (daysToMonday > 1) presets.push({ label: 'Monday at nine', until: morning(daysToMonday) });
  return presets;
}

/** The value of a datetime-local field. */
export function toLocalInput(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
