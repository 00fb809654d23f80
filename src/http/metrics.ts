import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Ending } from '../domain/approval.js';
import { backendErrorCodes } from '../ports/errors.js';
import { anchorPlaces, arrivalKinds, type Log, type Metrics, signalOutcomes } from '../ports/runtime.js';
import { asError } from '../shared/language.js';
import type { Gauges } from '../use-cases/monitoring.js';

/** Counting ten thousand open approvals takes a good part of a second, so several who ask share one count. */
const countAgainMs = 10_000;

/** What is counted, and the page that tells it. */
interface MetricsPage {
  readonly metrics: Metrics;
  /** Writes everything down for Prometheus; what is in the store is counted by the given function. */
  page(
    collectGauges: () => Promise<Gauges>,
  ): Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * Creates the metrics of one bot, in a registry of its own.
 *
 * What is counted of a system stands at 0 from the start: a rate has nothing to go by where a counter begins with its
 * first event, and an age none where its time does. The process is watched from the first time somebody asks, since
 * nobody may ever.
 */
export function createMetrics({
  log,
  now,
  systems,
}: {
  readonly log: Log;
  readonly now: () => number;
  readonly systems: readonly string[];
}): MetricsPage {
  const registry = new Registry();
  const metrics = registerCounted({ registry, systems });
  const show = registerGauges(registry);
  let isProcessWatched = false;
  let countedAtMs = Number.NEGATIVE_INFINITY;
  return {
    metrics,
    async page(collectGauges) {
      if (!isProcessWatched) collectDefaultMetrics({ register: registry });
      isProcessWatched = true;
      if (Math.abs(now() - countedAtMs) >= countAgainMs) {
        const gauges = await collectGaugesOrLog(collectGauges, log);
        show(gauges);
        countedAtMs = gauges ? now() : Number.NEGATIVE_INFINITY;
      }
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A store that is away must not hide what else is known. */
async function collectGaugesOrLog(
  collectGauges: () => Promise<Gauges>,
  log: Log,
): Promise<Gauges | undefined> {
  try {
    return await collectGauges();
  } catch (error) {
    log.warn({ err: asError(error) }, 'The store could not be counted for the metrics');
    return undefined;
  }
}

/** What people wait for: from a tenth of a second to hours. */
const longWaits = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 4 * 3_600, 24 * 3_600];

/** What machines do: from a few milliseconds to the most any request may take. */
const shortWaits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60];

/** Registers everything that is counted where it happens, and gives what counts it. */
function registerCounted(into: Registering): Metrics {
  return {
    ...registerApprovals(into),
    ...registerPeople(into),
    ...registerSystems(into),
  };
}

/** Where metrics are registered, and the systems they begin with. */
interface Registering {
  readonly registry: Registry;
  readonly systems: readonly string[];
}

/** Every way an approval may end; a new one does not compile until it stands here. */
const endings = Object.keys({
  approved: true,
  denied: true,
  'decided-elsewhere': true,
  overtaken: true,
  'not-visible': true,
  'outcome-unknown': true,
  unwatched: true,
  restarted: true,
} satisfies Record<Ending['kind'], true>);

/** Begins a counter at 0 for each value of a label, of each system. */
function beginAtZero<Label extends string>(
  counter: Counter<Label | 'system'>,
  label: Label,
  { systems, values }: { readonly systems: readonly string[]; readonly values: readonly string[] },
): void {
  for (const system of systems)
    for (const value of values)
      counter.inc({ system, [label]: value } as Record<Label | 'system', string>, 0);
}

function registerApprovals({
  registry,
  systems,
}: Registering): Pick<Metrics, 'cardShown' | 'decided' | 'signalled' | 'ended'> {
  const wait = (name: string, help: string) => {
    const histogram = new Histogram({
      name,
      help,
      labelNames: ['system'],
      buckets: longWaits,
      registers: [registry],
    });
    for (const system of systems) histogram.zero({ system });
    return histogram;
  };
  const toPosted = wait(
    'countersign_pending_to_posted_seconds',
    'From when a workflow began to wait until its first card stood.',
  );
  const fromWanted = wait(
    'countersign_wanted_to_posted_seconds',
    'From when a poll had the first card of a waiting workflow wanted until it stood.',
  );
  const fromPending = wait(
    'countersign_pending_to_decided_seconds',
    'From when a workflow began to wait until people had decided.',
  );
  const toDecided = wait(
    'countersign_posted_to_decided_seconds',
    'From when a card stood until people had decided on it.',
  );
  const toAdvanced = wait(
    'countersign_decided_to_advanced_seconds',
    'From a decision until its workflow was seen to have moved on or to be rejected.',
  );
  const decisions = new Counter({
    name: 'countersign_decisions_total',
    help: 'Decisions people made here.',
    labelNames: ['system', 'verdict'],
    registers: [registry],
  });
  const signals = new Counter({
    name: 'countersign_signals_total',
    help: 'Decisions sent to their system, by outcome.',
    labelNames: ['system', 'outcome'],
    registers: [registry],
  });
  const ended = new Counter({
    name: 'countersign_approvals_ended_total',
    help: 'Approvals that are over, by how they ended.',
    labelNames: ['system', 'ending'],
    registers: [registry],
  });
  beginAtZero(decisions, 'verdict', { systems, values: ['approve', 'deny'] });
  beginAtZero(signals, 'outcome', { systems, values: signalOutcomes });
  beginAtZero(ended, 'ending', { systems, values: endings });
  return {
    cardShown: ({ system, waitedMs, wantedMs }) => {
      toPosted.observe({ system }, seconds(waitedMs));
      fromWanted.observe({ system }, seconds(wantedMs));
    },
    decided: ({ system, verdict, waitedMs, shownMs }) => {
      decisions.inc({ system, verdict });
      fromPending.observe({ system }, seconds(waitedMs));
      if (shownMs !== undefined) toDecided.observe({ system }, seconds(shownMs));
    },
    signalled: (labels) => signals.inc(labels),
    ended: ({ system, ending, sinceDecidedMs }) => {
      ended.inc({ system, ending });
      const hasMoved = ending === 'approved' || ending === 'denied';
      if (hasMoved && sinceDecidedMs !== undefined) toAdvanced.observe({ system }, seconds(sinceDecidedMs));
    },
  };
}

function registerPeople({
  registry,
}: Registering): Pick<Metrics, 'clickReplied' | 'commandReplied' | 'acknowledged' | 'throttled'> {
  const clicks = new Histogram({
    name: 'countersign_click_seconds',
    help: 'From a click until the person had a reply.',
    labelNames: ['verb', 'answer'],
    buckets: shortWaits,
    registers: [registry],
  });
  const commands = new Histogram({
    name: 'countersign_command_seconds',
    help: 'From a typed command until its reply was ready.',
    labelNames: ['verb', 'answer'],
    buckets: shortWaits,
    registers: [registry],
  });
  const acknowledgements = new Histogram({
    name: 'countersign_ack_seconds',
    help: 'From the arrival of something from Slack until it was acknowledged; Slack allows three seconds.',
    labelNames: ['kind'],
    buckets: shortWaits,
    registers: [registry],
  });
  const throttled = new Counter({
    name: 'countersign_slack_throttled_total',
    help: 'Rate limit responses from Slack (429).',
    registers: [registry],
  });
  for (const kind of arrivalKinds) acknowledgements.zero({ kind });
  return {
    clickReplied: ({ verb, answer: response, tookMs }) =>
      clicks.observe({ verb, answer: response }, seconds(tookMs)),
    commandReplied: ({ verb, answer: response, tookMs }) =>
      commands.observe({ verb, answer: response }, seconds(tookMs)),
    acknowledged: ({ kind, tookMs }) => acknowledgements.observe({ kind }, seconds(tookMs)),
    throttled: () => throttled.inc(),
  };
}

function registerSystems({
  registry,
  systems,
}: Registering): Pick<Metrics, 'observed' | 'systemFailed' | 'anchorFailed'> {
  const polls = new Histogram({
    name: 'countersign_observation_seconds',
    help: 'How long a poll of a system took, when it answered.',
    labelNames: ['system'],
    buckets: shortWaits,
    registers: [registry],
  });
  const lastPoll = new Gauge({
    name: 'countersign_last_observation_timestamp_seconds',
    help: 'When this process last polled a system with success; 0 if it never has.',
    labelNames: ['system'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'countersign_system_errors_total',
    help: 'Requests to a system that failed, by reason.',
    labelNames: ['system', 'code'],
    registers: [registry],
  });
  const anchors = new Counter({
    name: 'countersign_anchor_errors_total',
    help: 'Times the heads of the ledger could not be written, by place.',
    labelNames: ['place'],
    registers: [registry],
  });
  for (const system of systems) {
    polls.zero({ system });
    lastPoll.set({ system }, 0);
  }
  beginAtZero(failures, 'code', { systems, values: [...backendErrorCodes, 'contract'] });
  for (const place of anchorPlaces) anchors.inc({ place }, 0);
  return {
    anchorFailed: (labels) => anchors.inc(labels),
    observed: ({ system, atMs, tookMs }) => {
      polls.observe({ system }, seconds(tookMs));
      lastPoll.set({ system }, seconds(atMs));
    },
    systemFailed: (labels) => failures.inc(labels),
  };
}

/** A clock that was put back must not make a time negative. */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}

/** Registers what is counted in the store when somebody asks; returns what shows a count, or that there is none. */
function registerGauges(registry: Registry): (gauges: Gauges | undefined) => void {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const readable = gauge('countersign_store_readable', 'Whether the store could be counted just now.', []);
  const depth = gauge('countersign_outbox_messages', 'Messages that are wanted and not shown yet, by kind.', [
    'kind',
  ]);
  const age = gauge(
    'countersign_outbox_oldest_due_seconds',
    'For how long the message that is due the longest has been due, by kind.',
    ['kind'],
  );
  const missingCards = gauge(
    'countersign_approvals_without_card',
    'Waiting approvals nobody can decide from a card, by why.',
    ['reason'],
  );
  const approvals = gauge('countersign_approvals_open', 'Approvals that are not over, by system.', [
    'system',
  ]);
  const late = gauge(
    'countersign_approvals_over_time',
    'Approvals nobody has decided whose date has passed, or the time at which others hear of them, by system.',
    ['system'],
  );
  const alerts = gauge('countersign_alerts_open', 'Alerts about failed workflows that stand, by system.', [
    'system',
  ]);
  return (gauges) => {
    for (const one of [depth, age, missingCards, approvals, late, alerts]) one.reset();
    readable.set(gauges ? 1 : 0);
    if (!gauges) return;
    for (const { kind, pending, oldestDueMs } of gauges.outbox) {
      depth.set({ kind }, pending);
      age.set({ kind }, oldestDueMs / 1_000);
    }
    for (const { reason, approvals: count } of gauges.withoutCard) missingCards.set({ reason }, count);
    for (const { system, approvals: open, overTime, alerts: openAlerts } of gauges.systems) {
      approvals.set({ system }, open);
      late.set({ system }, overTime);
      alerts.set({ system }, openAlerts);
    }
  };
}
