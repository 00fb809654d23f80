import { AsyncLocalStorage } from 'node:async_hooks';
import { sha256Of } from './fingerprint-of.js';

/** A span that has begun; it is ended once. */
export interface OpenSpan {
  end(how: { readonly isFailed: boolean }): void;
}

/** Named values of a span; never a secret, and nothing that a person or a request is called by. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Where spans go. Never throws and never waits. */
export interface SpanCollector {
  open(span: {
    readonly name: string;
    readonly trace: string;
    readonly attributes: SpanAttributes;
    /** Absent for the span a trace begins with, and where a trace goes on whose first span was another's. */
    readonly parent?: OpenSpan | undefined;
    readonly isFirst: boolean;
  }): OpenSpan;
}

/** What is under way, in whatever is awaited from here. */
interface Scope {
  readonly trace: string;
  readonly collector: SpanCollector | undefined;
  readonly span?: OpenSpan | undefined;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Begins traces. */
export interface Tracing {
  /** Does some work under an id of its own; with a name, that of its first span. */
  begin<T>(name: string | undefined, work: () => Promise<T>): Promise<T>;
}

/** Creates what begins traces; without a collector only their ids are carried. */
export function createTracing(options: {
  readonly newId: () => string;
  readonly collector?: SpanCollector | undefined;
}): Tracing {
  const { newId, collector } = options;
  return {
    begin(name, work) {
      const scope = { trace: traceOf(newId()), collector };
      return name === undefined ? scopes.run(scope, work) : within(scope, { name, isFirst: true }, work);
    },
  };
}

/** Letters and digits that are not mistaken for one another when read aloud. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Makes the id of a trace, short enough to be read out, of one that is longer. */
function traceOf(id: string): string {
  const bits = BigInt(`0x${sha256Of(id).slice(0, 13)}`);
  return Array.from({ length: 10 }, (_, at) => alphabet[Number((bits >> BigInt(5 * at)) & 31n)]).join('');
}

/** Gives the id under which the work in hand is traced; absent outside of any. */
export function traceId(): string | undefined {
  return scopes.getStore()?.trace;
}

/** Goes on, in a span of its own, with what an earlier piece of work began; with the work in hand where that is not known. */
export function goOnWith<T>(trace: string | undefined, name: string, work: () => Promise<T>): Promise<T> {
  const now = scopes.getStore();
  if (trace === undefined || trace === now?.trace) return inSpan(name, {}, work);
  return within({ trace, collector: now?.collector }, { name }, work);
}

/** Does a part of the work in hand in a span of its own, where anybody collects spans. */
export function inSpan<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
  const now = scopes.getStore();
  return now?.span ? within(now, { name, attributes }, work) : work();
}

async function within<T>(
  { trace, collector, span: parent }: Scope,
  about: { readonly name: string; readonly attributes?: SpanAttributes; readonly isFirst?: boolean },
  work: () => Promise<T>,
): Promise<T> {
  const { name, attributes = {}, isFirst = false } = about;
  const span = collector?.open({ name, trace, attributes, parent, isFirst });
  let isFailed = true;
  try {
    const result = await scopes.run({ trace, collector, span }, work);
    isFailed = false;
    return result;
  } finally {
    span?.end({ isFailed });
  }
}
