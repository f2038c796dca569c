const workspacesMax = 10_000;
const usual = ['en'];

/** By workspace; forgotten all at once when they are too many: a wrong guess costs one more round trip. */
const lastSeen = new Map<string, string[]>();

/**
 * The languages of a workspace's documents, the commonest first, as this process last saw them: a guess that lets a question be
 * read before the statistics come.
 */
export const likelyLanguages = (workspaceId: string): string[] => lastSeen.get(workspaceId) ?? usual;

export function noticeLanguages(workspaceId: string, languages: string[]): void {
  if (!lastSeen.has(workspaceId) && lastSeen.size >= workspacesMax) lastSeen.clear();
  lastSeen.set(workspaceId, languages);
}
