import type { Behaviour } from '../behaviour.js';
import { Refusal } from '../server/reply.js';

/** A signal body that passed all checks which need no knowledge of the run. */
export interface SignalBody {
  readonly key: string;
  readonly approved: boolean;
  readonly comment: string;
}

/** Longest comment, in UTF-16 code units. */
const longestComment = 500;

/** Reads the body of a signal call, or refuses with 400 (415 when it is not JSON at all). */
export function readSignal(
  body: string,
  contentType: string,
  approvedAs: Behaviour['approvedAs'],
): SignalBody {
  if (!/[/+]json\b/i.test(contentType)) throw new Refusal(415, 'The media type is not supported.');
  const parsed = parse(body);
  const data = isRecord(parsed) ? parsed.Data : undefined;
  if (!isRecord(parsed) || typeof parsed.SignalKey !== 'string' || !isRecord(data)) {
    throw new Refusal(400, 'The signal needs a SignalKey and Data.');
  }
  const comment = data.Comment ?? '';
  if (typeof comment !== 'string' || comment.length > longestComment) {
    throw new Refusal(400, `Comment must be text of at most ${longestComment} characters.`);
  }
  return { key: parsed.SignalKey, approved: readApproved(data.Approved, approvedAs), comment };
}

function readApproved(value: unknown, approvedAs: Behaviour['approvedAs']): boolean {
  if (typeof value === 'boolean' && approvedAs !== 'string-only') return value;
  const isText = typeof value === 'string' && /^(true|false)$/i.test(value);
  if (isText && approvedAs !== 'boolean-only') return value.toLowerCase() === 'true';
  throw new Refusal(400, 'Approved is missing or has a value that cannot be used.');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'The request body is not valid JSON.');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
