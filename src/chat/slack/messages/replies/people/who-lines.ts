import type { WhoReport } from '../../../../../domain/reply.js';
import { listSome } from '../../../../../shared/list-words.js';
import { standingText } from '../../refusals.js';
import { typedLine, type Wording } from '../../wording.js';

/** Shows what is known of somebody, and which rules name them. */
export function whoLines(who: WhoReport, wording: Wording): readonly string[] {
  const { person, identities, approverRules, operatorRules, links = [] } = who;
  const { ink } = wording;
  const { standing, confirmedEmail } = person;
  return [
    `${ink.label('You are')} ${ink.person(person.id)} ${ink.words(person.name, 80)}${standing === 'member' ? ', a full member of this workspace' : `. ${standingText(standing)}`}`,
    ...(confirmedEmail === undefined ? [] : [`${ink.label('E-mail')} ${ink.exact(confirmedEmail, 120)}`]),
    ...(person.isSuspended ? [`${ink.label('Rights')} suspended, until an operator restores them`] : []),
    ...identities.slice(0, 20).map(({ label, names }) => {
      const known = listSome(
        names.map((name) => ink.exact(name, 100)),
        8,
      );
      return `${ink.label(`In ${ink.words(label, 60).replaceAll('*', '')}`)} ${known || 'no name of yours is known'}`;
    }),
    ...links.slice(0, 12).map((link) => linkLine(link, wording)),
    `${ink.label('You may decide by')} ${
      listSome(
        approverRules.map((name) => ink.words(name, 80)),
        12,
      ) || 'no rule'
    }`,
    ...(operatorRules.length === 0
      ? [`${ink.label('You may run')} nothing: no rule under “operators” names you`]
      : []),
    ...operatorRules
      .slice(0, 12)
      .map(
        ({ name, verbs }) =>
          `${ink.label('You may run')} ${verbs.join(', ') || 'nothing'} by ${ink.words(name, 80)}`,
      ),
  ];
}

function linkLine({ label, system, username }: LinkOf, wording: Wording): string {
  const { ink } = wording;
  const named = ink.label(`Linked in ${ink.words(label, 60).replaceAll('*', '')}`);
  return username === undefined
    ? `${named} no account; ${typedLine(wording, `link ${system}`)} links yours`
    : `${named} ${ink.exact(username, 100)}; ${typedLine(wording, `unlink ${system}`)} ends that`;
}

type LinkOf = NonNullable<WhoReport['links']>[number];
