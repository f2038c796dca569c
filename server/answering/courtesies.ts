/*
 * What people write before and after a question, and what says nothing of it: `Hello, I hope you are well. Quick question: …, thanks
 * in advance`. Its words would be searched for like any others.
 */

const greeting =
  '(?:hi+|hello+|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|dear (?:team|all|sir or madam|support(?: team)?|customer service))(?: (?:there|team|all|everyone|everybody|again|guys|folks))?';
const wellWishing =
  '(?:i )?hope (?:you(?:r day)?(?: guys| all)?|all|everything|this (?:message|e-?mail)?|everyone)(?: \\w+){1,8}|how are you(?: doing)?(?: today)?';
const announcing =
  "(?:i(?:'ve| have)? (?:just )?(?:got )?)?(?:have )?(?:just )?(?:a )?(?:quick|short|small|simple|one) (?:quick |short )?question(?: for you)?";
const excusing = '(?:sorry|excuse me)(?: (?:to|for) (?:bother|disturb|trouble)(?:ing)?(?: you)?(?: again)?)?';

const before = new RegExp(
  `^\\s*(?:${greeting}|${wellWishing}|${announcing}|${excusing})\\s*(?:[,.!?:;–—\\n-]+\\s*|$)`,
  'i',
);
/** A greeting needs no mark after it: `hi can I pay by card`. */
const greetingAlone = /^\s*(?:hi+|hello+|hey+)(?: there| team| all)?\s+(?=\S)/i;
const after =
  /[\s,.!;–—-]+(?:many )?(?:thanks|thank you|thx|cheers|kind regards|best regards|regards)(?: (?:in advance|so much|a lot|very much|for your help))?[\s.!]*$/i;

/** The question without its courtesies; the text as it is where nothing else would be left. */
export function withoutCourtesies(text: string): string {
  let left = text.trim();
  for (let shorter = left; ; left = shorter) {
    shorter = left.replace(before, '').replace(greetingAlone, '').replace(after, '').trim();
    if (shorter === left) break;
    if (!/[\p{L}\p{N}]/u.test(shorter)) return text;
  }
  return left;
}
