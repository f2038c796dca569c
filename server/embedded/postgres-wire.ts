/** The few parts of the Postgres frontend/backend protocol 3.0 that the embedded server speaks itself; PGlite speaks the rest. */

const sslRequestCode = 80877103;
const gssRequestCode = 80877104;
const cancelRequestCode = 80877102;

/** A client's first packet has no type byte: length, then a protocol version or a request code. */
export function classifyFirstPacket(packet: Buffer): 'encryption' | 'cancel' | 'startup' {
  const code = packet.readInt32BE(4);
  if (code === sslRequestCode || code === gssRequestCode) return 'encryption';
  return code === cancelRequestCode ? 'cancel' : 'startup';
}

export const messageType = { password: 0x70, terminate: 0x58 };

/** The bytes at the start of `buffer` that are complete typed messages, cut before a Terminate. */
export function completeMessages(buffer: Buffer): { length: number; terminated: boolean; missing: number } {
  let length = 0;
  while (buffer.length - length >= 5) {
    if (buffer[length] === messageType.terminate) return { length, terminated: true, missing: 0 };
    const next = length + 1 + buffer.readInt32BE(length + 1);
    if (next > buffer.length) return { length, terminated: false, missing: next - buffer.length };
    length = next;
  }
  return { length, terminated: false, missing: 0 };
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const syncMessage = message('S', Buffer.alloc(0));

export const queryMessage = (sql: string) => message('Q', Buffer.from(`${sql}\0`));

/** AuthenticationCleartextPassword: loopback only, and the password is a random one of this run. */
export const askPassword = message('R', Buffer.from([0, 0, 0, 3]));

export function fatalError(sqlState: string, text: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${text}\0\0`));
}
