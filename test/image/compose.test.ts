import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadSettings } from '../../src/config.js';

const here = (name: string) => readFileSync(new URL(`../../docs/deploy/${name}`, import.meta.url));

const bot = z.object({
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  volumes: z.array(z.string()),
});

const { services, secrets } = z
  .object({
    services: z.object({ 'bot-1': bot, 'bot-2': bot, database: z.object({ secrets: z.array(z.string()) }) }),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(here('compose.yml').toString(), { merge: true }));

/** What a secret of that name may look like. */
const samples: Readonly<Record<string, string>> = {
  slack_bot_token: 'xoxb-1-2-sample',
  slack_app_token: 'xapp-1-sample',
  keyfactor_client_secret: 'sample',
  store_password: 'sample',
  ledger_key: '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef',
};

describe('the compose file', () => {
  it('runs two bots that are alike', () => {
    expect(services['bot-2']).toEqual(services['bot-1']);
  });

  it('gives nobody a secret that is not there, and has none that nobody gets', () => {
    const given = new Set([...services['bot-1'].secrets, ...services.database.secrets]);
    expect([...given].sort()).toEqual(Object.keys(secrets).sort());
  });

  it('mounts settings the bot takes, with every secret they need and no warning', () => {
    const { environment, volumes } = services['bot-1'];
    expect(volumes).toEqual(['./settings.yml:/config/countersign.yml:ro', 'anchors:/data']);
    const requested: string[] = [];
    const settings = loadSettings({
      file: '/config/countersign.yml',
      env: environment,
      readFile: (path) => {
        if (path === '/config/countersign.yml') return here('settings.yml');
        const name = path.replace('/run/secrets/', '');
        requested.push(name);
        return Buffer.from(samples[name] ?? '');
      },
    });
    expect(settings.warnings).toEqual([]);
    expect(new Set(requested)).toEqual(new Set(services['bot-1'].secrets));
    expect(settings.store).toBe('postgres://countersign@database:5432/countersign');
    // The root of the container is read-only, and the image gives /data to the user of the bot.
    expect(settings.ledger.anchorFile).toMatch(/^\/data\//);
  });
});
