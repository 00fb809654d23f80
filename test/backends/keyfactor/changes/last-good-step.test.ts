import { afterEach, describe, expect, it } from '@jest/globals';
import type { StepSketch } from '../../../../src/sandbox/keyfactor/engine.js';
import type { Bench } from '../start-bench.js';
import { startBench } from '../start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const mail = (number: number, more: Partial<StepSketch> = {}): StepSketch => ({
  extensionName: 'Email',
  uniqueName: `Mail${number}`,
  displayName: `Mail ${number}`,
  ...more,
});
const broken = mail(9, { failsWith: 'Boom' });

async function lastGoodStep(steps: readonly StepSketch[]): Promise<string | undefined> {
  const id = bench.startRun(steps);
  const instance = await bench.found(id);
  expect(instance.status.kind).toBe('failed');
  return bench.backend.lastGoodStep?.(instance);
}

describe('the step before the one a run failed at', () => {
  it.each([
    ['by the name people know', [mail(1), mail(2), broken], 'Mail 2'],
    ['past one that is switched off', [mail(1), mail(2, { enabled: false }), broken], 'Mail 1'],
    ['for nothing when the first step failed', [broken], undefined],
    [
      'for nothing when it may have been left out',
      [mail(1), mail(2, { conditions: ['False'] }), broken],
      undefined,
    ],
  ])('is named %s', async (_how, steps, name) => {
    bench = await startBench();
    expect(await lastGoodStep(steps)).toBe(name);
  });

  it('is read once for all runs of a version', async () => {
    bench = await startBench();
    const instance = await bench.found(bench.startRun([mail(1), broken]));
    await bench.backend.lastGoodStep?.(instance);
    const before = bench.command.requests.length;
    expect(await bench.backend.lastGoodStep?.(instance)).toBe('Mail 1');
    expect(bench.command.requests.length).toBe(before);
  });

  it('is not known when definitions may not be read', async () => {
    bench = await startBench({ permissions: ['/workflows/instances/read/'] });
    expect(await lastGoodStep([mail(1), broken])).toBeUndefined();
  });
});
