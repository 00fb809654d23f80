import fc from 'fast-check';

/** One request as somebody hostile may write it, in pieces as they are sent. */
export interface AnyRequest {
  readonly head: string;
  readonly body: Uint8Array;
}

const method = fc.oneof(
  fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'get', 'PRI', ''),
  fc.string({ maxLength: 12 }),
);

const suffix = fc.oneof(
  fc.constantFrom('', '?', '?a=1&a=2', '?a=%', '/', '/..', '%00', '#x', `?${'x'.repeat(9_000)}`),
  fc.string({ unit: 'binary-ascii', maxLength: 30 }),
);

const headerLine = fc.oneof(
  fc.constantFrom(
    'content-type: application/json',
    'content-type: application/x-www-form-urlencoded',
    'content-type: multipart/form-data; boundary=',
    'content-encoding: gzip',
    'transfer-encoding: chunked',
    'transfer-encoding: chunked, chunked',
    'content-length: 0',
    'content-length: 7',
    'content-length: -1',
    'content-length: 99999999999999999999',
    'expect: 100-continue',
    'expect: something',
    'connection: upgrade\r\nupgrade: websocket',
    'x-slack-signature: v0=00',
    'x-slack-request-timestamp: 1e9',
    'x-slack-request-timestamp: NaN\r\nx-slack-signature: ',
    '__proto__: x',
    ' folded: x',
    `x: ${'x'.repeat(20_000)}`,
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  fc
    .tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 40 }))
    .map(([name, value]) => `${name}: ${value}`),
);

const body = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.jsonValue({ maxDepth: 3 }).map((value) => Buffer.from(JSON.stringify(value))),
  fc.string().map((text) => Buffer.from(`payload=${encodeURIComponent(text)}`)),
  fc.constant(new Uint8Array(1_100_000)),
);

/** Any request to a path or something near it, signed by nobody; often one that is cut off half-way. */
export function anyRequest(path: string): fc.Arbitrary<AnyRequest> {
  return fc
    .record({
      verb: method,
      target: fc.oneof(
        { arbitrary: fc.constant(path), weight: 3 },
        suffix.map((end) => path + end),
        suffix,
      ),
      version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', ''),
      lines: fc.array(headerLine, { maxLength: 5 }),
      isMeasured: fc.boolean(),
      end: fc.constantFrom('\r\n\r\n', '\r\n', '', '\n\n'),
      content: body,
    })
    .map(({ verb, target, version, lines, isMeasured, end, content }) => {
      const measure = isMeasured ? [`content-length: ${content.length}`] : [];
      const head = [`${verb} ${target} ${version}`, 'host: x', ...measure, ...lines].join('\r\n') + end;
      return { head, body: content };
    });
}
