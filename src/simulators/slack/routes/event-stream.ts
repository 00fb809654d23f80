import type { ServerResponse } from 'node:http';
import type { Changes } from '../state/changes.js';

/** Streams every change as a server-sent event until the reader goes away. */
export function streamChanges(changes: Changes, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  });
  response.write(': hello\n\n');
  const stop = changes.listen((event) => {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  });
  response.on('close', stop);
}
