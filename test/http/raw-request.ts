import { connect } from 'node:net';

/** What came back on a connection before it was closed, by either side. */
export interface RawResponse {
  /** Of the first answer; absent when the connection was closed without one. */
  readonly status: number | undefined;
  readonly text: string;
}

type Piece = string | Uint8Array | Promise<string>;

/** Sends bytes as they are, piece by piece, and gathers what comes back until the other side closes. */
export function sendRaw(port: number, ...pieces: readonly Piece[]): Promise<RawResponse> {
  return converse(port, { pieces, isAll: false });
}

/** Does the same, and lets the other side know that nothing more will come. */
export function sendAll(port: number, ...pieces: readonly Piece[]): Promise<RawResponse> {
  return converse(port, { pieces, isAll: true });
}

function converse(
  port: number,
  { pieces, isAll }: { readonly pieces: readonly Piece[]; readonly isAll: boolean },
): Promise<RawResponse> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A refusal may close the connection while we still write; what was answered before counts.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString();
      const statuses = [...text.matchAll(/^HTTP\/1\.1 ([2-5]\d{2})/gm)].map((match) => Number(match[1]));
      resolve({ status: statuses[0], text });
    });
    const send = async () => {
      for (const piece of pieces) socket.write(await piece);
      if (isAll) socket.end();
    };
    void send();
  });
}
