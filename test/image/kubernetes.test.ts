import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadSettings } from '../../src/config.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'docs/deploy/kubernetes');
const read = (name: string) => readFileSync(join(folder, name));

/** What the package of schemas has for a kind; its declarations are stricter with themselves than with us. */
type Model = new (manifest: object) => { validate(): void };

const load = createRequire(import.meta.url);
const kindOf = (type: string, name: string) => ({
  type,
  name,
  Model: load(`kubernetes-models/${type}`)[name] as Model,
});

const kinds = {
  'deployment.yaml': kindOf('apps/v1', 'Deployment'),
  'networkpolicy.yaml': kindOf('networking.k8s.io/v1', 'NetworkPolicy'),
  'poddisruptionbudget.yaml': kindOf('policy/v1', 'PodDisruptionBudget'),
} as const;

const { spec } = z
  .object({
    spec: z.object({
      replicas: z.number(),
      template: z.object({
        metadata: z.object({ labels: z.record(z.string(), z.string()) }),
        spec: z.object({
          automountServiceAccountToken: z.boolean(),
          securityContext: z.object({ runAsNonRoot: z.boolean() }),
          containers: z.array(
            z.object({
              env: z.array(z.object({ name: z.string(), value: z.string() })),
              securityContext: z.object({ readOnlyRootFilesystem: z.boolean() }),
              livenessProbe: z.object({ httpGet: z.object({ path: z.string() }) }),
              readinessProbe: z.object({ httpGet: z.object({ path: z.string() }) }),
              resources: z.object({ requests: z.record(z.string(), z.string()) }),
            }),
          ),
        }),
      }),
    }),
  })
  .parse(parse(read('deployment.yaml').toString()));

describe('the Kubernetes files', () => {
  it.each(Object.entries(kinds))('%s is what the schema of its kind wants', (file, { Model }) => {
    const manifest = parse(read(file).toString());
    expect(() => new Model(manifest).validate()).not.toThrow();
    expect(() => new Model({ ...manifest, spec: 'none' }).validate()).toThrow(/spec/);
  });

  it('have no field that Kubernetes does not know', () => {
    const place = mkdtempSync(join(root, 'test/image/kubernetes-'));
    try {
      const lines = Object.entries(kinds).flatMap(([file, { type, name }]) => [
        `import type { I${name} } from 'kubernetes-models/${type}';`,
        `export const ${name}: I${name} = ${JSON.stringify(parse(read(file).toString()))};`,
      ]);
      const program = join(place, 'manifests.ts');
      writeFileSync(program, lines.join('\n'));
      const options = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const compile = (file: string) =>
        execFileSync(process.execPath, [tsc, ...options, file], { encoding: 'utf8', stdio: 'pipe' });
      expect(compile(program)).toBe('');
      writeFileSync(program, lines.join('\n').replace('"replicas"', '"replicaz"'));
      expect(() => compile(program)).toThrow(/Command failed/);
    } finally {
      rmSync(place, { recursive: true });
    }
  }, 60_000);

  it('list every file of theirs', () => {
    const { resources, configMapGenerator } = parse(read('kustomization.yaml').toString());
    expect(resources).toEqual(expect.arrayContaining(Object.keys(kinds)));
    expect(resources).toHaveLength(Object.keys(kinds).length);
    expect(configMapGenerator).toEqual([
      { name: 'countersign-settings', files: ['countersign.yml=settings.yml'] },
    ]);
  });

  it('run two bots without rights, root, or a token, and probe whether they live', () => {
    const { template, replicas } = spec;
    const [bot] = template.spec.containers;
    expect(replicas).toBe(2);
    expect(template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true },
    });
    expect(bot).toMatchObject({
      securityContext: { readOnlyRootFilesystem: true },
      livenessProbe: { httpGet: { path: '/healthz' } },
      readinessProbe: { httpGet: { path: '/healthz' } },
    });
  });

  it('ask for what a bot was measured to need', () => {
    const [bot] = spec.template.spec.containers;
    expect(Object.keys(bot?.resources.requests ?? {})).toEqual(['cpu', 'memory']);
  });

  it('pick the same pods with every selector', () => {
    const { labels } = spec.template.metadata;
    const budget = parse(read('poddisruptionbudget.yaml').toString());
    const policy = parse(read('networkpolicy.yaml').toString());
    const deployment = parse(read('deployment.yaml').toString());
    const selectors = [budget.spec.selector, policy.spec.podSelector, deployment.spec.selector];
    for (const { matchLabels } of selectors) expect(matchLabels).toEqual(labels);
  });

  it('mount settings the bot takes, with every secret they need and no warning', () => {
    const [bot] = spec.template.spec.containers;
    const env = Object.fromEntries((bot?.env ?? []).map(({ name, value }) => [name, value]));
    const requested: string[] = [];
    const settings = loadSettings({
      file: '/config/countersign.yml',
      env,
      readFile: (path) => {
        if (path === '/config/countersign.yml') return read('settings.yml');
        requested.push(path);
        return Buffer.from(samples[path.replace('/run/secrets/countersign/', '')] ?? '');
      },
    });
    expect(settings.warnings).toEqual([]);
    expect(new Set(requested)).toEqual(new Set(Object.values(env)));
    expect(settings.operations.host).toBe('0.0.0.0');
    // Two bots share a store, and nothing may be written in the container.
    expect(settings.store).toMatch(/^postgres:/);
    expect(settings.ledger.anchorFile).toBeUndefined();
  });
});

/** What a secret of that name may look like. */
const samples: Readonly<Record<string, string>> = {
  slack_bot_token: 'xoxb-1-2-sample',
  slack_app_token: 'xapp-1-sample',
  keyfactor_client_secret: 'sample',
  store_password: 'sample',
  ledger_key: '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef',
};
