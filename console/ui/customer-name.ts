import type { AgentConversation } from '../../protocol/conversation.ts';

/** A name to call the customer by; those who gave none are told apart by the end of their id. */
export function customerName({ customer, contactEmail }: Pick<AgentConversation, 'customer' | 'contactEmail'>): string {
  return customer.name ?? customer.email ?? contactEmail ?? `Customer ${customer.id.slice(-4).toUpperCase()}`;
}
