/** What the conversation itself tells the customer. Plain, short, second person. */
export const systemLines = {
  handedOff:
    'You are in line for a person on our team. They can see this conversation, so you do not need to repeat anything.',
  agentJoined: (name: string) => `${name} joined the conversation.`,
  agentLeft:
    'The person you were talking to had to leave. You are back in line, and the next person can see the whole conversation.',
  couldNotAnswer:
    'I could not work out an answer just now, so I have passed this to a person on our team. They can see this conversation.',
  tookTooLong:
    'This is taking me too long, so I have passed it to a person on our team. They can see this conversation.',
} as const;
