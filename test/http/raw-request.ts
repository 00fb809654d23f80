import { connect } from 'node:net';

/** What came back on a connection before it was closed, by either side. */
export interface RawAnswer {
  /** Absent when the connection was closed without an answer. */
  readonly status: number | undefined;
  readonly text: string;
}

/** Sends bytes as they are, piece by piece, and gathers what comes back until the other side closes. */
export function sendRaw(
  port: number,
  ...pieces: readonly (string | Uint8Array | Promise<string>)[]
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A refusal may close the connection while we still write; what was answered before counts.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString();
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      resolve({ status: status === undefined ? undefined : Number(status), text });
    });
    const send = async () => {
      for (const piece of pieces) socket.write(await piece);
    };
    void send();
  });
}
