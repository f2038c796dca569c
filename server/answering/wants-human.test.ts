import { describe, expect, it } from 'vitest';
import { wantsHuman } from './wants-human.ts';

describe('wantsHuman', () => {
  it.each([
    'I want to speak to a human',
    'Could I talk to one of your agents please?',
    'put me through to customer service',
    'Agent',
    'human please!',
    'This is delicate. Is there a real person I can chat with?',
    'I need a manager',
    'just connect me with somebody',
    'transfer me to support',
    'you are useless',
    'this chatbot is absolutely useless',
    'Please call me back',
    'Ich möchte mit einem Mitarbeiter sprechen',
    'Quiero hablar con una persona',
    'Je voudrais parler à quelqu’un',
  ])('hears "%s"', (text) => expect(wantsHuman(text)).toBe(true));

  it.each([
    'I want to book an appointment to speak with an advisor',
    'transfer 50 pounds to my agent please',
    'Are you a real person?',
    'I spoke to an agent yesterday and my refund is still missing',
    'I do not want to talk to a human',
    'How do I add a team member to my account?',
    'What is the agent fee?',
    'Call me Ishmael',
    'Which boots fit people with wide feet?',
    'How do I reach the summit hut?',
    '',
  ])('does not hear it in "%s"', (text) => expect(wantsHuman(text)).toBe(false));

  // each of these once took minutes: quotation marks counted as words and as what is between words
  it.each([
    `speak ${"'".repeat(60)}`,
    `speak ${"a'".repeat(2_000)}`,
    `transfer me ${'’ '.repeat(2_000)}`,
    `speak to a human, book ${"a'' ".repeat(1_000)}`,
  ])('stays quick on quotation marks', (text) => {
    const started = performance.now();
    wantsHuman(text);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('stays quick on long hostile text', () => {
    const started = performance.now();
    wantsHuman(`${'speak talk with the one of your some '.repeat(3_000)}`);
    wantsHuman('a '.repeat(20_000));
    wantsHuman('i need to a an the your one of '.repeat(2_000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});
