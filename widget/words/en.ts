/** Every English word of the widget. Another language is another file with the same keys. */

/** On the host's page, before the chat has loaded. */
export const loaderWords = { open: 'Open chat', title: 'Chat' };

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const words = {
  language: 'en',
  launcher: 'Open chat',
  launcherUnread: (count: number) => `Open chat, ${count} ${plural(count, 'unread message', 'unread messages')}`,
  close: 'Close chat',
  back: 'Back',
  chatWith: (name: string) => `Chat with ${name}`,

  you: 'You',
  assistant: 'Assistant',
  agentRole: 'Support',
  someone: 'An agent',

  statusOnline: 'Answers at once · Agents are here',
  statusAway: 'Answers at once · Agents are away',
  statusAssistant: 'Answers at once',
  statusWaiting: 'Waiting for an agent',
  statusWaitingEta: (eta: string) => `An agent replies in about ${eta}`,
  statusAgent: (name: string) => `You are talking to ${name}`,
  statusSnoozed: (name: string) => `${name} will come back to you`,
  statusResolved: 'Resolved',
  statusConnecting: 'Connecting',

  suggestions: 'Often asked',
  resume: 'Continue',
  lastConversation: 'Your last conversation',
  earlier: (count: number) => `${count} ${plural(count, 'earlier conversation', 'earlier conversations')}`,
  untitled: 'Conversation',
  newConversation: 'New conversation',
  unread: 'Unread',

  message: 'Message',
  placeholder: 'Ask a question',
  placeholderAgent: (name: string) => `Write to ${name}`,
  placeholderWaiting: 'Add to your question',
  placeholderResolved: 'Write to open this again',
  send: 'Send',
  tooLong: (over: string) => `${over} characters too long. Split it into several messages.`,
  talkToHuman: 'Talk to a human',
  wantsHuman: 'I would like to talk to a human.',
  connectingHuman: 'Asking for an agent',
  humanAsked: 'An agent has been asked',

  typing: (name: string) => `${name} is typing`,
  assistantWorking: 'The assistant is looking for an answer',
  newMessage: 'New message',
  today: 'Today',
  yesterday: 'Yesterday',
  failedAnswer: 'This answer was cut short.',
  emptyConversation: 'Ask anything. You can talk to a human at any time.',

  queued: 'Not sent yet',
  sending: 'Sending',
  sent: 'Sent',
  notSent: 'Not sent.',
  notSentBecause: {
    payload_too_large: 'Not sent: the message is too long.',
    identity_required: 'Not sent: sign in on this site first.',
    identity_invalid: 'Not sent: your sign-in has expired. Reload the page.',
    not_found: 'Not sent: this conversation is no longer there.',
  },
  retry: 'Try again',
  edit: 'Edit',
  rateLimited: (seconds: string) => `That was a lot at once. Your message is sent in ${seconds}.`,

  helpful: 'Helpful',
  notHelpful: 'Not helpful',
  thanksHelpful: 'Thank you. Good to know.',
  thanksNotHelpful: 'Thank you. An agent can help with this.',

  source: (n: number, title: string) => `Source ${n}: ${title}`,
  sources: 'Sources',
  openArticle: 'Open the article',
  opensNewTab: 'opens in a new tab',
  passageFailed: 'We could not load the whole passage. This is the part that was quoted.',
  table: 'Table',
  code: 'Code',

  waitingTitle: 'You are in line for an agent',
  position: (position: string) => `You are number ${position} in line.`,
  eta: (eta: string) => `It takes about ${eta}.`,
  nobodyHere: 'No agent is here right now. The first who is back sees your conversation.',
  contactLabel: 'E-mail address, in case you leave',
  contactHint: 'Agents can answer there too.',
  contactSave: 'Save',
  contactSaved: (email: string) => `Agents can also reach you at ${email}.`,
  contactChange: 'Change',
  contactInvalid: 'Enter an address such as name@example.com.',
  contactFailed: 'We could not save the address. Try again.',
  agentSees: 'What the agent will see',
  agentSeesList: [
    'This conversation, word for word',
    'The sources that the assistant found',
    'Your name and e-mail address, if you gave them',
  ],

  ratingTitle: 'How did we do?',
  ratingScore: (score: number) => `${score} of 5`,
  ratingComment: 'Anything to add? (optional)',
  ratingSend: 'Send rating',
  ratingThanks: 'Thank you for the rating.',
  ratingFailed: 'We could not save the rating. Try again.',
  resolvedTitle: 'This conversation is resolved',

  offline: 'You are offline.',
  reconnecting: 'Connecting again.',
  kept: 'What you write is kept and sent later.',
  queuedCount: (count: number) => `${count} ${plural(count, 'message', 'messages')} waiting to be sent.`,

  failedTitle: 'The chat could not start',
  failedBecause: {
    offline: 'We could not reach the server. Check your connection.',
    rate_limited: 'There were too many tries from your network. It works again shortly.',
    origin_not_allowed: 'The chat is not set up for this website.',
    not_found: 'The chat is not set up for this website.',
    identity_required: 'Sign in on this site to use the chat.',
    identity_invalid: 'Your sign-in has expired. Reload the page to use the chat.',
  },
  failed: 'Something went wrong on our side. Your messages are kept.',
  trying: (seconds: string) => `Trying again in ${seconds}.`,
};

export type Words = typeof words;
