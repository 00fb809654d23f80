import type { Alert } from '../../../../domain/alerts/alert.js';
import type { Mention, Severity } from '../../../../domain/alerts/alert-rules.js';
import type { Incident } from '../../../../domain/alerts/incident.js';
import type { Ink } from '../ink.js';
import type { Wording } from '../wording.js';
import {
  messageLine,
  placeLine,
  runsText,
  sampleLine,
  sinceLine,
  systemOfIncident,
  workflowOf,
} from './incident-words.js';
import { overHeads, overLines } from './over-lines.js';

const signs: Readonly<Record<Severity, string>> = { info: 'ℹ️', warning: '⚠️', critical: '🚨' };

/** Heads an alert: how grave, what failed, how often, and its code. */
export function alertHeadline({ incident, route }: Alert, wording: Wording): string {
  const { count, code, state, kind } = incident;
  const name = workflowOf(incident, wording);
  const what =
    state.kind === 'resolved'
      ? `${overHeads[state.how.kind]}: ${name}`
      : `${signs[route.severity]} ${name} ${kind === 'aborted' ? 'was aborted' : 'failed'}`;
  return [what, ...(count > 1 ? [runsText(count)] : []), wording.ink.words(code, 24)].join(' · ');
}

/** Tells everything an alert says below its head, in groups that belong together; none is empty. */
export function alertGroups(alert: Alert, wording: Wording): readonly (readonly string[])[] {
  const { incident } = alert;
  const what = [placeLine(incident, wording), whyLine(incident, wording)];
  if (incident.state.kind === 'resolved') return [overLines(incident, wording), what];
  const people = [
    ...ownerLines(incident, wording),
    ...muteLines(alert, wording),
    ...mentionLines(alert, wording.ink),
  ];
  const runs = [...firstLines(incident, wording), sinceLine(incident, wording)];
  return [what, runs, ...(people.length > 0 ? [people] : [])];
}

/** Quotes the commonest message, and says that there are others. */
function whyLine(incident: Incident, wording: Wording): string {
  const [first, ...others] = incident.messages;
  if (!first || (first.text.trim() === '' && others.length === 0)) {
    return `> ${systemOfIncident(incident, wording)} gives no reason.`;
  }
  const isCounted = others.length > 0;
  const more = isCounted
    ? ` — and ${others.length} other ${others.length === 1 ? 'message' : 'messages'}`
    : '';
  return `> ${messageLine(first, { isCounted, maxLength: 500, wording })}${more}`;
}

function firstLines({ samples, count }: Incident, wording: Wording): readonly string[] {
  const [first] = samples;
  return first ? [`${count > 1 ? 'First: ' : ''}${sampleLine(first, wording)}`] : [];
}

function ownerLines({ owner }: Incident, { ink }: Wording): readonly string[] {
  return owner ? [`👀 ${ink.words(owner.name, 60)} is on it since ${ink.moment(owner.atMs)}.`] : [];
}

function muteLines({ mute }: Alert, { ink }: Wording): readonly string[] {
  if (!mute) return [];
  return [
    `🔕 Muted by ${ink.words(mute.name, 60)} until ${ink.moment(mute.untilMs)}; what fails like this is counted, and nobody is told.`,
  ];
}

/** Calls whom the rule names; while quiet hours last it says when that is done. */
function mentionLines({ route }: Alert, ink: Ink): readonly string[] {
  if (route.mentions.length === 0) return [];
  if (route.quietUntilMs !== undefined) {
    return [`🌙 Quiet hours: nobody is called before ${ink.moment(route.quietUntilMs)}.`];
  }
  return [mentionsText(route.mentions, ink)];
}

const mostMentions = 20;

/** Names the people and groups to be called, which calls them in Slack. */
export function mentionsText(mentions: readonly Mention[], ink: Ink): string {
  return mentions
    .slice(0, mostMentions)
    .map((one) => (one.kind === 'person' ? ink.person(one.person) : ink.group(one.groupId)))
    .join(' ');
}
