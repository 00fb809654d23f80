import { expect } from '@jest/globals';
import { validateBlocks, validateView } from '../../src/sandbox/slack/validate.js';
import { blocksLength, type Rendered } from '../../src/slack/blocks/blocks.js';
import { wholeSentence } from './hostile.js';

/** What Slack reads as markup, unless it is text. */
const markup = /<|&(?!(?:amp|lt|gt);)/;

/**
 * Holds messages and modals against what Slack takes, and against markup from outside.
 *
 * `ours` is the markup only we may write there. A list of texts is held by one assertion: a property test sees
 * hundreds of thousands of them, and an assertion costs more than what it asserts.
 */
export function createSoundness(ours: RegExp) {
  const expectNoForeignMarkup = (texts: readonly string[]): void => {
    expect(texts.filter((text) => markup.test(text.replace(ours, '')))).toEqual([]);
    expect(texts.filter((text) => /\p{Surrogate}/u.test(text))).toEqual([]);
    expect(texts.filter((text) => /\p{Cf}/u.test(text))).toEqual([]);
    expect(texts.filter((text) => text.includes(`${wholeSentence}.`))).toEqual([]);
  };
  return {
    expectNoForeignMarkup,
    expectSound({ text, blocks }: Rendered): void {
      expect(validateBlocks(blocks, 'message')).toEqual([]);
      expect(blocks.length).toBeLessThanOrEqual(50);
      expect(blocksLength(blocks)).toBeLessThan(10_000);
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThan(3_900);
      expectNoForeignMarkup([text, ...mrkdwnOf(blocks)]);
    },
    expectSoundModal(view: object): void {
      expect(validateView(view, 'modal')).toEqual([]);
      expectNoForeignMarkup(mrkdwnOf(view));
    },
  };
}

/** Collects the texts Slack reads as markup. */
function mrkdwnOf(part: unknown): readonly string[] {
  if (Array.isArray(part)) return part.flatMap(mrkdwnOf);
  if (typeof part !== 'object' || part === null) return [];
  const own = 'type' in part && part.type === 'mrkdwn' && 'text' in part ? [String(part.text)] : [];
  return [...own, ...Object.values(part).flatMap(mrkdwnOf)];
}
