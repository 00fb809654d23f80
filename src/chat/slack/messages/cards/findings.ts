import type { Finding } from '../../../../domain/findings.js';
import { describeKey } from '../../../../domain/request-facts.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { listSome } from '../../../../shared/list-words.js';
import type { Ink } from '../ink.js';

/** Says what stands out, one phrase per finding. */
export function findingTexts(findings: readonly Finding[], ink: Ink, mostNames = 3): readonly string[] {
  return findings.map((finding) => findingText(finding, ink, mostNames));
}

function findingText(finding: Finding, ink: Ink, mostNames: number): string {
  const list = (names: readonly string[]): string =>
    listSome(
      names.map((name) => ink.exact(name, 120)),
      mostNames,
    );
  switch (finding.kind) {
    case 'wildcard':
      return `asks for ${counted(finding.names, 'wildcard')}: ${list(finding.names)}`;
    case 'weak-key':
      return `weak key: ${ink.words(describeKey(finding.key), 80)}`;
    case 'weak-hash':
      return `weak hash: ${ink.words(finding.hash, 40)}`;
    case 'outside-zones':
      return `${counted(finding.names, 'name')} outside your domains: ${list(finding.names)}`;
    case 'unreadable-request':
      return `the signing request could not be read: ${ink.words(finding.why, 150)}`;
    case 'replaces':
      return finding.expiresAtMs === undefined
        ? 'replaces a certificate'
        : `replaces a certificate that expires ${ink.day(finding.expiresAtMs)}`;
    case 'reuses-key':
      return 'uses the key of the certificate it replaces again';
    case 'adds-names':
      return `adds ${counted(finding.names, 'name')}: ${list(finding.names)}`;
    case 'removes-names':
      return `leaves out ${counted(finding.names, 'name')}: ${list(finding.names)}`;
    case 'changes':
      return `changes the ${finding.what === 'authority' ? 'CA' : finding.what}: ${ink.exact(finding.from, 120)} → ${ink.exact(finding.to, 120)}`;
    default:
      return assertNever(finding);
  }
}

function counted(names: readonly string[], noun: string): string {
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'}`;
}
