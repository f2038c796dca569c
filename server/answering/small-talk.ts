import { asksWhetherHuman } from './wants-human.ts';

/** What a message is when it asks for nothing that an article could answer. */
export type SmallTalk = 'greeting' | 'thanks' | 'yes' | 'no' | 'acknowledged' | 'identity';

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`, 'u');

const filler = '(?: there| team| all| everyone| everybody| sir| madam| again| please| friend| mate)*';
const patterns: [SmallTalk, RegExp][] = [
  [
    'greeting',
    whole(
      `(?:hi+|hello+|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|hola|bonjour|salut|ciao|moin|servus|ol[aá])${filler}(?: (?:how are you|how is it going|hows it going|whats up)(?: doing)?(?: today)?)?`,
    ),
  ],
  [
    'thanks',
    whole(
      '(?:(?:ok|okay|oh|great|perfect|awesome|cool|nice|alright|got it|yes|no thats all|thats all|thats it|thats great|thats perfect|it works(?: now)?|works|super) )*(?:many thanks|thanks|thank you|thankyou|thank u|thx|tysm|ty|cheers|much appreciated|appreciate it|merci|danke(?: sch[oö]n)?|vielen dank|gracias|muchas gracias|grazie|obrigad[oa])(?: (?:a lot|so much|very much|a bunch|again|anyway|for (?:your|the|all|that)(?: \\w+){0,3}|you too|bye|goodbye|that helps?(?: a lot)?|that helped|thats all|have a (?:nice|good|great) day))*',
    ),
  ],
  [
    'yes',
    whole(
      '(?:yes|yeah|yep|yup|ya|sure|of course|absolutely|definitely|please|please do|go ahead|do it|that would be (?:great|good|nice)|i would|id like that|ja|s[ií]|oui)(?: (?:please|yes|sure|do|go ahead|thanks|thank you|i would(?: like that| love that)?|id like that|that would be (?:great|good|nice)))*',
    ),
  ],
  [
    'no',
    whole(
      '(?:no|nope|nah|not now|not yet|not really|no need|not necessary|nein|non)(?: (?:no|thanks|thank you|thank u|thx|need|not now|im (?:fine|good)|i am (?:fine|good)|its (?:ok|okay|fine)))*',
    ),
  ],
  [
    'acknowledged',
    whole(
      '(?:ok|okay|okey|k|kk|alright|all right|got it|i see|understood|great|perfect|cool|nice|awesome|super|never ?mind|bye|goodbye|thats all|that is all|thats it|good to know|makes sense|fine|will do)(?: (?:ok|okay|then|bye|got it|great|cool|i see|understood|good to know))*',
    ),
  ],
];

/** Only when the whole message is that: "thanks, and how do I pay?" is a question. */
export function smallTalk(text: string): SmallTalk | undefined {
  const said = text
    .slice(0, 200)
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  if (text.length > 200 || said === '') return undefined;
  const found = patterns.find(([, pattern]) => pattern.test(said))?.[0];
  if (found) return found;
  return text.length <= 120 && asksWhetherHuman.test(text) ? 'identity' : undefined;
}
