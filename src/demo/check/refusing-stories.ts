import { type Actor, personas } from '../scene/cast.js';
import { isLive, liveCard, textOf } from './cards.js';
import { person } from './person.js';
import { insist, type Story } from './story.js';

const refusals: readonly { readonly actor: Actor; readonly who: string; readonly text: RegExp }[] = [
  { actor: 'sam', who: 'the requester', text: /You asked for this yourself/ },
  { actor: 'bo', who: 'somebody who is no approver', text: /not one of the approvers/ },
  { actor: 'gia', who: 'a guest', text: /you are a guest/ },
  { actor: 'una', who: 'an approver without a name in Command', text: /what that system calls you/ },
];

/** Those who may not decide are told so privately, and why. */
export const refusingStories: readonly Story[] = refusals.map(({ actor, who, text }) => ({
  title: `${personas[actor].realName}, ${who}, is refused privately`,
  async play(demo) {
    const id = demo.opening.labOfSam;
    const one = person(demo, actor);
    const card = await liveCard(demo, id);
    const hear = one.listen();
    await one.click(card, 'approve');
    const reported = await hear(text);
    insist(reported.isEphemeral, 'the refusal was not private');
    insist(demo.command.instance(id).status === 'Suspended', 'Command was told something');
    insist(isLive(await liveCard(demo, id)), 'the card lost its buttons');
    return plainly(textOf(reported));
  },
}));

/** What was said, without the blocks around it. */
function plainly(text: string): string {
  return /"text":"([^"]*)"/.exec(text)?.[1] ?? text.replace(/^"|"$/g, '');
}
