import { io, type Socket } from 'socket.io-client';
import type { AgentClientEvents, AgentRequests, AgentResponses, AgentServerEvents } from '../../protocol/agent.ts';
import type { Ack, AckError } from '../../protocol/errors.ts';

export type AgentSocket = Socket<AgentServerEvents, AgentClientEvents>;

const ackTimeoutMs = 10_000;

/** What the server answered instead of doing it; `code` is `unavailable` when it did not answer at all. */
export class SocketError extends Error {
  readonly code: AckError['code'];
  /** The answer was lost, so the request may have been carried out. */
  readonly unanswered: boolean;

  constructor(error: AckError, unanswered = false) {
    super(error.message);
    this.code = error.code;
    this.unanswered = unanswered;
  }
}

export const connectAgentSocket = (): AgentSocket =>
  io('/agent', { withCredentials: true, transports: ['websocket', 'polling'], reconnectionDelayMax: 5_000 });

/** Sends and waits for the acknowledgement. Throws SocketError. */
export async function ask<Event extends keyof AgentRequests>(
  socket: AgentSocket,
  event: Event,
  payload: AgentRequests[Event],
): Promise<AgentResponses[Event]> {
  if (!socket.connected) throw unanswered();
  const answer = await new Promise<Ack<AgentResponses[Event]>>((resolve, reject) => {
    const untyped = socket.timeout(ackTimeoutMs) as unknown as {
      emit(
        event: string,
        payload: unknown,
        ack: (error: Error | null, answer: Ack<AgentResponses[Event]>) => void,
      ): void;
    };
    untyped.emit(event, payload, (error, value) => (error ? reject(unanswered()) : resolve(value)));
  });
  if (!answer.ok) throw new SocketError(answer.error);
  return answer.data;
}

const unanswered = () =>
  new SocketError({ code: 'unavailable', message: 'There is no connection. It is sent as soon as there is.' }, true);
