import type { Alert } from '../../../../domain/alerts/alert.js';
import type { Mention, Severity } from '../../../../domain/alerts/alert-rules.js';
import type { Incident } from '../../../../domain/alerts/incident.js';
import type { Formatter } from '../ink.js';
import type { RenderContext } from '../wording.js';
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
export function alertHeadline({ incident, route }: Alert, renderContext: RenderContext): string {
  const { count, code, state, kind } = incident;
  const name = workflowOf(incident, renderContext);
  const what =
    state.kind === 'resolved'
      ? `${overHeads[state.how.kind]}: ${name}`
      : `${signs[route.severity]} ${name} ${kind === 'aborted' ? 'was aborted' : 'failed'}`;
  return [what, ...(count > 1 ? [runsText(count)] : []), renderContext.formatter.text(code, 24)].join(' · ');
}

/** Tells everything an alert says below its head, in groups that belong together; none is empty. */
export function alertGroups(alert: Alert, renderContext: RenderContext): readonly (readonly string[])[] {
  const { incident } = alert;
  const what = [placeLine(incident, renderContext), whyLine(incident, renderContext)];
  if (incident.state.kind === 'resolved') return [overLines(incident, renderContext), what];
  const people = [
    ...ownerLines(incident, renderContext),
    ...muteLines(alert, renderContext),
    ...mentionLines(alert, renderContext.formatter),
  ];
  const runs = [...firstLines(incident, renderContext), sinceLine(incident, renderContext)];
  return [what, runs, ...(people.length > 0 ? [people] : [])];
}

/** Quotes the commonest message, and says that there are others. */
function whyLine(incident: Incident, renderContext: RenderContext): string {
  const [first, ...others] = incident.messages;
  if (!first || (first.text.trim() === '' && others.length === 0)) {
    return `> ${systemOfIncident(incident, renderContext)} gives no reason.`;
  }
  const isCounted = others.length > 0;
  const more = isCounted
    ? ` — and ${others.length} other ${others.length === 1 ? 'message' : 'messages'}`
    : '';
  return `> ${messageLine(first, { isCounted, maxLength: 500, renderContext })}${more}`;
}

function firstLines({ samples, count }: Incident, renderContext: RenderContext): readonly string[] {
  const [first] = samples;
  return first ? [`${count > 1 ? 'First: ' : ''}${sampleLine(first, renderContext)}`] : [];
}

function ownerLines({ owner }: Incident, { formatter }: RenderContext): readonly string[] {
  return owner
    ? [`👀 ${formatter.text(owner.name, 60)} is on it since ${formatter.moment(owner.atMs)}.`]
    : [];
}

function muteLines({ mute }: Alert, { formatter }: RenderContext): readonly string[] {
  if (!mute) return [];
  return [
    `🔕 Muted by ${formatter.text(mute.name, 60)} until ${formatter.moment(mute.untilMs)}; what fails like this is counted, and nobody is told.`,
  ];
}

/** Calls whom the rule names; while quiet hours last it says when that is done. */
function mentionLines({ route }: Alert, formatter: Formatter): readonly string[] {
  if (route.mentions.length === 0) return [];
  if (route.quietUntilMs !== undefined) {
    return [`🌙 Quiet hours: nobody is called before ${formatter.moment(route.quietUntilMs)}.`];
  }
  return [mentionsText(route.mentions, formatter)];
}

const mostMentions = 20;

/** Names the people and groups to be called, which calls them in Slack. */
export function mentionsText(mentions: readonly Mention[], formatter: Formatter): string {
  return mentions
    .slice(0, mostMentions)
    .map((one) => (one.kind === 'person' ? formatter.person(one.person) : formatter.group(one.groupId)))
    .join(' ');
}
