import { personas, portalKim, portalPat } from '../scene/cast.js';
import { cardSaying, headingOf, isLive, liveCard, textOf } from './cards.js';
import { person } from './person.js';
import { insist, type Story } from './story.js';

const quorum: Story = {
  title: 'High risk takes two people, Command hears of it once, and every copy of the card tells it',
  async play(demo) {
    const { slack, command, opening } = demo;
    const id = opening.wildcard;
    await person(demo, 'ana').approve(await liveCard(demo, id), '');
    const half = await cardSaying(demo, id, /1 of 2/);
    insist(command.instance(id).status === 'Suspended', 'Command was told after one approval');
    await person(demo, 'li').approve(half, '');
    const card = await cardSaying(demo, id, /Approved by Ana Ruiz and Li Wei/);
    const signals = command.effectiveSignals.filter(({ instance }) => instance === id);
    insist(signals.length === 1, `Command got ${signals.length} signals`);
    const copies = () =>
      slack.messages(slack.im(personas.ana.id).id).filter((one) => textOf(one).includes(id));
    await slack.waitFor(
      () => copies().every((one) => /Ana Ruiz and Li Wei/.test(textOf(one)) && !isLive(one)),
      {
        whatFor: 'the copy in Ana’s direct messages',
      },
    );
    return `1 of 2, then: ${headingOf(card)}; ${copies().length} copy in direct messages agrees`;
  },
};

const twoIdentities: Story = {
  title: 'Where Command wants two identities, the card offers no approval that would be one of two',
  async play(demo) {
    const { command, opening } = demo;
    const id = opening.codeSigning;
    const waiting = await cardSaying(demo, id, /it wants 2 identities/);
    insist(!/"approval\.approve"/.test(JSON.stringify(waiting.blocks)), 'the card offers an approval');
    await command.decideInPortal(id, portalPat.name, true);
    await command.decideInPortal(id, portalKim.name, true);
    const card = await cardSaying(demo, id, /Decided in Command, not here/);
    return `${headingOf(waiting)}; then: ${headingOf(card)}`;
  },
};

const elsewhere: Story = {
  title: 'What is decided in Command’s portal closes its card',
  async play(demo) {
    const id = demo.opening.wiki;
    await liveCard(demo, id);
    await demo.command.decideInPortal(id, portalPat.name, true);
    const card = await cardSaying(demo, id, /Decided in Command, not here/);
    insist(!isLive(card), 'the card still has buttons');
    return headingOf(card);
  },
};

const changed: Story = {
  title: 'When the facts change, nothing is sent and people are asked again',
  async play(demo) {
    const id = demo.opening.renewal;
    const ana = person(demo, 'ana');
    const before = await liveCard(demo, id);
    const hear = ana.listen();
    await ana.click(before, 'approve');
    demo.command.changeData(id, { CertificateAuthority: 'RetiredCA2' });
    await ana.submit('Looks right');
    const card = await cardSaying(demo, id, /CorpIssuingCA1[\s\S]*→[\s\S]*RetiredCA2/);
    await hear(/look at the card again|does not count|nothing was decided/i);
    insist(isLive(card), 'the card has no buttons');
    insist(demo.command.instance(id).status === 'Suspended', 'Command was told something');
    return `${headingOf(card)}: CorpIssuingCA1 → RetiredCA2; Ana was told privately`;
  },
};

/** Several people, or Command itself, have a say. */
export const sharedStories: readonly Story[] = [quorum, twoIdentities, elsewhere, changed];
