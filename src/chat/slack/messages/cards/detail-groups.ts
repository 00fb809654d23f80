import { decisionOf } from '../../../../domain/approval-state.js';
import type { Card } from '../../../../domain/card.js';
import type { Instance } from '../../../../domain/instance.js';
import { describeKey } from '../../../../domain/request-facts.js';
import type { Formatter } from '../ink.js';
import { commentsOf, didOf, type RenderContext, subjectOf, systemOf } from '../wording.js';
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
export function detailGroups(card: Card, renderContext: RenderContext): readonly DetailGroup[] {
  return [
    { title: headline(card.approval, renderContext), lines: stateText(card, renderContext) },
    { title: 'Request', lines: request(card, renderContext) },
    { title: `SANs (${card.approval.instance.facts.names.length})`, lines: names(card, renderContext) },
    { title: 'Replaces', lines: replaced(card, renderContext) },
    {
      title: 'Look at',
      lines: findingTexts(card.findings, renderContext.formatter, 50).map((text) => `• ${text}`),
    },
    { title: 'Who decides', lines: approvals(card, renderContext) },
    { title: 'Workflow', lines: workflow(card, renderContext) },
    { title: 'More', lines: others(card, renderContext) },
  ].filter(({ lines }) => lines.length > 0);
}

function stateText({ approval }: Card, renderContext: RenderContext): readonly string[] {
  const note = approval.state.kind === 'waiting' ? approval.state.note : undefined;
  return [stateSentence(approval, renderContext), ...(note ? noteLines(approval, note, renderContext) : [])];
}

function request(card: Card, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { facts } = card.approval.instance;
  const requesters = facts.requesters.slice(1).map((name) => formatter.exact(name, 120));
  return [
    `${formatter.label('Subject')} ${formatter.exact(subjectOf(card.approval), 1000)}`,
    requestLine(card, renderContext),
    ...(requesters.length > 0
      ? [`${formatter.label('Also known as')} ${requesters.slice(0, 10).join(', ')}`]
      : []),
    ...factLines({ ...facts, names: [] }, renderContext),
    ...(facts.unreadableRequest === undefined
      ? []
      : [`${formatter.label('Signing request')} ${formatter.text(facts.unreadableRequest, 300)}`]),
  ];
}

function names({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const all = approval.instance.facts.names;
  const lines = all.slice(0, mostNames).map((name) => formatter.exact(name, 200));
  return all.length > mostNames ? [...lines, `+${all.length - mostNames} more`] : lines;
}

function replaced({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const before = approval.instance.facts.replaces;
  if (!before) return [];
  const { subject, key, authority, expiresAtMs } = before;
  const sans = before.names.slice(0, 50).map((name) => formatter.exact(name, 120));
  return [
    ...(subject ? [`${formatter.label('Subject')} ${formatter.exact(subject, 500)}`] : []),
    ...(sans.length > 0 ? [`${formatter.label('SANs')} ${sans.join(', ')}`] : []),
    ...(key ? [`${formatter.label('Key')} ${formatter.text(describeKey(key), 100)}`] : []),
    ...(authority ? [`${formatter.label('CA')} ${formatter.text(authority, 120)}`] : []),
    ...(expiresAtMs === undefined ? [] : [`${formatter.label('Expires')} ${formatter.day(expiresAtMs)}`]),
  ];
}

function approvals(card: Card, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { approval, votes } = card;
  const { roles, nextStep } = approval.requirement;
  const decision = decisionOf(approval.state);
  return [
    progressLine(card, renderContext),
    ...suggestedLines(approval, renderContext),
    ...votes.slice(0, 20).map((vote) => {
      const comment = vote.comment ? `: “${formatter.text(vote.comment, 500)}”` : '';
      return `• ${formatter.text(vote.name, 60)} ${didOf(vote, formatter)} ${formatter.moment(vote.atMs)}${comment}`;
    }),
    ...(decision ? commentsOf(decision, formatter, 500).map((line) => `• ${line}`) : []),
    ...requirementLines(approval, renderContext),
    ...(approval.told ? [commentsStay(systemOf(approval, renderContext))] : []),
    ...(roles.length > 0
      ? [
          `${formatter.label(`Roles in ${systemOf(approval, renderContext)}`)} ${roles
            .slice(0, 20)
            .map((role) => formatter.text(role, 80))
            .join(', ')}`,
        ]
      : []),
    ...(nextStep === undefined
      ? []
      : [`${formatter.label('After an approval')} ${formatter.text(nextStep, 120)}`]),
  ];
}

function workflow({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const { instance, step, attempt } = approval;
  const { definition, ref, referenceId, startedAtMs, modifiedAtMs } = instance;
  const at = instance.step?.name ?? step;
  return [
    formatter.text(instance.title, 300),
    `${formatter.label('Workflow')} ${formatter.text(definition.name, 150)}${approval.told ? '' : `, version ${definition.version}`}, ${formatter.text(definition.type, 80)}`,
    `${formatter.label('Step')} ${formatter.text(at, 150)} (${formatter.exact(step, 150)})${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    // Of a run that told of the step itself nothing may have been read yet.
    ...(instance.status.raw === '' ? [] : [statusLine(instance, formatter)]),
    ...(referenceId === undefined
      ? []
      : [`${formatter.label('Reference')} ${formatter.exact(referenceId, 80)}`]),
    `${formatter.label('Run')} ${formatter.exact(ref.id, 120)} on ${formatter.text(ref.system, 80)}`,
    ...(startedAtMs === undefined ? [] : [`${formatter.label('Started')} ${formatter.moment(startedAtMs)}`]),
    ...(modifiedAtMs === undefined
      ? []
      : [`${formatter.label('Last changed')} ${formatter.moment(modifiedAtMs)}`]),
  ];
}

function statusLine({ status, statusMessage }: Instance, formatter: Formatter): string {
  const why = statusMessage ? `: ${formatter.text(statusMessage, 500)}` : '';
  return `${formatter.label('Status')} ${formatter.text(status.raw, 80)}${why}`;
}

function others({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const all = approval.instance.facts.others;
  const lines = all
    .slice(0, mostOthers)
    .map(({ label, value }) => `• ${formatter.text(label, 80)}: ${formatter.text(value, 300)}`);
  return all.length > mostOthers ? [...lines, `+${all.length - mostOthers} more`] : lines;
}
