import { createLog } from '../../log.js';
import { openDemo } from '../open-demo.js';
import { alertStories } from './alert-stories.js';
import { commandStories } from './command-stories.js';
import { decidingStories } from './deciding-stories.js';
import { cardsAppear, cardsPointOut, overallStories } from './overall-stories.js';
import { workTasksStories } from './plant-stories.js';
import { refusingStories } from './refusing-stories.js';
import { sharedStories } from './shared-stories.js';
import type { CheckedDemo, Story } from './story.js';
import { incidentStories } from './trouble-stories.js';

const stories: readonly Story[] = [
  cardsAppear,
  cardsPointOut,
  ...decidingStories,
  ...refusingStories,
  ...sharedStories,
  ...workTasksStories,
  ...commandStories,
  ...alertStories,
  ...incidentStories,
  ...overallStories,
];

/** Plays every story in turn, prints each with what was seen, and returns 0 if all held, else 1. */
export async function runCheck(print: (text: string) => void): Promise<number> {
  const startedAtMs = performance.now();
  const logLines: string[] = [];
  const log = createLog({ level: 'debug', to: { write: (line: string) => void logLines.push(line) } });
  const demo = await openDemo({ port: 0, log });
  let held = 0;
  try {
    for (const story of stories) held += (await playOne(story, { ...demo, logLines }, print)) ? 1 : 0;
  } finally {
    await demo.close();
  }
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  print(`\n${held} of ${stories.length} held, in ${seconds} s.\n`);
  return held === stories.length ? 0 : 1;
}

async function playOne(story: Story, demo: CheckedDemo, print: (text: string) => void): Promise<boolean> {
  try {
    const seen = await story.play(demo);
    print(`✓ ${story.title}\n    ${seen}\n`);
    return true;
  } catch (error) {
    print(`✗ ${story.title}\n    ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}
