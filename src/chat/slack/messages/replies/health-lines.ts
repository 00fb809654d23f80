import type { HealthReport, SystemHealth } from '../../../../domain/health-report.js';
import { targetKey } from '../../../../domain/rules.js';
import type { MissingCardReason } from '../../../../domain/without-card.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { listSome } from '../../../../shared/list-words.js';
import { timeSpan } from '../alerts/time-span.js';
import type { Formatter } from '../ink.js';
import { type RenderContext, typedLine } from '../wording.js';

const mostRows = 12;

/** Tells how the systems stand, what waits to be posted, and which approvals nobody can decide from a card. */
export function healthLines(health: HealthReport, renderContext: RenderContext): readonly string[] {
  return [
    ...health.systems.slice(0, mostRows).map((system) => systemLine(system, renderContext.formatter)),
    ...moreLine(health.systems.length),
    ...cardLines(health, renderContext),
    outboxLine(health, renderContext.formatter),
    ...incidentLines(health, renderContext),
    ...placeLines(health, renderContext.formatter),
    ...unmappedLines(health, renderContext.formatter),
  ];
}

function systemLine(
  { label, respondedAtMs, silence, hasAlerts }: SystemHealth,
  formatter: Formatter,
): string {
  const alerts = hasAlerts ? 'alerts on' : 'alerts off';
  const name = formatter.label(formatter.text(label, 60).replaceAll('*', ''));
  const last =
    respondedAtMs === undefined ? 'it has never answered' : `last answer ${formatter.moment(respondedAtMs)}`;
  if (!silence) return `${respondedAtMs === undefined ? '❔' : '✅'} ${name} ${last} · ${alerts}`;
  const { sinceMs, polls } = silence;
  const times = polls === 1 ? 'one look' : `${polls} looks`;
  return `🔴 ${name} gives no answer since ${formatter.moment(sinceMs)} (${times}) · ${last} · ${alerts}`;
}

function cardLines({ withoutCard }: HealthReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  if (withoutCard.length === 0)
    return ['✅ Every open approval has a card people can decide from, or was decided.'];
  const rows = withoutCard
    .slice(0, mostRows)
    .map(
      ({ approval, label, why }) =>
        `• ${formatter.exact(approval.code, 24)} ${formatter.text(approval.instance.title, 100)} · ${formatter.text(label, 60)}: ${whyText(why, formatter)}`,
    );
  return [
    `⚠️ ${formatter.label('Open approvals nobody can decide from a card')} ${withoutCard.length}`,
    ...rows,
    ...moreLine(withoutCard.length),
    `${typedLine(renderContext, 'why <ref>')} says where a card was to go.`,
  ];
}

function whyText(why: MissingCardReason, formatter: Formatter): string {
  switch (why.kind) {
    case 'next':
      return 'its card is posted next.';
    case 'turn':
      return `its channel is busy; its card has a turn ${formatter.moment(why.dueAtMs)}.`;
    case 'digest':
      return 'its channel is busy; the digest there lists it until its card has a turn.';
    case 'retried': {
      const doubt = why.mayHavePosted ? ' A message may be there that Slack never confirmed.' : '';
      return `its card could not be posted (${formatter.exact(why.error, 60)}); it is tried again ${formatter.moment(why.dueAtMs)}.${doubt}`;
    }
    case 'given-up':
      return `its card was given up (${formatter.exact(why.error, 60)}); the log says more.`;
    case 'nowhere':
      return 'no place was ever chosen for its card. That is a defect of ours; please report it.';
    case 'nobody-may':
      return 'its card is there, but no rule says who may decide; add one under “approvers”.';
    case 'link-only':
      return 'its card is there, but it can only be answered in the system itself.';
    default:
      return assertNever(why);
  }
}

function outboxLine({ outbox }: HealthReport, formatter: Formatter): string {
  if (outbox.length === 0) return '✅ Nothing waits to be posted.';
  const kinds = outbox.map(({ kind, pending, oldestDueMs }) => {
    const due = oldestDueMs < 5_000 ? '' : `, due for ${timeSpan(oldestDueMs)}`;
    return `${pending} × ${kind}${due}`;
  });
  return `${formatter.label('To be posted')} ${kinds.join(' · ')}`;
}

function incidentLines({ incidents }: HealthReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  if (incidents.length === 0) return [];
  return [
    formatter.label('Open alerts'),
    ...incidents
      .slice(0, mostRows)
      .map(
        ({ code, definition, label, unresolved }) =>
          `• ${formatter.exact(code, 24)} ${formatter.text(definition, 80)} · ${formatter.text(label, 60)} · ${unresolved} failed`,
      ),
    ...moreLine(incidents.length),
  ];
}

function placeLines({ lostPlaces }: HealthReport, formatter: Formatter): readonly string[] {
  return lostPlaces.slice(0, mostRows).map(({ target, sinceMs }) => {
    const place =
      target.kind === 'channel' ? formatter.channel(targetKey(target)) : formatter.person(target.person);
    return `⚠️ ${place} cannot be posted to since ${formatter.moment(sinceMs)}. Invite the bot there, or change the settings.`;
  });
}

function unmappedLines({ unmapped }: HealthReport, formatter: Formatter): readonly string[] {
  return unmapped.slice(0, mostRows).map(({ rule, label, people }) => {
    const names = listSome(
      people.map((id) => formatter.person(id)),
      8,
    );
    return `⚠️ ${formatter.label('No name known')} in ${formatter.text(label, 60)} for ${names}, whom “${formatter.text(rule, 80)}” names`;
  });
}

function moreLine(count: number): readonly string[] {
  return count > mostRows ? [`+${count - mostRows} more`] : [];
}
