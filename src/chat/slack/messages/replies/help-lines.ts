import type { UsageProblem } from '../../../../domain/command-line.js';
import { changingVerbs, readingVerbs, type Verb } from '../../../../domain/verb.js';
import { type VerbSpec, verbs } from '../../../../domain/verbs.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { type RenderContext, typedLine } from '../wording.js';

const listedVerbs: readonly Verb[] = readingVerbs.filter((name) => name !== 'receipt');
const changing: readonly Verb[] = changingVerbs;

/** Every verb is in one of these. */
const groups: readonly { readonly title: string; readonly has: (spec: VerbSpec) => boolean }[] = [
  { title: 'For everybody', has: ({ name }) => !listedVerbs.includes(name) && !changing.includes(name) },
  { title: 'To look, where a rule lets you', has: ({ name }) => listedVerbs.includes(name) },
  { title: 'To change something, where a rule lets you', has: ({ name }) => changing.includes(name) },
];

/** Lists everything that can be typed, or explains one verb; made from the table of verbs only. */
export function helpLines(about: Verb | undefined, renderContext: RenderContext): readonly string[] {
  const spec = verbs.find(({ name }) => name === about);
  if (spec) {
    return [
      typedLine(renderContext, spec.usage),
      `${spec.summary}${spec.changes ? ' You are shown what it would do, and asked, before anything happens.' : ''}`,
      exampleLine(spec, renderContext),
    ];
  }
  return [
    renderContext.formatter.label(`What can be typed after ${renderContext.command ?? '/workflow'}`),
    ...groups.flatMap(({ title, has }) => [
      renderContext.formatter.label(title),
      ...verbs
        .filter(has)
        .map(({ usage, summary }) => `• ${renderContext.formatter.exact(usage, 200)} ${summary}`),
    ]),
    `${typedLine(renderContext, 'help restart')} explains one, and so on.`,
    `A ${renderContext.formatter.exact('<ref>')} is a short code from a card or a list, an id, a reference number, or words of the title.`,
  ];
}

/** Answers a word that starts no command. */
export function unknownVerbLines(
  { typed, near }: { readonly typed: string; readonly near?: Verb },
  renderContext: RenderContext,
): readonly string[] {
  const spec = verbs.find(({ name }) => name === near);
  return [
    `There is no command ${renderContext.formatter.exact(typed, 60)}. Nothing was done.`,
    ...(spec ? [`Did you mean ${typedLine(renderContext, spec.usage)}? ${spec.summary}`] : []),
    `${typedLine(renderContext, 'help')} lists what can be typed.`,
  ];
}

/** Says what is wrong with a line and how it is typed. */
export function usageLines(
  { verb, problem }: { readonly verb: Verb; readonly problem: UsageProblem },
  renderContext: RenderContext,
): readonly string[] {
  const spec = verbs.find(({ name }) => name === verb);
  return [
    `${problemText(problem, renderContext)} Nothing was done.`,
    ...(spec ? [`Type ${typedLine(renderContext, spec.usage)}`, exampleLine(spec, renderContext)] : []),
  ];
}

function exampleLine({ example }: VerbSpec, renderContext: RenderContext): string {
  return `For example ${typedLine(renderContext, example)}`;
}

function problemText(problem: UsageProblem, { formatter }: RenderContext): string {
  switch (problem.kind) {
    case 'missing':
      return `Something is missing: ${formatter.exact(`<${problem.what}>`, 60)}.`;
    case 'not-a-value':
      return `${formatter.exact(problem.typed, 60)} does not have the form ${formatter.exact('name=value')}.`;
    case 'too-much':
      return `Nothing more can be given here than the verb, and there was ${formatter.exact(problem.typed, 60)}.`;
    case 'unknown-word': {
      const near = problem.near === undefined ? '' : ` Did you mean ${formatter.exact(problem.near, 60)}?`;
      return `${formatter.exact(problem.typed, 60)} is not known here.${near}`;
    }
    default:
      return assertNever(problem);
  }
}
