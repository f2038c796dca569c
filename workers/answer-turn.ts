import { answer } from '../server/answering/answer.ts';
import { findConversation } from '../server/conversations/conversation-queries.ts';
import { readTurnContext } from '../server/conversations/history.ts';
import { CitationGone, postReply } from '../server/conversations/post-reply.ts';
import { claimTurn, releaseTurn, renewTurnLease, type TurnRow } from '../server/conversations/turn-queries.ts';
import type { Deps } from '../server/deps.ts';
import { giveUpTurn } from '../server/handoff/give-up-turn.ts';
import type { JobPayload } from '../server/queue/jobs.ts';
import { streamReply } from '../server/realtime/stream-reply.ts';

/** A turn whose workers keep dying is not tried for ever. */
const attemptsMax = 3;
/** Left of the deadline for telling the customer. */
const reserveMs = 2_000;
/** A model gets what is left less this, so that there is time to quote an article instead. */
const fallbackMs = (leftMs: number) => Math.min(5_000, leftMs / 4);

/**
 * pending → running → done | failed.
 *
 * Takes the turn, answers, and posts the reply if it is still wanted. Running it twice, or dying anywhere inside, changes
 * nothing: whoever comes after finds the row. Every way out of a turn is a reply, a handoff, or having been overtaken.
 */
export async function answerTurn(deps: Deps, { workspaceId, turnId }: JobPayload<'answerTurn'>): Promise<void> {
  const turn = await claimTurn(deps.db, workspaceId, turnId, deps.config.leaseMs);
  if (!turn) return;
  if (turn.attempt > attemptsMax) return giveUpTurn(deps, turn, 'answering_failed');
  const leftMs = turn.deadlineAt.getTime() - deps.clock.now().getTime() - reserveMs;
  if (leftMs <= 0) return giveUpTurn(deps, turn, 'answering_timed_out');

  const claim = holdClaim(deps, turn, leftMs);
  try {
    await reply(deps, turn, claim);
  } catch (error) {
    if (claim.overtaken()) return;
    if (claim.signal.aborted) return await giveUpTurn(deps, turn, 'answering_timed_out');
    deps.log.error({ err: error, turnId, attempt: turn.attempt }, 'turn interrupted');
    // the sweeper brings it back at once; where even this fails, when the lease has run out
    await releaseTurn(deps.db, turn).catch(() => undefined);
  } finally {
    claim.release();
  }
}

async function reply(deps: Deps, turn: TurnRow, { signal, deadlineAt }: Claim): Promise<void> {
  const { workspaceId, conversationId } = turn;
  const conversation = await findConversation(deps.db, workspaceId, conversationId);
  if (!conversation) return;
  const context = await readTurnContext(deps.db, turn);
  const stream = streamReply(deps, { conversationId, customerId: conversation.customerId });
  for (;;) {
    const decision = await answer(deps, {
      workspaceId,
      turnId: turn.id,
      ...context,
      signal,
      deadlineAt,
      onText: (text) => stream.write(text),
      onRestart: () => stream.restart(),
    });
    stream.end();
    try {
      await postReply(deps, turn, { messageId: stream.messageId(), decision });
      return;
    } catch (error) {
      if (!(error instanceof CitationGone)) throw error;
      stream.restart();
    }
  }
}

type Claim = { signal: AbortSignal; deadlineAt: number; overtaken(): boolean; release(): void };

/** Keeps the lease alive, and aborts the work when the deadline comes or the turn is no longer this worker's. */
function holdClaim(deps: Deps, turn: TurnRow, leftMs: number): Claim {
  const { leaseMs } = deps.config;
  const controller = new AbortController();
  let overtaken = false;
  let failedFor = 0;
  const everyMs = Math.min(1_000, leaseMs / 3);

  const renew = async () => {
    try {
      const kept = await renewTurnLease(deps.db, turn, leaseMs);
      failedFor = 0;
      if (!kept) {
        overtaken = true;
        controller.abort(new Error('the turn was overtaken'));
      }
    } catch (error) {
      failedFor += everyMs;
      deps.log.warn({ err: error, turnId: turn.id }, 'lease not renewed');
      if (failedFor >= leaseMs) {
        overtaken = true;
        controller.abort(new Error('the lease ran out'));
      }
    }
  };
  const renewal = setInterval(() => void renew(), everyMs);
  const deadline = setTimeout(() => controller.abort(new Error('the deadline came')), leftMs);
  return {
    signal: controller.signal,
    deadlineAt: deps.clock.now().getTime() + leftMs - fallbackMs(leftMs),
    overtaken: () => overtaken,
    release() {
      clearInterval(renewal);
      clearTimeout(deadline);
    },
  };
}
