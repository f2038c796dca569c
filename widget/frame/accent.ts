/** Colours computed from the inbox's accent, by the contrast formula of WCAG 2. */

type Rgb = readonly [number, number, number];

const part = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
const parse = (hex: string): Rgb => [part(hex, 1), part(hex, 3), part(hex, 5)];
const format = (rgb: Rgb) => `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

function luminance([r, g, b]: Rgb): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(parse(one)), luminance(parse(other))].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** White where it can be read on the colour, otherwise black, which then can. */
export const textOn = (color: string) => (contrast(color, '#ffffff') >= 4.5 ? '#ffffff' : '#000000');

/** The colour, moved towards black or white only as far as text of it needs to be read on the ground. */
export function readableOn(color: string, ground: string): string {
  const end: Rgb = luminance(parse(ground)) > 0.5 ? [0, 0, 0] : [255, 255, 255];
  const start = parse(color);
  for (let step = 0; step <= 20; step += 1) {
    const mix = (from: number, to: number) => from + ((to - from) * step) / 20;
    const mixed = format([mix(start[0], end[0]), mix(start[1], end[1]), mix(start[2], end[2])]);
    if (contrast(mixed, ground) >= 4.6) return mixed;
  }
  return format(end);
}
