/** What the assistant says in its own words. Everything else it says is quoted or checked against a source. */
export const texts = {
  greeting: 'Hello. I am the AI assistant here. What can I help you with?',
  thanks: 'You are welcome. If anything else comes up, just ask.',
  acknowledged: 'All right. If anything else comes up, just ask.',
  identity:
    'I am an AI assistant. I answer from our help articles, and you can talk to a person on our team whenever you like.',
  declinedHuman: 'All right. Tell me a little more about what you need, or ask something else.',
  moreDetail: 'Could you tell me a little more about what you need? One sentence about what you want to do is enough.',
  notKnown: 'I could not find an answer to that in our help articles. Would you like to talk to a person on our team?',
  handoffAsked:
    'I am passing you to a person on our team. They see this conversation, so you do not need to repeat anything.',
  handoffNotKnown:
    'I could not find that in our help articles either, so I am passing you to a person on our team. They see this conversation, so you do not need to repeat anything.',
  handoffFailed:
    'Something went wrong on our side while I was answering, so I am passing you to a person on our team. They see this conversation, so you do not need to repeat anything.',
} as const;
