import type { Card } from '../../../../domain/card.js';
import { describeKey, type RequestFacts } from '../../../../domain/request-facts.js';
import { listSome } from '../../../../shared/list-words.js';
import type { Formatter } from '../ink.js';
import type { RenderContext } from '../wording.js';
import { findingTexts } from './findings.js';

const mostNames = 5;
const mostFindings = 4;

/** Says who asked and for what kind of thing, on one line. */
export function requestLine({ approval, requester }: Card, { formatter }: RenderContext): string {
  const { facts } = approval.instance;
  const [chief, ...others] = facts.requesters;
  const inChat = requester ? ` (${formatter.person(requester)})` : '';
  const requested =
    chief === undefined
      ? `Requester not told${inChat}`
      : `Requested by ${formatter.exact(chief, 100)}${inChat}${others.length > 0 ? ` +${others.length} more names` : ''}`;
  const since =
    approval.state.kind === 'waiting' ? [`waiting since ${formatter.moment(approval.waitingSinceMs)}`] : [];
  const kinds = [facts.template, facts.validity, facts.authority].flatMap((value) =>
    value ? [formatter.text(value, 80)] : [],
  );
  return [requested, ...since, ...kinds].join(' · ');
}

/** Lists what is asked, one labelled line per fact that is known. */
export function factLines(facts: RequestFacts, { formatter }: RenderContext): readonly string[] {
  return [
    ...nameLines(facts, formatter),
    ...keyLines(facts, formatter),
    ...revocationLines(facts, formatter),
  ];
}

/** Lists the other things the system told, the first few; for work whose facts have no names of their own. */
export function otherLines(
  facts: RequestFacts,
  { formatter }: RenderContext,
  most: number,
): readonly string[] {
  const lines = facts.others
    .slice(0, most)
    .map(
      ({ label, value }) =>
        `${formatter.label(formatter.text(label, 40).replaceAll('*', ''))} ${formatter.text(value, 100)}`,
    );
  const more = facts.others.length - lines.length;
  return more > 0 && facts.isTold ? [...lines, `+${more} more in Details`] : lines;
}

/** Says what stands out, on one line; none when nothing does. */
export function findingLines({ findings }: Card, { formatter }: RenderContext): readonly string[] {
  if (findings.length === 0) return [];
  const texts = findingTexts(findings.slice(0, mostFindings), formatter, 2);
  const more = findings.length - texts.length;
  const rest = more > 0 ? [`${more} more in Details`] : [];
  return [`${formatter.label('Look at')} ⚠️ ${[...texts, ...rest].join('; ')}`];
}

function nameLines({ names }: RequestFacts, formatter: Formatter): readonly string[] {
  if (names.length === 0) return [];
  const shown = names.map((name) => formatter.exact(name, 100));
  return [`${formatter.label('SANs')} ${listSome(shown, mostNames)}`];
}

function keyLines({ key, unreadableRequest }: RequestFacts, formatter: Formatter): readonly string[] {
  if (key) return [`${formatter.label('Key')} ${formatter.text(describeKey(key), 100)}`];
  return unreadableRequest === undefined ? [] : [`${formatter.label('Key')} not known`];
}

function revocationLines({ revocation }: RequestFacts, formatter: Formatter): readonly string[] {
  if (!revocation) return [];
  const { serialNumber, reason, effectiveAt, comment } = revocation;
  const parts = [
    ...(serialNumber ? [`serial ${formatter.exact(serialNumber, 80)}`] : []),
    ...(effectiveAt ? [`from ${formatter.text(effectiveAt, 60)}`] : []),
    ...(reason ? [`reason: ${formatter.text(reason, 80)}`] : []),
    ...(comment ? [`“${formatter.text(comment, 200)}”`] : []),
  ];
  return parts.length === 0 ? [] : [`${formatter.label('Revoke')} ${parts.join(', ')}`];
}
