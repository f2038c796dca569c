import { statSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Says in one line what the command wants, and ends it with code 2, before anything has been started. */
export function refuse(wanted: string): never {
  console.error(wanted);
  process.exit(2);
}

/** The options of the command line, as parseArgs takes them; what is not among them is refused. */
export function readOptions<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    const takes = known.length > 0 ? ` It takes ${known.join(', ')}.` : ' It takes no options.';
    // Node's own words, without its advice for names that begin with a dash
    return refuse(`${error.message.split(/\.\s/)[0]?.replace(/\.$/, '')}.${takes}`);
  }
}

/** `--data`, where it is a folder. */
export function requireFolder(data: string | undefined): string {
  if (data === undefined) return refuse('Say where the data is: --data DIR');
  if (!statSync(data, { throwIfNoEntry: false })?.isDirectory()) return refuse(`--data ${data} is not a folder.`);
  return data;
}
