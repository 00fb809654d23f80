import type { WhoReport } from '../../../../../domain/reply.js';
import { listSome } from '../../../../../shared/list-words.js';
import { membershipText } from '../../refusals.js';
import { type RenderContext, typedLine } from '../../wording.js';

/** Shows what is known of somebody, and which rules name them. */
export function whoLines(who: WhoReport, renderContext: RenderContext): readonly string[] {
  const { person, identities, approverRules, operatorRules, links = [] } = who;
  const { formatter } = renderContext;
  const { standing, confirmedEmail } = person;
  return [
    `${formatter.label('You are')} ${formatter.person(person.id)} ${formatter.text(person.name, 80)}${standing === 'member' ? ', a full member of this workspace' : `. ${membershipText(standing)}`}`,
    ...(confirmedEmail === undefined
      ? []
      : [`${formatter.label('E-mail')} ${formatter.exact(confirmedEmail, 120)}`]),
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
