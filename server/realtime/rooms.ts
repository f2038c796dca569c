/** Who receives what. A room's name is its audience; nobody joins one without having been checked for it. */
export const rooms = {
  /** All tabs of one customer. */
  customer: (customerId: string) => `customer:${customerId}`,
  /** Every customer of a workspace who is connected. */
  customers: (workspaceId: string) => `customers:${workspaceId}`,
  /** Every agent of a workspace. */
  agents: (workspaceId: string) => `agents:${workspaceId}`,
  /** The agents who have a conversation open. */
  viewers: (conversationId: string) => `viewers:${conversationId}`,
};

export const streamName = 'parley:events';
