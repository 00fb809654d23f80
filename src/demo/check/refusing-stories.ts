import { type Actor, cast } from '../scene/cast.js';
import { isLive, liveCard, wordsOf } from './cards.js';
import { person } from './person.js';
import { insist, type Story } from './story.js';

const refusals: readonly { readonly actor: Actor; readonly who: string; readonly words: RegExp }[] = [
  { actor: 'sam', who: 'the requester', words: /You asked for this yourself/ },
  { actor: 'bo', who: 'somebody who is no approver', words: /not one of the approvers/ },
  { actor: 'gia', who: 'a guest', words: /you are a guest/ },
  { actor: 'una', who: 'an approver without a name in Command', words: /what that system calls you/ },
];

/** Those who may not decide are told so privately, and why. */
export const refusingStories: readonly Story[] = refusals.map(({ actor, who, words }) => ({
  title: `${cast[actor].realName}, ${who}, is refused privately`,
  async play(demo) {
    const id = demo.opening.labOfSam;
    const one = person(demo, actor);
    const card = await liveCard(demo, id);
    const hear = one.listen();
    await one.click(card, 'approve');
    const reported = await hear(words);
    insist(reported.isEphemeral, 'the refusal was not private');
    insist(demo.command.instance(id).status === 'Suspended', 'Command was told something');
    insist(isLive(await liveCard(demo, id)), 'the card lost its buttons');
    return plainly(wordsOf(reported));
  },
}));

/** What was said, without the blocks around it. */
function plainly(words: string): string {
  return /"text":"([^"]*)"/.exec(words)?.[1] ?? words.replace(/^"|"$/g, '');
}
