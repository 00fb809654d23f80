import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Metrics } from '../../ports/metrics.js';

/** What people wait for: from a tenth of a second to hours. */
const longWaits = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 4 * 3_600, 24 * 3_600];
/** What machines do: from a few milliseconds to the most any request may take. */
const shortWaits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60];

/** Registers everything that is counted where it happens, and gives what counts it. */
export function registerCounted(registry: Registry): Metrics {
  return {
    ...registerApprovals(registry),
    ...registerPeople(registry),
    ...registerSystems(registry),
  };
}

function registerApprovals(
  registry: Registry,
): Pick<Metrics, 'cardShown' | 'decided' | 'signalled' | 'ended'> {
  const wait = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: ['system'], buckets: longWaits, registers: [registry] });
  const toPosted = wait(
    'countersign_pending_to_posted_seconds',
    'From when a workflow began to wait until its first card stood.',
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
    help: 'Decisions put to their system, by what it made of them.',
    labelNames: ['system', 'outcome'],
    registers: [registry],
  });
  const endings = new Counter({
    name: 'countersign_approvals_ended_total',
    help: 'Approvals that are over, by how they ended.',
    labelNames: ['system', 'ending'],
    registers: [registry],
  });
  return {
    cardShown: ({ system, waitedMs }) => toPosted.observe({ system }, seconds(waitedMs)),
    decided: ({ system, verdict, shownMs }) => {
      decisions.inc({ system, verdict });
      if (shownMs !== undefined) toDecided.observe({ system }, seconds(shownMs));
    },
    signalled: (labels) => signals.inc(labels),
    ended: ({ system, ending, sinceDecidedMs }) => {
      endings.inc({ system, ending });
      const hasMoved = ending === 'approved' || ending === 'denied';
      if (hasMoved && sinceDecidedMs !== undefined) toAdvanced.observe({ system }, seconds(sinceDecidedMs));
    },
  };
}

function registerPeople(
  registry: Registry,
): Pick<Metrics, 'clickReplied' | 'commandReplied' | 'acknowledged' | 'throttled'> {
  const clicks = new Histogram({
    name: 'countersign_click_seconds',
    help: 'From a click until its person had an answer.',
    labelNames: ['verb', 'answer'],
    buckets: shortWaits,
    registers: [registry],
  });
  const commands = new Histogram({
    name: 'countersign_command_seconds',
    help: 'From a typed command until its answer was ready.',
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
    help: 'Answers of Slack that asked to slow down (429).',
    registers: [registry],
  });
  return {
    clickReplied: ({ verb, answer: response, tookMs }) =>
      clicks.observe({ verb, answer: response }, seconds(tookMs)),
    commandReplied: ({ verb, answer: response, tookMs }) =>
      commands.observe({ verb, answer: response }, seconds(tookMs)),
    acknowledged: ({ kind, tookMs }) => acknowledgements.observe({ kind }, seconds(tookMs)),
    throttled: () => throttled.inc(),
  };
}

function registerSystems(registry: Registry): Pick<Metrics, 'observed' | 'systemFailed'> {
  const polls = new Histogram({
    name: 'countersign_observation_seconds',
    help: 'How long it took to look at a system, when it answered.',
    labelNames: ['system'],
    buckets: shortWaits,
    registers: [registry],
  });
  const lastPoll = new Gauge({
    name: 'countersign_last_observation_timestamp_seconds',
    help: 'When this process last looked at a system with success.',
    labelNames: ['system'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'countersign_system_errors_total',
    help: 'Requests to a system that failed, by why.',
    labelNames: ['system', 'code'],
    registers: [registry],
  });
  return {
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
