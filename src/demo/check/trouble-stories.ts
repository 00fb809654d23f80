import { cardSaying, headingOf, isLive, liveCard } from './cards.js';
import { person } from './person.js';
import { insist, type Story } from './story.js';

const commandAway: Story = {
  title: 'While Command is down a decision is kept, and sent when it is back',
  async play(demo) {
    const { command, opening } = demo;
    const id = opening.timer;
    const card = await liveCard(demo, id);
    await command.goDown();
    await person(demo, 'ana').approve(card, '');
    const held = await cardSaying(demo, id, /cannot be reached/);
    insist(command.instance(id).status === 'Suspended', 'the decision was sent');
    await command.comeBack();
    const sent = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    insist(command.instance(id).status === 'Complete', `Command says ${command.instance(id).status}`);
    return `${headingOf(held)}; then: ${headingOf(sent)}`;
  },
};

const restart: Story = {
  title: 'A card from before a restart of the bot still works, and is not posted twice',
  async play(demo) {
    const id = demo.opening.pfx;
    const before = await liveCard(demo, id);
    await demo.restartBot();
    await person(demo, 'ana').approve(before, '');
    const card = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    insist(card.ts === before.ts, 'it was posted anew');
    insist(!isLive(card), 'the card still has buttons');
    return headingOf(card);
  },
};

/** What goes wrong around the bot. */
export const incidentStories: readonly Story[] = [commandAway, restart];
