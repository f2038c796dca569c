import { describe, expect, it } from 'vitest';
import { decideFirst } from './decide.ts';
import { smallTalk } from './small-talk.ts';

describe('smallTalk', () => {
  it.each([
    ['Hi', 'greeting'],
    ['Good morning!', 'greeting'],
    ['hello there, how are you?', 'greeting'],
    ['thanks!', 'thanks'],
    ['Ok great, thank you so much', 'thanks'],
    ['Thanks for your help!', 'thanks'],
    ['yes please', 'yes'],
    ['Sure, go ahead.', 'yes'],
    ['no thanks', 'no'],
    ['ok', 'acknowledged'],
    ['Never mind', 'acknowledged'],
    ['Are you a bot?', 'identity'],
    ['am I talking to a real person?', 'identity'],
  ])('%s is %s', (text, kind) => expect(smallTalk(text)).toBe(kind));

  it.each([
    'thanks, and how do I pay?',
    'hi, where is my order?',
    'ok but what about boots?',
    'yes, the blue one',
    'no refund yet',
    'how do I say thank you to the team with a tip?',
    '',
    '👍',
  ])('"%s" is a matter for the articles', (text) => expect(smallTalk(text)).toBeUndefined());
});

describe('decideFirst', () => {
  it('takes a yes for an offered human only where one was offered', () => {
    expect(decideFirst({ question: 'yes please', humanOffered: true })).toEqual({
      kind: 'handoff',
      rule: 'accepted_human',
    });
    expect(decideFirst({ question: 'yes please', humanOffered: false })).toBeUndefined();
    expect(decideFirst({ question: 'no thanks', humanOffered: true })).toMatchObject({ kind: 'clarify' });
  });
  it('hears a request for a human before anything else', () => {
    expect(decideFirst({ question: 'Hi, can I talk to someone?', humanOffered: false })).toMatchObject({
      kind: 'handoff',
    });
  });
});
