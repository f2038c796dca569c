import type { AvailableAgent, WaitingConversation } from './queries.ts';

/**
 * Who gets the next in line: of those who are there, have room, are in its team (if it has one) and have not given it back,
 * the one with the fewest open conversations; ties by id. Undefined: nobody, it keeps its place.
 */
export function chooseAgent(
  waiting: WaitingConversation,
  agents: readonly AvailableAgent[],
): AvailableAgent | undefined {
  return agents
    .filter((agent) => agent.open < agent.capacity)
    .filter((agent) => waiting.teamId === null || agent.teamIds.includes(waiting.teamId))
    .filter((agent) => !waiting.declinedBy.includes(agent.id))
    .sort((a, b) => a.open - b.open || (a.id < b.id ? -1 : 1))[0];
}
