import { decisionOf } from '../../../../domain/approval-state.js';
import type { Card } from '../../../../domain/card.js';
import type { Instance } from '../../../../domain/instance.js';
import { describeKey } from '../../../../domain/request-facts.js';
import type { Ink } from '../ink.js';
import { commentsOf, didOf, subjectOf, systemOf, type Wording } from '../wording.js';
import { progressLine, requirementLines } from './approval-lines.js';
import { findingTexts } from './findings.js';
import { noteLines } from './notes.js';
import { factLines, requestLine } from './request-lines.js';
import { headline, stateSentence } from './states.js';
import { commentsStay, suggestedLines } from './told-words.js';

/** A titled group of lines in the details. */
export interface DetailGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

const mostNames = 300;
const mostOthers = 60;

/** Tells everything there is to tell about a request, in groups; empty ones are left out. */
export function detailGroups(card: Card, wording: Wording): readonly DetailGroup[] {
  return [
    { title: headline(card.approval, wording), lines: standing(card, wording) },
    { title: 'Request', lines: request(card, wording) },
    { title: `SANs (${card.approval.instance.facts.names.length})`, lines: names(card, wording) },
    { title: 'Replaces', lines: replaced(card, wording) },
    { title: 'Look at', lines: findingTexts(card.findings, wording.ink, 50).map((text) => `• ${text}`) },
    { title: 'Who decides', lines: approvals(card, wording) },
    { title: 'Workflow', lines: workflow(card, wording) },
    { title: 'More', lines: others(card, wording) },
  ].filter(({ lines }) => lines.length > 0);
}

function standing({ approval }: Card, wording: Wording): readonly string[] {
  const note = approval.state.kind === 'waiting' ? approval.state.note : undefined;
  return [stateSentence(approval, wording), ...(note ? noteLines(approval, note, wording) : [])];
}

function request(card: Card, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { facts } = card.approval.instance;
  const requesters = facts.requesters.slice(1).map((name) => ink.exact(name, 120));
  return [
    `${ink.label('Subject')} ${ink.exact(subjectOf(card.approval), 1000)}`,
    requestLine(card, wording),
    ...(requesters.length > 0 ? [`${ink.label('Also known as')} ${requesters.slice(0, 10).join(', ')}`] : []),
    ...factLines({ ...facts, names: [] }, wording),
    ...(facts.unreadableRequest === undefined
      ? []
      : [`${ink.label('Signing request')} ${ink.words(facts.unreadableRequest, 300)}`]),
  ];
}

function names({ approval }: Card, { ink }: Wording): readonly string[] {
  const all = approval.instance.facts.names;
  const lines = all.slice(0, mostNames).map((name) => ink.exact(name, 200));
  return all.length > mostNames ? [...lines, `+${all.length - mostNames} more`] : lines;
}

function replaced({ approval }: Card, { ink }: Wording): readonly string[] {
  const before = approval.instance.facts.replaces;
  if (!before) return [];
  const { subject, key, authority, expiresAtMs } = before;
  const sans = before.names.slice(0, 50).map((name) => ink.exact(name, 120));
  return [
    ...(subject ? [`${ink.label('Subject')} ${ink.exact(subject, 500)}`] : []),
    ...(sans.length > 0 ? [`${ink.label('SANs')} ${sans.join(', ')}`] : []),
    ...(key ? [`${ink.label('Key')} ${ink.words(describeKey(key), 100)}`] : []),
    ...(authority ? [`${ink.label('CA')} ${ink.words(authority, 120)}`] : []),
    ...(expiresAtMs === undefined ? [] : [`${ink.label('Expires')} ${ink.day(expiresAtMs)}`]),
  ];
}

function approvals(card: Card, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { approval, votes } = card;
  const { roles, nextStep } = approval.requirement;
  const decision = decisionOf(approval.state);
  return [
    progressLine(card, wording),
    ...suggestedLines(approval, wording),
    ...votes.slice(0, 20).map((vote) => {
      const comment = vote.comment ? `: “${ink.words(vote.comment, 500)}”` : '';
      return `• ${ink.words(vote.name, 60)} ${didOf(vote, ink)} ${ink.moment(vote.atMs)}${comment}`;
    }),
    ...(decision ? commentsOf(decision, ink, 500).map((line) => `• ${line}`) : []),
    ...requirementLines(approval, wording),
    ...(approval.told ? [commentsStay(systemOf(approval, wording))] : []),
    ...(roles.length > 0
      ? [
          `${ink.label(`Roles in ${systemOf(approval, wording)}`)} ${roles
            .slice(0, 20)
            .map((role) => ink.words(role, 80))
            .join(', ')}`,
        ]
      : []),
    ...(nextStep === undefined ? [] : [`${ink.label('After an approval')} ${ink.words(nextStep, 120)}`]),
  ];
}

function workflow({ approval }: Card, { ink }: Wording): readonly string[] {
  const { instance, step, attempt } = approval;
  const { definition, ref, referenceId, startedAtMs, modifiedAtMs } = instance;
  const at = instance.step?.name ?? step;
  return [
    ink.words(instance.title, 300),
    `${ink.label('Workflow')} ${ink.words(definition.name, 150)}${approval.told ? '' : `, version ${definition.version}`}, ${ink.words(definition.type, 80)}`,
    `${ink.label('Step')} ${ink.words(at, 150)} (${ink.exact(step, 150)})${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    // Of a run that told of the step itself nothing may have been read yet.
    ...(instance.status.raw === '' ? [] : [statusLine(instance, ink)]),
    ...(referenceId === undefined ? [] : [`${ink.label('Reference')} ${ink.exact(referenceId, 80)}`]),
    `${ink.label('Run')} ${ink.exact(ref.id, 120)} on ${ink.words(ref.system, 80)}`,
    ...(startedAtMs === undefined ? [] : [`${ink.label('Started')} ${ink.moment(startedAtMs)}`]),
    ...(modifiedAtMs === undefined ? [] : [`${ink.label('Last changed')} ${ink.moment(modifiedAtMs)}`]),
  ];
}

function statusLine({ status, statusMessage }: Instance, ink: Ink): string {
  const why = statusMessage ? `: ${ink.words(statusMessage, 500)}` : '';
  return `${ink.label('Status')} ${ink.words(status.raw, 80)}${why}`;
}

function others({ approval }: Card, { ink }: Wording): readonly string[] {
  const all = approval.instance.facts.others;
  const lines = all
    .slice(0, mostOthers)
    .map(({ label, value }) => `• ${ink.words(label, 80)}: ${ink.words(value, 300)}`);
  return all.length > mostOthers ? [...lines, `+${all.length - mostOthers} more`] : lines;
}
