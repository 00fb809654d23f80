import { type InboundBody, inboundBody } from './told-body.js';

/** Something about a body that cannot be taken; never tells a value. */
export interface BodyProblem {
  readonly path: string;
  readonly expected: string;
}

/** What was understood of a body, or everything that is wrong with it. */
export type InboundReading =
  | { readonly kind: 'read'; readonly told: InboundBody; readonly ignored: readonly string[] }
  | { readonly kind: 'wrong'; readonly problems: readonly BodyProblem[] };

/** Lists at most this many names of keys nobody knows. */
const mostIgnored = 10;

/**
 * Reads what a workflow tells. Keys count in any casing, since designers write `executionId` as well.
 *
 * Keys that mean nothing are passed over and named, so that a slip of the pen is found.
 */
export function readInbound(text: string): InboundReading {
  const body = parse(text);
  if (body === undefined) return wrong([{ path: '(body)', expected: 'a JSON object' }]);
  const entries = Object.entries(body).map(([key, value]) => [key.toLowerCase(), value] as const);
  const twice = entries.filter(([key], at) => entries.findIndex(([other]) => other === key) !== at);
  const known = new Set(Object.keys(inboundBody.shape));
  const result = inboundBody.safeParse(Object.fromEntries(entries.filter(([key]) => known.has(key))));
  const problems = [
    ...twice
      .filter(([key]) => known.has(key))
      .map(([key]) => ({ path: key, expected: 'each key once, whatever its casing' })),
    ...(result.error?.issues ?? []).map(({ path, message }) => ({ path: pathText(path), expected: message })),
    ...(lacksName(entries) ? [nameless] : []),
  ];
  if (!result.success || problems.length > 0) return wrong(problems);
  const ignored = Object.keys(body).filter((key) => !known.has(key.toLowerCase()));
  return { kind: 'read', told: result.data, ignored: ignored.slice(0, mostIgnored).map(shorten) };
}

/** Gives the repository a body names, whatever else is wrong with it; undefined if it names none. */
export function repositoryIn(text: string): string | undefined {
  const body = parse(text) ?? {};
  const [, repository] = Object.entries(body).find(([key]) => key.toLowerCase() === 'repository') ?? [];
  const result = inboundBody.shape.repository.safeParse(repository);
  return result.data;
}

const nameless: BodyProblem = {
  path: 'executiondetailsid',
  expected:
    'the id of the waiting activity; where it is not known yet, a text of your own under "key" that tells this step from others of the execution',
};

function lacksName(entries: readonly (readonly [string, unknown])[]): boolean {
  return !entries.some(
    ([key, value]) =>
      (key === 'key' || key === 'executiondetailsid') &&
      value !== undefined &&
      value !== null &&
      value !== '',
  );
}

function wrong(problems: readonly BodyProblem[]): InboundReading {
  return { kind: 'wrong', problems };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function pathText(path: readonly PropertyKey[]): string {
  const written = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return written.replace(/^\./, '') || '(body)';
}

function shorten(key: string): string {
  return key.length > 50 ? `${key.slice(0, 50)}…` : key;
}
