import { cardSaying, headingOf, isLive, liveCard } from './cards.js';
import { person } from './person.js';
import { insist, type Story } from './story.js';

const approving: Story = {
  title: 'Ana approves with a comment, the workflow moves, and the card says who it was',
  async play(demo) {
    const id = demo.opening.shop;
    await person(demo, 'ana').approve(await liveCard(demo, id), 'Checked with the web team');
    const card = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    const { status } = demo.command.instance(id);
    const comment = demo.command.effectiveSignals.find(({ instance }) => instance === id)?.comment ?? '';
    insist(status === 'Complete', `Command says ${status}`);
    insist(/Checked with the web team.*Ana Ruiz/.test(comment), `Command was told: ${comment}`);
    return `${headingOf(card)}; Command: ${status}, “${comment}”`;
  },
};

const denying: Story = {
  title: 'A denial needs a reason; Li gives one',
  async play(demo) {
    const id = demo.opening.weak;
    const li = person(demo, 'li');
    await li.click(await liveCard(demo, id), 'deny');
    insist(!(await li.submit('   ')), 'the window closed without a reason');
    insist(await li.submit('The key is too short'), 'the window did not take the reason');
    const card = await cardSaying(demo, id, /Denied by Li Wei/);
    const { status } = demo.command.instance(id);
    insist(status === 'Rejected', `Command says ${status}`);
    return `${headingOf(card)}; Command: ${status}`;
  },
};

const clickingTwice: Story = {
  title: 'A double click signals once',
  async play(demo) {
    const id = demo.opening.lab;
    const ana = person(demo, 'ana');
    const card = await liveCard(demo, id);
    await Promise.all([ana.click(card, 'approve'), ana.click(card, 'approve')]);
    const decided = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    const signals = demo.command.requests.filter(({ path }) => path.includes(id) && /signal/i.test(path));
    insist(signals.length === 1, `Command got ${signals.length} signals`);
    return `${headingOf(decided)}; Command got 1 signal`;
  },
};

const revoking: Story = {
  title: 'A revocation says which certificate and why',
  async play(demo) {
    const id = demo.opening.revocation;
    await cardSaying(demo, id, /4F00A1B3C2D7E6980000000091[\s\S]*KeyCompromise/);
    await person(demo, 'li').approve(await liveCard(demo, id), 'SEC-2291 confirmed');
    return headingOf(await cardSaying(demo, id, /Approved by Li Wei/));
  },
};

const failing: Story = {
  title: 'An approval after which the CA fails is told as both',
  async play(demo) {
    const id = demo.opening.device;
    await person(demo, 'ana').approve(await liveCard(demo, id), '');
    const card = await cardSaying(demo, id, /then failed[\s\S]*RPC server is unavailable/);
    insist(!isLive(card), 'the card still has buttons');
    return headingOf(card);
  },
};

/** One person, one decision. */
export const decidingStories: readonly Story[] = [approving, denying, clickingTwice, revoking, failing];
