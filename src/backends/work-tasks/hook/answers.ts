import type { InboundResult } from '../../../ports/told-desk.js';
import type { WebResponse } from '../../../ports/web.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { BodyProblem } from './read-told.js';

type Refusal = 'unauthorized' | 'not-json' | 'other-repository' | 'malformed';

const refusals: Readonly<Record<Refusal, { readonly status: number; readonly message: string }>> = {
  unauthorized: {
    status: 401,
    message: 'Send the secret of the repository: Authorization: Bearer and the secret.',
  },
  'not-json': { status: 415, message: 'Send JSON, with Content-Type: application/json.' },
  'other-repository': { status: 403, message: 'This secret does not speak for that repository.' },
  malformed: { status: 400, message: 'The body cannot be taken as it is; nothing was changed.' },
};

/** Refuses to take what was told; repeats nothing of it. */
export function refuse(kind: Refusal, problems: readonly BodyProblem[] = []): WebResponse {
  const { status, message } = refusals[kind];
  const result = json(status, { status: kind, message, ...(problems.length > 0 ? { problems } : {}) });
  const asks = kind === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {};
  return { ...result, headers: { ...result.headers, ...asks }, refusal: `A workflow’s word: ${message}` };
}

/** Says what came of what was told, and what of it was passed over. */
export function inboundResponse(
  result: InboundResult,
  passedOver: { readonly ignored: readonly string[]; readonly leftOut: readonly string[] },
): WebResponse {
  const { kind: status } = result;
  const { ignored, leftOut } = passedOver;
  const more = {
    ...(ignored.length > 0 ? { ignored } : {}),
    ...(leftOut.length > 0 ? { leftOut } : {}),
  };
  switch (result.kind) {
    case 'put':
      return json(201, { status, code: result.code, ...more });
    case 'repeated':
    case 'completed':
    case 'changed':
      return json(200, { status, code: result.code, ...more });
    case 'over':
      return conflict({
        status,
        code: result.code,
        message:
          'This approval is decided or being decided, and stays as it is. To ask once more, send another key.',
      });
    case 'ambiguous':
      return conflict({
        status,
        codes: result.codes,
        message:
          'Several steps of this execution wait without an activity. Send the key of the one that is meant.',
      });
    case 'key-taken':
      return conflict({
        status,
        code: result.code,
        message: 'This key belongs to another activity that still waits. Send another key.',
      });
    default:
      return assertNever(result);
  }
}

function conflict(content: {
  readonly status: string;
  readonly message: string;
  readonly code?: string;
  readonly codes?: readonly string[];
}): WebResponse {
  return { ...json(409, content), refusal: `A workflow’s word: ${content.message}` };
}

function json(status: number, content: object): WebResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(content)}\n`,
  };
}
