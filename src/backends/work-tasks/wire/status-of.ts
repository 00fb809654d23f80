import type { InstanceStatus } from '../../../domain/instance.js';
import { cutText } from '../../../shared/cut-text.js';
import { toStatus } from '../translate/to-status.js';
import { fieldsWithin, textAmong } from './fields.js';
import type { Body } from './read-body.js';

/** What an answer tells about where an execution stands. */
export interface StatusReading {
  readonly status: InstanceStatus;
  /** The designer's own text, where there is one beside the status. */
  readonly statusMessage?: string;
}

/** The product keeps a code and a text apart; the code comes first. */
const codeNames = [
  'internalstatus',
  'statuscode',
  'executionstatus',
  'workflowstatus',
  'status',
  'state',
  'code',
];
const textNames = ['statusmessage', 'statustext', 'statusdescription'];

/** What one may have to read on a phone. */
const longestText = 200;

/** Finds the status in an answer of whatever form; undefined if it tells none. */
export function statusOf(body: Body): StatusReading | undefined {
  if (body.kind !== 'value') return undefined;
  const fields = fieldsWithin(body.value);
  if (fields.size === 0) return plainStatus(body.value);
  const code = textAmong(fields, codeNames);
  const text = textAmong(fields, textNames);
  const said = code ?? text ?? textAmong(fields, ['result', 'value', 'data']);
  if (said === undefined) return undefined;
  const status = toStatus(cutText(said, longestText));
  return text === undefined || text === said
    ? { status }
    : { status, statusMessage: cutText(text, longestText) };
}

function plainStatus(value: unknown): StatusReading | undefined {
  // A number is an id, such as the -1 that stands for no execution.
  if (typeof value !== 'string' || /^-?\d+$/.test(value.trim())) return undefined;
  return { status: toStatus(cutText(value, longestText)) };
}
