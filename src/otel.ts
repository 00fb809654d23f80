import type { Span, SpanContext } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Log } from './ports/runtime.js';
import { withTimeout } from './shared/async.js';
import { sha256Of } from './shared/fingerprint-of.js';
import type { OpenSpan, SpanCollector } from './shared/trace.js';

/** Where spans are sent, and how many of them. */
interface OtelOptions {
  /** Address that takes OTLP over HTTP. */
  readonly endpoint: string;
  /** May hold a secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  /** Which part of all traces is sent, from 0 to 1. */
  readonly ratio: number;
  readonly log: Log;
}

/** Collects spans, and sends them in the background. */
interface OtelCollector extends SpanCollector {
  /** Sends what is left, within two seconds. */
  close(): Promise<void>;
}

const closedWithinMs = 2_000;

/** A batch that is not taken in this time is given up; what comes meanwhile waits, and beyond 2,048 spans is dropped. */
const sentWithinMs = 3_000;

/**
 * Loads OpenTelemetry, and creates what sends spans to a collector. A collector that is away costs spans and a warning
 * a minute, and holds up nothing.
 *
 * Ids of traces and of their first spans are made of ours, so that what goes on in another process, or after days, is
 * in the same trace.
 */
export async function openOtel({ log, ...options }: OtelOptions): Promise<OtelCollector> {
  const [api, { resourceFromAttributes }, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const { endpoint: url, headers, service, ratio } = options;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: sentWithinMs });
  const random = new sdk.RandomIdGenerator();
  /** Set while the first span of a trace is made. */
  let first: SpanContext | undefined;
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new sdk.TraceIdRatioBasedSampler(ratio),
    idGenerator: {
      generateTraceId: () => first?.traceId ?? random.generateTraceId(),
      generateSpanId: () => first?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: warning(exporter, log),
        exportTimeoutMillis: sentWithinMs,
        scheduledDelayMillis: 1_000,
      }),
    ],
  });
  const tracer = provider.getTracer('countersign');
  const spans = new WeakMap<OpenSpan, Span>();
  const parentOf = (parent: OpenSpan | undefined, trace: string) => {
    const known = parent && spans.get(parent);
    if (known) return api.trace.setSpan(api.ROOT_CONTEXT, known);
    const beginning = { ...firstOf(trace), traceFlags: api.TraceFlags.SAMPLED, isRemote: true };
    return api.trace.setSpanContext(api.ROOT_CONTEXT, beginning);
  };
  return {
    open({ name, trace, attributes, parent, isFirst }) {
      first = isFirst ? { ...firstOf(trace), traceFlags: api.TraceFlags.SAMPLED } : undefined;
      const within = isFirst ? api.ROOT_CONTEXT : parentOf(parent, trace);
      const own = { 'countersign.trace': trace, ...attributes };
      const span = tracer.startSpan(name, { attributes: own }, within);
      first = undefined;
      const opened: OpenSpan = {
        end({ isFailed }) {
          if (isFailed) span.setStatus({ code: api.SpanStatusCode.ERROR });
          span.end();
        },
      };
      spans.set(opened, span);
      return opened;
    },
    async close() {
      await withTimeout(
        provider.shutdown().catch(() => {}),
        closedWithinMs,
        undefined,
      );
    },
  };
}

/** Gives the ids with which a trace begins. */
function firstOf(trace: string): Pick<SpanContext, 'traceId' | 'spanId'> {
  const hash = sha256Of(trace);
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** Exports the same way, and says so when it does not work. */
function warning(exporter: SpanExporter, log: Log): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        // The library repeats what the other side said, and may name the headers that were sent.
        if (result.code !== 0) log.warn({}, 'Traces cannot be sent to the collector; they are dropped');
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
