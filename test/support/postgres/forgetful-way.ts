import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on which an answer can be lost. */
export interface ForgetfulWay {
  /** The address of a database, by this way. */
  readonly url: string;
  /** Lets the next statement that holds this text reach the server, and loses its answer and the connection. */
  loseResponseTo(text: string): void;
  /** The same, and from then on no connection comes about until the way is reopened. */
  endAfter(text: string): void;
  reopen(): void;
  close(): Promise<void>;
}

/** Opens a way to the server of a database that forwards everything until it is told otherwise. */
export async function openForgetfulWay(database: string): Promise<ForgetfulWay> {
  const { port, hostname } = new URL(database);
  const sockets = new Set<Socket>();
  let deadly: string | undefined;
  let isLast = false;
  let isOver = false;
  const server = createServer((here) => {
    if (isOver) return void here.destroy();
    const there = connect(Number(port), hostname);
    let isLosing = false;
    const end = () => {
      here.destroy();
      there.destroy();
    };
    for (const socket of [here, there]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    here.on('data', (requested) => {
      if (deadly !== undefined && requested.includes(deadly)) {
        deadly = undefined;
        isLosing = true;
        isOver = isLast;
      }
      there.write(requested);
    });
    // Once the server has answered it has done what it was asked.
    there.on('data', (reply) => (isLosing ? end() : here.write(reply)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(database);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseResponseTo: (text) => {
      deadly = text;
    },
    endAfter: (text) => {
      deadly = text;
      isLast = true;
    },
    reopen: () => {
      isLast = false;
      isOver = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
