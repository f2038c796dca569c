import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { dropStreamSnapshot, saveStreamSnapshot } from './stream-snapshot.ts';
import { hasViewers } from './viewers.ts';

/** Pieces that come within this time are sent as one: a reader sees no difference, and the sockets carry a quarter of it. */
const gatherMs = 50;
/** How often it is asked whether an agent has come to look; until then pieces go to the customer only. */
const lookAgainMs = 500;

export type ReplyStream = {
  /** The id that the stored message will have. */
  messageId(): string;
  write(text: string): void;
  /** What was sent is void: a new message begins. */
  restart(): void;
  /** Sends what is gathered; nothing is sent after. */
  end(): void;
};

/** Sends a reply to both sides as it is written: the first piece at once, the others gathered. */
export function streamReply(
  deps: Pick<Deps, 'publish' | 'redis'>,
  scope: { conversationId: string; customerId: string },
): ReplyStream {
  const { conversationId, customerId } = scope;
  let messageId = newId();
  let index = 0;
  let sent = '';
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  let watched = false;
  let lookedAt = 0;

  function look(): void {
    const now = Date.now();
    if (watched || now - lookedAt < lookAgainMs) return;
    lookedAt = now;
    void hasViewers(deps.redis, conversationId).then((found) => {
      watched = found;
    });
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === '') return;
    const delta = { conversationId, messageId, index, text: gathered };
    sent += gathered;
    gathered = '';
    deps.publish.toCustomer(customerId, 'message:delta', delta);
    if (watched) deps.publish.toViewers(conversationId, 'message:delta', delta);
    saveStreamSnapshot(deps.redis, conversationId, { messageId, index, text: sent });
    index += 1;
    look();
  }

  look();
  return {
    messageId: () => messageId,
    write(text) {
      gathered += text;
      if (index === 0) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    restart() {
      clearTimeout(timer);
      timer = undefined;
      messageId = newId();
      index = 0;
      sent = '';
      gathered = '';
    },
    end() {
      flush();
      dropStreamSnapshot(deps.redis, conversationId);
    },
  };
}
