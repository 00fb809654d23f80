// What the same work costs without the bot: bare reads of the same pages, a bare Bolt app, bare commits, and a
// process that only imports what the bot imports and opens the same store.
import { randomUUID } from 'node:crypto';
import { cpuMsOf, quantile, settledRssMb } from './measure.mjs';

process.once('SIGTERM', () => process.exit(0));
process.on('message', async (message) => process.send(await work[message.kind](message)));

const work = {
  async axios({ url, headers, pages }) {
    const { default: axios } = await import('axios');
    const { Agent } = await import('node:http');
    const client = axios.create({ httpAgent: new Agent({ keepAlive: true }), headers, responseType: 'text' });
    const read = async () => {
      for (const page of pages) JSON.parse((await client.get(url + page)).data);
    };
    await read();
    return { cpuMs: await cpuMsOf(read) };
  },
  async fetch({ url, headers, pages }) {
    const read = async () => {
      for (const page of pages) JSON.parse(await (await fetch(url + page, { headers })).text());
    };
    await read();
    return { cpuMs: await cpuMsOf(read) };
  },
  async bolt({ signingSecret, botToken, slackApiUrl }) {
    const { App, HTTPReceiver, LogLevel } = await import('@slack/bolt');
    const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR });
    const app = new App({
      token: botToken,
      receiver,
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl },
      ignoreSelf: false,
    });
    app.action(/^/, ({ ack }) => ack());
    const server = await app.start({ port: 0, host: '127.0.0.1' });
    return { port: server.address().port };
  },
  async commits({ file, count }) {
    const { openStore } = await import('../../dist/stores/index.js');
    const store = await openStore(file, {});
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const beganMs = performance.now();
      await store.putNote(`bench/${randomUUID()}`, 'x'.repeat(300));
      times.push(performance.now() - beganMs);
    }
    await store.close();
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
  },
  async bare({ file }) {
    await import('@slack/bolt');
    await import('axios');
    await import('cockatiel');
    await import('kysely');
    await import('node-cron');
    await import('openid-client');
    await import('pg');
    await import('pino');
    await import('reflect-metadata');
    await import('@peculiar/x509');
    await import('prom-client');
    await import('yaml');
    await import('zod');
    const { openStore } = await import('../../dist/stores/index.js');
    const store = await openStore(file, {});
    await store.putNote('bench', 'open');
    const readyMs = performance.now();
    return { readyMs, rssMb: await settledRssMb() };
  },
};
