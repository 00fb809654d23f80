import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openOtel } from '../../src/otel.js';
import { cardSaying, click, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

interface Batch {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** Opens what takes spans as OTLP over HTTP. */
async function openCollector() {
  const spans: Span[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const texts: string[] = [];
  const server = createServer(async (request, response) => {
    const batch = (await json(request)) as Batch;
    texts.push(JSON.stringify(batch));
    headers.push(request.headers);
    spans.push(...batch.resourceSpans.flatMap((one) => one.scopeSpans).flatMap((one) => one.spans));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { spans, headers, texts, endpoint: `http://127.0.0.1:${port}/v1/traces` };
}

/** Nothing listens there. */
const away = 'http://127.0.0.1:9/v1/traces';

/** Opens what takes connections, and never answers. */
async function openHanging(): Promise<string> {
  const server = createServer(() => {});
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/v1/traces`;
}

/** Lists the packages of OpenTelemetry that are loaded, but for its bare API, which counters need. */
function loadedPackages(): readonly string[] {
  const files = Object.keys(createRequire(import.meta.url).cache);
  const names = files.map((file) => /node_modules\/(@opentelemetry\/[^/]+)/.exec(file)?.[1] ?? '');
  return [...new Set(names)].filter((name) => name !== '' && name !== '@opentelemetry/api');
}

async function approveOne(stage: Stage): Promise<void> {
  await askForCertificate(stage);
  await stage.observe();
  await click(stage, 'ana', theCard(stage), 'approve');
  await cardSaying(stage, /Approved by Ana Ruiz/);
}

describe.each(transports)('a bot whose settings name a collector, over %s', (transport) => {
  it('loads none of the packages before they do, and all of them then', async () => {
    if (transport !== 'socket') return expect(loadedPackages()).toContain('@opentelemetry/sdk-trace');
    await openStage(transport);
    expect(loadedPackages()).toEqual([]);
    const { endpoint: collector } = await openCollector();
    await openStage(transport, { collector });
    expect(loadedPackages()).toEqual(
      expect.arrayContaining(['@opentelemetry/sdk-trace', '@opentelemetry/exporter-trace-otlp-http']),
    );
  });

  it('sends one trace of a click, in which all it led to has its place', async () => {
    const { spans, headers, texts, endpoint: collector } = await openCollector();
    const environment = { COUNTERSIGN_OTEL_HEADERS: 'authorization=Bearer s3cret%2C,x-tenant=pki' };
    const stage = await openStage(transport, { approveWith: 'one-click', collector, environment });
    await approveOne(stage);
    await stage.close();
    expect(headers[0]).toMatchObject({ authorization: 'Bearer s3cret,', 'x-tenant': 'pki' });
    const clicked = spans.find(({ name }) => name === 'click');
    expect(clicked?.parentSpanId ?? '').toBe('');
    const ofClick = spans.filter(({ traceId }) => traceId === clicked?.traceId);
    const parentOf = (name: string) => {
      const span = ofClick.find((one) => one.name === name);
      return ofClick.find(({ spanId }) => spanId === span?.parentSpanId)?.name;
    };
    expect(parentOf('signal')).toBe('click');
    expect(parentOf('HTTP POST')).toBe('signal');
    expect(parentOf('delivery')).toBe('click');
    expect(parentOf('Slack chat.update')).toBe('delivery');
    expect(ofClick.map(({ name }) => name)).toContain('store transaction');
    const [logged] = stage.log.lines.filter((line) => line.includes('A click was worked on'));
    const { trace }: { readonly trace: string } = JSON.parse(logged ?? '{}');
    expect(clicked?.attributes).toEqual([{ key: 'countersign.trace', value: { stringValue: trace } }]);
    const poll = spans.find(({ name }) => name === 'poll');
    expect(spans.some(({ name, parentSpanId }) => name === 'HTTP GET' && parentSpanId === poll?.spanId)).toBe(
      true,
    );
    const all = texts.join('\n');
    expect(all).not.toMatch(/s3cret|xoxb-|Ana|U0ANA|keyexample|hooks|Basic /i);
  });

  it('works as ever while the collector is away, or hangs', async () => {
    for (const collector of [away, await openHanging()]) {
      const stage = await openStage(transport, { approveWith: 'one-click', collector });
      await approveOne(stage);
      await stage.close();
      expect(stage.command.effectiveSignals).toHaveLength(1);
    }
  });
});

it('warns when the collector is away or hangs, and never names a header', async () => {
  for (const endpoint of [away, await openHanging()]) {
    const warned = new Promise<string>((resolve) => {
      const warn = (fields: object, sentence: string) => resolve(JSON.stringify([fields, sentence]));
      const log = { debug: () => {}, info: () => {}, error: () => {}, warn };
      const options = { endpoint, headers: { authorization: 's3cret' }, service: 'bot', ratio: 1, log };
      void openOtel(options).then((collector) => {
        collector
          .open({ name: 'click', trace: 'K7F3', attributes: {}, isFirst: true })
          .end({ isFailed: false });
      });
    });
    expect(await warned).toBe('[{},"Traces cannot be sent to the collector; they are dropped"]');
  }
});

it('sends the part of all traces that the settings say, whole', async () => {
  const { spans, endpoint } = await openCollector();
  const log = { debug: () => {}, info: () => {}, error: () => {}, warn: () => {} };
  const collector = await openOtel({ endpoint, headers: {}, service: 'bot', ratio: 0.5, log });
  for (let trace = 0; trace < 200; trace += 1) {
    const about = { trace: `trace ${trace}`, attributes: {} };
    const first = collector.open({ ...about, name: 'click', isFirst: true });
    collector.open({ ...about, name: 'signal', parent: first, isFirst: false }).end({ isFailed: false });
    first.end({ isFailed: false });
    collector.open({ ...about, name: 'delivery', isFirst: false }).end({ isFailed: true });
  }
  await collector.close();
  const sizes = new Map<string, number>();
  for (const { traceId } of spans) sizes.set(traceId, (sizes.get(traceId) ?? 0) + 1);
  expect([...new Set(sizes.values())]).toEqual([3]);
  expect(sizes.size).toBeGreaterThan(60);
  expect(sizes.size).toBeLessThan(140);
});
