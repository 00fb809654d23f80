import type { Card } from '../../../../domain/card.js';
import { describeKey, type RequestFacts } from '../../../../domain/request-facts.js';
import { listSome } from '../../../../shared/list-words.js';
import type { Ink } from '../ink.js';
import type { Wording } from '../wording.js';
import { findingTexts } from './findings.js';

const mostNames = 5;
const mostFindings = 4;

/** Says who asked and for what kind of thing, on one line. */
export function requestLine({ approval, requester }: Card, { ink }: Wording): string {
  const { facts } = approval.instance;
  const [chief, ...others] = facts.requesters;
  const inChat = requester ? ` (${ink.person(requester)})` : '';
  const asked =
    chief === undefined
      ? `Requester not told${inChat}`
      : `Requested by ${ink.exact(chief, 100)}${inChat}${others.length > 0 ? ` +${others.length} more names` : ''}`;
  const since =
    approval.state.kind === 'waiting' ? [`waiting since ${ink.moment(approval.waitingSinceMs)}`] : [];
  const kinds = [facts.template, facts.validity, facts.authority].flatMap((value) =>
    value ? [ink.words(value, 80)] : [],
  );
  return [asked, ...since, ...kinds].join(' · ');
}

/** Lists what is asked, one labelled line per fact that is known. */
export function factLines(facts: RequestFacts, { ink }: Wording): readonly string[] {
  return [...nameLines(facts, ink), ...keyLines(facts, ink), ...revocationLines(facts, ink)];
}

/** Lists the other things the system told, the first few; for work whose facts have no names of their own. */
export function otherLines(facts: RequestFacts, { ink }: Wording, most: number): readonly string[] {
  const lines = facts.others
    .slice(0, most)
    .map(
      ({ label, value }) => `${ink.label(ink.words(label, 40).replaceAll('*', ''))} ${ink.words(value, 100)}`,
    );
  const more = facts.others.length - lines.length;
  return more > 0 && facts.isTold ? [...lines, `+${more} more in Details`] : lines;
}

/** Says what stands out, on one line; none when nothing does. */
export function findingLines({ findings }: Card, { ink }: Wording): readonly string[] {
  if (findings.length === 0) return [];
  const texts = findingTexts(findings.slice(0, mostFindings), ink, 2);
  const more = findings.length - texts.length;
  const rest = more > 0 ? [`${more} more in Details`] : [];
  return [`${ink.label('Look at')} ⚠️ ${[...texts, ...rest].join('; ')}`];
}

function nameLines({ names }: RequestFacts, ink: Ink): readonly string[] {
  if (names.length === 0) return [];
  const shown = names.map((name) => ink.exact(name, 100));
  return [`${ink.label('SANs')} ${listSome(shown, mostNames)}`];
}

function keyLines({ key, unreadableRequest }: RequestFacts, ink: Ink): readonly string[] {
  if (key) return [`${ink.label('Key')} ${ink.words(describeKey(key), 100)}`];
  return unreadableRequest === undefined ? [] : [`${ink.label('Key')} not known`];
}

function revocationLines({ revocation }: RequestFacts, ink: Ink): readonly string[] {
  if (!revocation) return [];
  const { serialNumber, reason, effectiveAt, comment } = revocation;
  const parts = [
    ...(serialNumber ? [`serial ${ink.exact(serialNumber, 80)}`] : []),
    ...(effectiveAt ? [`from ${ink.words(effectiveAt, 60)}`] : []),
    ...(reason ? [`reason: ${ink.words(reason, 80)}`] : []),
    ...(comment ? [`“${ink.words(comment, 200)}”`] : []),
  ];
  return parts.length === 0 ? [] : [`${ink.label('Revoke')} ${parts.join(', ')}`];
}
