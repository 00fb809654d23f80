import type { IncomingMessage } from 'node:http';

/** The body of a request, or why there is none to work with. */
export type BodyReading =
  | { readonly kind: 'read'; readonly body: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'not-text' }
  | { readonly kind: 'cut-off' };

/** Reads a body as UTF-8; what is too large is left unread, so that the refusal still goes out. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes)
    return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        resolve({ kind: 'too-large' });
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(asText(Buffer.concat(chunks))));
    request.once('error', () => resolve({ kind: 'cut-off' }));
    request.once('close', () => resolve({ kind: 'cut-off' }));
  });
}

function asText(bytes: Buffer): BodyReading {
  try {
    // A byte order mark is part of what was signed.
    return { kind: 'read', body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { kind: 'not-text' };
  }
}
