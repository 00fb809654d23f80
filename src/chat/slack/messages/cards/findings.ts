import type { Finding } from '../../../../domain/findings.js';
import { describeKey } from '../../../../domain/request-facts.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { listSome } from '../../../../shared/list-words.js';
import type { Formatter } from '../ink.js';

/** Says what stands out, one phrase per finding. */
export function findingTexts(
  findings: readonly Finding[],
  formatter: Formatter,
  mostNames = 3,
): readonly string[] {
  return findings.map((finding) => findingText(finding, formatter, mostNames));
}

function findingText(finding: Finding, formatter: Formatter, mostNames: number): string {
  const list = (names: readonly string[]): string =>
    listSome(
      names.map((name) => formatter.exact(name, 120)),
      mostNames,
    );
  switch (finding.kind) {
    case 'wildcard':
      return `asks for ${counted(finding.names, 'wildcard')}: ${list(finding.names)}`;
    case 'weak-key':
      return `weak key: ${formatter.text(describeKey(finding.key), 80)}`;
    case 'weak-hash':
      return `weak hash: ${formatter.text(finding.hash, 40)}`;
    case 'outside-zones':
      return `${counted(finding.names, 'name')} outside your domains: ${list(finding.names)}`;
    case 'unreadable-request':
      return `the signing request could not be read: ${formatter.text(finding.why, 150)}`;
    case 'replaces':
      return finding.expiresAtMs === undefined
        ? 'replaces a certificate'
        : `replaces a certificate that expires ${formatter.day(finding.expiresAtMs)}`;
    case 'reuses-key':
      return 'uses the key of the certificate it replaces again';
    case 'adds-names':
      return `adds ${counted(finding.names, 'name')}: ${list(finding.names)}`;
    case 'removes-names':
      return `leaves out ${counted(finding.names, 'name')}: ${list(finding.names)}`;
    case 'changes':
      return `changes the ${finding.what === 'authority' ? 'CA' : finding.what}: ${formatter.exact(finding.from, 120)} → ${formatter.exact(finding.to, 120)}`;
    default:
      return assertNever(finding);
  }
}

function counted(names: readonly string[], noun: string): string {
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'}`;
}
