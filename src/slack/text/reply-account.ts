import type { MissingCardReason } from '../../domain/card.js';
import { targetKey } from '../../domain/policy.js';
import type { HealthReport, SystemHealth, WhoReport } from '../../domain/reply.js';
import { assertNever } from '../../shared/assert-never.js';
import { joinList, listSome } from '../../shared/text.js';
import type { AccountReply } from '../../use-cases/commands/account.js';
import { type Formatter, fact, type RenderContext, typedLine } from '../format.js';
import { timeSpan } from './alert.js';
import { membershipText } from './phrases.js';

/** Tells in lines what the verbs about people and about the bot itself show. */
export function accountLines(reply: AccountReply, renderContext: RenderContext): readonly string[] {
  switch (reply.kind) {
    case 'doctor':
      return healthLines(reply.health, renderContext);
    case 'restored':
      return [restoredText(reply, renderContext)];
    case 'whoami':
      return whoLines(reply.who, renderContext);
    case 'link':
    case 'unlinked':
    case 'not-linked':
    case 'which-system':
      return linkLines(reply, renderContext);
    default:
      return assertNever(reply);
  }
}

function restoredText(
  { person, was }: Extract<AccountReply, { kind: 'restored' }>,
  { formatter }: RenderContext,
): string {
  return was
    ? `${formatter.person(person)} has their rights back. They were suspended ${formatter.moment(was.atMs)} by receipt ${formatter.exact(was.receipt, 20)}.`
    : `The rights of ${formatter.person(person)} were not suspended. Nothing was changed.`;
}

/** An answer about linking an account. */
type LinkReply = Extract<AccountReply, { kind: 'link' | 'unlinked' | 'not-linked' | 'which-system' }>;

/** Tells what came of asking to link an account, or to unlink it. */
function linkLines(reply: LinkReply, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'link': {
      const label = formatter.text(reply.label, 60);
      const linked =
        reply.username === undefined
          ? `What you decide in ${label} is sent in your own name once you have linked your account there.`
          : `You are linked to ${formatter.exact(reply.username, 100)} in ${label}. To link another account, type ${typedLine(renderContext, `unlink ${reply.system}`)} first.`;
      return [linked, 'The button is good for ten minutes, and for you only.'];
    }
    case 'unlinked':
      return [
        `${formatter.exact(reply.username, 100)} in ${formatter.text(reply.label, 60)} is not linked to you any more: nothing is sent in that name.`,
        ...providerLines(reply.provider),
      ];
    case 'not-linked':
      return [
        `You have linked no account in ${formatter.text(reply.label, 60)}. ${typedLine(renderContext, `link ${reply.system}`)} links one.`,
      ];
    case 'which-system':
      return reply.systems.length === 0
        ? ['There is no system here in which people link their own accounts. Nothing was done.']
        : [
            `Accounts are linked in ${joinList(reply.systems.slice(0, 12).map((name) => formatter.exact(name, 60)))}. Nothing was done.`,
            `Type ${typedLine(renderContext, `${reply.verb} ${reply.systems[0] ?? ''}`)}, for example.`,
          ];
    default:
      return assertNever(reply);
  }
}

function providerLines(provider: Extract<AccountReply, { kind: 'unlinked' }>['provider']): readonly string[] {
  switch (provider) {
    case 'revoked':
      return ['The identity provider has taken the right back as well.'];
    case 'unsupported':
      return ['The identity provider cannot take such a right back; nobody here keeps it any more.'];
    case 'failed':
      return [
        'The identity provider could not be told; nobody here keeps the right any more. You can end it in your account there.',
      ];
    default:
      return assertNever(provider);
  }
}

/** Shows what is known of somebody, and which rules name them. */
function whoLines(who: WhoReport, renderContext: RenderContext): readonly string[] {
  const { person, identities, approverRules, operatorRules, links = [] } = who;
  const { formatter } = renderContext;
  const { standing, confirmedEmail } = person;
  return [
    `${formatter.label('You are')} ${formatter.person(person.id)} ${formatter.text(person.name, 80)}${standing === 'member' ? ', a full member of this workspace' : `. ${membershipText(standing)}`}`,
    ...fact(formatter, 'E-mail', [confirmedEmail, 'exact', 120]),
    ...(person.isSuspended
      ? [`${formatter.label('Rights')} suspended, until an operator restores them`]
      : []),
    ...identities.slice(0, 20).map(({ label, names }) => {
      const known = listSome(
        names.map((name) => formatter.exact(name, 100)),
        8,
      );
      return `${formatter.label(`In ${formatter.text(label, 60).replaceAll('*', '')}`)} ${known || 'no name of yours is known'}`;
    }),
    ...links.slice(0, 12).map((link) => linkLine(link, renderContext)),
    `${formatter.label('You may decide by')} ${
      listSome(
        approverRules.map((name) => formatter.text(name, 80)),
        12,
      ) || 'no rule'
    }`,
    ...(operatorRules.length === 0
      ? [`${formatter.label('You may run')} nothing: no rule under “operators” names you`]
      : []),
    ...operatorRules
      .slice(0, 12)
      .map(
        ({ name, verbs }) =>
          `${formatter.label('You may run')} ${verbs.join(', ') || 'nothing'} by ${formatter.text(name, 80)}`,
      ),
  ];
}

function linkLine({ label, system, username }: LinkOf, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const named = formatter.label(`Linked in ${formatter.text(label, 60).replaceAll('*', '')}`);
  return username === undefined
    ? `${named} no account; ${typedLine(renderContext, `link ${system}`)} links yours`
    : `${named} ${formatter.exact(username, 100)}; ${typedLine(renderContext, `unlink ${system}`)} ends that`;
}

type LinkOf = NonNullable<WhoReport['links']>[number];

const mostRows = 12;

/** Tells how the systems stand, what waits to be posted, and which approvals nobody can decide from a card. */
function healthLines(health: HealthReport, renderContext: RenderContext): readonly string[] {
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
