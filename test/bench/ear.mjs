import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * Hears what presses are answered privately; each answer is the end of one decision.
 *
 * Anything but a vote that counts would be no decision, and is thrown by whoever waits for them.
 */
export async function openEar() {
  const said = [];
  let wanted = { count: Number.POSITIVE_INFINITY, send: () => {} };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    response.end('ok');
    said.push(body);
    if (said.length >= wanted.count) wanted.send();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async until(count) {
      if (said.length < count) {
        await new Promise((send) => {
          wanted = { count, send };
        });
      }
      const other = said.find((body) => !/ recorded \(\d+ of \d+\)/.test(body));
      if (other) throw new Error(`A press led to no decision: ${other.slice(0, 300)}`);
    },
    close: () => server.close(),
  };
}
