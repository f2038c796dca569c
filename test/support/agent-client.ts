import { io, type Socket } from 'socket.io-client';
import type { AgentClientEvents, AgentRequests, AgentResponses, AgentServerEvents } from '../../protocol/agent.ts';
import type { Ack } from '../../protocol/errors.ts';
import { apiKey } from './start-parley.ts';

/** An agent's program on the /agent socket. */
export class AgentClient {
  readonly socket: Socket<AgentServerEvents, AgentClientEvents>;

  constructor(url: string, key: string = apiKey) {
    this.socket = io(`${url}/agent`, {
      auth: { apiKey: key },
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelayMax: 250,
    });
  }

  async data<Event extends keyof AgentRequests>(
    event: Event,
    payload: AgentRequests[Event],
  ): Promise<AgentResponses[Event]> {
    const answer = (await this.socket.timeout(10_000).emitWithAck(event, ...([payload] as never))) as Ack<
      AgentResponses[Event]
    >;
    if (!answer.ok) throw new Error(`${event}: ${answer.error.code} ${answer.error.message}`);
    return answer.data;
  }

  close(): void {
    this.socket.disconnect();
  }
}
