import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import type { Ack } from '../../../protocol/errors.ts';
import type {
  WidgetClientEvents,
  WidgetRequests,
  WidgetResponses,
  WidgetServerEvents,
  widgetHandshake,
} from '../../../protocol/widget.ts';

const ackTimeoutMs = 10_000;
/** Written out because the schema's module would bring zod into the frame; the type keeps it true. */
const protocol: z.infer<typeof widgetHandshake>['protocol'] = 1;

type WidgetSocket = Socket<WidgetServerEvents, WidgetClientEvents>;

export type Rpc = {
  socket: WidgetSocket;
  /** Resolves with the server's answer; without one in time, or without a connection, with `unavailable`. */
  request<Event extends keyof WidgetRequests>(
    event: Event,
    payload: WidgetRequests[Event],
  ): Promise<Ack<WidgetResponses[Event]>>;
};

const unavailable = { ok: false, error: { code: 'unavailable', message: '' } } as const;

/** `token` is asked for at each connection attempt. The frame's own address says where the server is. */
export function createRpc(token: () => string): Rpc {
  const socket: WidgetSocket = io(new URL('/widget', location.href).href, {
    path: new URL('../socket.io/', location.href).pathname,
    auth: (give) => give({ token: token(), protocol }),
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  });
  return {
    socket,
    async request(event, payload) {
      if (!socket.connected) return unavailable;
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(unavailable), ackTimeoutMs);
        const send: Socket['emit'] = socket.emit.bind(socket);
        send(event, payload, (answer: Ack<WidgetResponses[typeof event]>) => {
          clearTimeout(timer);
          resolve(answer);
        });
      });
    },
  };
}

/** What a refused handshake says; nothing for a connection that failed before one. */
export function refusalCode(error: Error): string | undefined {
  const data: unknown = 'data' in error ? error.data : undefined;
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string'
    ? data.code
    : undefined;
}
