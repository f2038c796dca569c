/*
 * What is one name although it has several parts: codes, versions, paths, products. Text comes in lower case.
 *   err-4711, sql0805n, wx-200, 8.5.5.9, /etc/hosts, foo_bar.baz, server.xml, c++, .net, iphone15pro
 */

/** A run of words without a space between them, as it is read: its name as a whole, if it is one, and its words. */
export type Run = { whole: string | undefined; words: string[] };

/** Longer ones are hashes, keys and base64: nobody asks for them by heart, and their parts mean nothing. */
const wholeCharactersMax = 64;
const alternationsMax = 4;

const digit = /\p{N}/u;
const letter = /\p{L}/u;

/** `sql0805n` is sql and 0805 too, `iphone15pro` iphone, 15 and pro; `v4`, `mp3` and `5gb` are words like any other. */
function partsOf(word: string): string[] {
  const runs = word.match(/\p{N}+|[\p{L}\p{M}]+/gu) ?? [];
  if (runs.length < 2 || runs.length > alternationsMax || !runs.some((run) => run.length >= 3)) return [];
  return runs.filter((run) => run.length >= 2 || digit.test(run));
}

const isAddress = (run: string) => run.includes('://') || run.startsWith('www.');
/** `30-day` is days, and `2-step` steps: a number before an ordinary word. */
const isCounted = /^\p{N}+-\p{L}{3,}$/u;
/** `4.1`, `8.5.5.9`; with hyphens only what is long enough to be no range: 112-3345567. */
const isVersion = /^\p{N}+(?:\.\p{N}+)+$/u;
const isLongNumber = /^\p{N}+(?:-\p{N}+)+$/u;
const longNumberMin = 7;
/** `config.json`, `com.ibm.ws`; no abbreviation such as `e.g`, and no sentence that lost the space after its full stop. */
const isFileName = /^[\p{L}\p{N}-]{2,}\.\p{L}[\p{L}\p{N}]{1,3}$|^\p{L}{2,}(?:\.\p{L}{2,}){2,}$/u;

function isName(run: string): boolean {
  if (/[_\\]/.test(run)) return true;
  if (run.startsWith('/') || run.startsWith('~')) return /.[/\\]/.test(run);
  if (run.includes('/')) return run.split('/').length > 2 && letter.test(run);
  if (run.startsWith('.')) return letter.test(run);
  if (/[+#]$/.test(run)) return letter.test(run);
  if (!letter.test(run)) return isVersion.test(run) || (isLongNumber.test(run) && run.length >= longNumberMin);
  if (digit.test(run)) return !isCounted.test(run);
  return isFileName.test(run);
}

/** `err-4711`, `err_4711` and `err4711` are written for one another, `4.11` and `41.1` are not. */
const oneSpelling = (run: string) =>
  /^[\p{L}\p{N}]+(?:[-_][\p{L}\p{N}]+)+$/u.test(run) && digit.test(run) && letter.test(run)
    ? run.replace(/[-_]/g, '')
    : run;

const runPattern =
  /(?:(?<![\p{L}\p{N}\p{M}./~\\])[./~\\]\/?)?[\p{L}\p{N}\p{M}]+(?:(?::\/\/|[-_./\\])[\p{L}\p{N}\p{M}]+)*(?:(?:\+\+|[+#])(?![\p{L}\p{N}\p{M}+#]))?/gu;

function readRun(run: string): Run {
  const pieces = run.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  if (pieces.length === 1 && pieces[0] === run) {
    const parts = run.length <= wholeCharactersMax && digit.test(run) ? partsOf(run) : [];
    return parts.length === 0 ? { whole: undefined, words: [run] } : { whole: run, words: parts };
  }
  if (isAddress(run) || run.length > wholeCharactersMax || !isName(run)) return { whole: undefined, words: pieces };
  const words = pieces.flatMap((piece) => {
    const parts = digit.test(piece) ? partsOf(piece) : [];
    return parts.length === 0 ? [piece] : [piece, ...parts];
  });
  return { whole: oneSpelling(run), words };
}

/** Cuts a text in lower case into its runs, in order; what joins no words is dropped. */
export const runsOf = (text: string): Run[] => (text.match(runPattern) ?? []).map(readRun);
