import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, type Transport, transports } from '../../support/stage/open-stage.js';

/** A request as it came over the wire, taken apart. */
export interface RawRequest {
  /** Method and path, its own parameters in braces, as `GET /Workflow/Instances/{instanceId}`. */
  readonly call: string;
  /** Everything it carried by the key it was sent under: path, query, headers and body; `Data.Comment` lies within `Data`. */
  readonly carried: Readonly<Record<string, unknown>>;
}

/** One parameter of a vendor's page, and what stood in it. */
export interface Row {
  readonly page: string;
  readonly call: string;
  readonly key: string;
  /** What it has to be, letter by letter; `{run}` stands for what the act has named so. */
  readonly value: unknown;
}

/** What a person does, and every parameter that sets. */
export interface Scene {
  /** In words: types, presses, writes into the settings. */
  readonly person: string;
  open(transport: Transport): Promise<Stage>;
  /** Does it; may name values that only this run knows. */
  act(stage: Stage): Promise<Readonly<Record<string, unknown>> | undefined>;
  readonly sets: readonly Row[];
}

/** A parameter nobody sets, and why that is right. */
export interface Unset {
  readonly call: string;
  readonly key: string;
  readonly because: string;
}

/** Writes rows of one page and call, from keys and values. */
export function rows(page: string, call: string, values: Readonly<Record<string, unknown>>): readonly Row[] {
  return Object.entries(values).map(([key, value]) => ({ page, call, key, value }));
}

/** Plays every scene over both transports, and holds each row to the raw requests that came of it. */
export function playScenes(scenes: readonly Scene[], read: (stage: Stage) => readonly RawRequest[]): void {
  describe.each(transports)('over %s', (transport) => {
    describe.each(scenes)('a person who $person sets', ({ open, act, sets }) => {
      let requests: readonly RawRequest[] = [];
      let names: Readonly<Record<string, unknown>> = {};
      beforeAll(async () => {
        const stage = await open(transport);
        names = (await act(stage)) ?? {};
        requests = read(stage);
        await stage.close();
      });
      it.each(sets)('$key of $call ($page)', ({ call, key, value }) => {
        const wanted =
          typeof value === 'string' ? (names[/^\{(\w+)\}$/.exec(value)?.[1] ?? ''] ?? value) : value;
        const found = requests
          .filter((request) => request.call === call && key in request.carried)
          .map(({ carried }) => carried[key]);
        expect(found).toContainEqual(wanted instanceof RegExp ? expect.stringMatching(wanted) : wanted);
      });
    });
  });
}

/** Names the parameters of a page, as `call key`, that neither a scene sets nor a reason is given for. */
export function withoutRow(
  documented: readonly { readonly call: string; readonly key: string }[],
  scenes: readonly Scene[],
  unset: readonly Unset[],
): readonly string[] {
  const set = scenes.flatMap(({ sets }) => sets);
  const isRowOf =
    (wanted: { readonly call: string; readonly key: string }) => (row: { call: string; key: string }) =>
      row.call === wanted.call && (row.key === wanted.key || row.key.startsWith(`${wanted.key}.`));
  return documented
    .filter((one) => !set.some(isRowOf(one)) && !unset.some(isRowOf(one)))
    .map(({ call, key }) => `${call} ${key}`);
}

/** Lays nested values out flat: `Data: { Comment }` is `Data` and `Data.Comment`, an item of a list `variables[0]`. */
export function flat(value: unknown, under = ''): Readonly<Record<string, unknown>> {
  const entries = Array.isArray(value)
    ? value.map((inner, index) => [`${under}[${index}]`, inner] as const)
    : typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, inner]) => [under === '' ? key : `${under}.${key}`, inner] as const)
      : [];
  return Object.assign({}, ...entries.map(([key, inner]) => ({ [key]: inner, ...flat(inner, key) })));
}
