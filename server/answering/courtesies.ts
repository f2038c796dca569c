/*
 * What people write before and after a question, and what says nothing of it: `Hello, I hope you are well. Quick question: …, thanks
 * in advance`. Its words would be searched for like any others.
 */

const greeting =
  '(?:hi+|hello+|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|dear (?:team|all|sir or madam|support(?: team)?|customer service))(?: (?:there|team|all|everyone|everybody|again|guys|folks))?';
/** What else is hoped is the question itself: `I hope you can exchange my boots`. */
const wellWishing =
  "(?:i )?hope (?:you(?: guys)?|your day|everything|everyone|all|this(?: message| e-?mail)?)(?:'re)?(?: (?:you|everyone|all|is|are|was|were|had|have|has|been|going|doing|having|keeping|staying|finds|very|really)){0,6} (?:well|good|fine|great|ok|okay|safe|an? \\w+ (?:day|week|weekend|morning|afternoon|evening))(?: (?:today|there|with you))?|(?:i )?hope (?:you|someone|somebody) can help(?: me| us)?(?: out)?|how are you(?: doing)?(?: today)?";
const announcing =
  "(?:i(?:'ve| have)? (?:just )?(?:got )?)?(?:have )?(?:just )?(?:a )?(?:quick|short|small|simple|one) (?:quick |short )?question(?: for you)?";
const excusing = '(?:sorry|excuse me)(?: (?:to|for) (?:bother|disturb|trouble)(?:ing)?(?: you)?(?: again)?)?';

const before = new RegExp(
  // a hyphen within a word is no mark: a `hi-vis vest`
  `^\\s*(?:${greeting}|${wellWishing}|${announcing}|${excusing})\\s*(?:[,.!?:;–—\\n]+\\s*|-+\\s+|$)`,
  'i',
);
/** A greeting needs no mark after it: `hi can I pay by card`. */
const greetingAlone = /^\s*(?:hi+|hello+|hey+)(?: there| team| all)?\s+(?=\S)/i;
/** Looked for from the beginning of each run of marks: from each of its characters, a long run took quadratic time. */
const after =
  /(?<![\s,.!;–—-])[\s,.!;–—-]+(?:many )?(?:thanks|thank you|thx|cheers|kind regards|best regards|regards)(?: (?:in advance|so much|a lot|very much|for your help))?[\s.!]*$/i;

/** A greeting, a wish, an excuse, what announces the question: hardly anybody writes more. */
const roundsMax = 5;

/** The question without its courtesies; the text as it is where nothing else would be left. */
export function withoutCourtesies(text: string): string {
  let left = text.trim();
  for (let round = 0; round < roundsMax; round += 1) {
    const shorter = left.replace(before, '').replace(greetingAlone, '').replace(after, '').trim();
    if (shorter === left) break;
    if (!/[\p{L}\p{N}]/u.test(shorter)) return text;
    left = shorter;
  }
  return left;
}
