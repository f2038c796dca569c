/** The milliseconds that stand at the start of a UUIDv7; NaN for anything else. */
export const uuidTime = (uuid: string): number =>
  uuid[14] === '7' ? Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16) : Number.NaN;
