import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../../src/config.js';

const unit = 'docs/deploy/countersign.service';
const settingsFile = 'docs/deploy/settings.systemd.yml';
const text = readFileSync(unit, 'utf8');

/** Lists what a unit says of something, wherever it says it. */
const said = (name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].flatMap(([, value = '']) => value.split(/\s+/));

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1-2-sample',
  SLACK_APP_TOKEN: 'xapp-1-sample',
  KEYFACTOR_AUTH_CLIENT_SECRET: 'sample',
  COUNTERSIGN_LEDGER_KEY: '00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef',
};

describe('the systemd unit', () => {
  it('lets the bot write wherever its settings have it write, the file of anchors included', () => {
    const settings = loadSettings({ file: settingsFile, env, readFile: (path) => readFileSync(path) });
    expect(settings.warnings).toEqual([]);
    const places = [settings.store, settings.ledger.anchorFile ?? ''].map((path) => dirname(path));
    const writable = said('ReadWritePaths');
    expect(places.filter((place) => !writable.includes(place))).toEqual([]);
    const made = [
      ...said('StateDirectory').map((name) => `/var/lib/${name}`),
      ...said('LogsDirectory').map((name) => `/var/log/${name}`),
    ];
    expect(made).toEqual(writable);
    expect(said('ProtectSystem')).toEqual(['strict']);
  });

  it('is hardened, as systemd rates it: an exposure of 3 at most', () => {
    const rated = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], {
      encoding: 'utf8',
    });
    if (rated.error) {
      if (process.env.REQUIRE_SYSTEMD === '1') throw rated.error;
      process.stderr.write('The unit was not rated: no systemd-analyze found.\n');
      return;
    }
    const [, exposure] = /exposure level for countersign\.service: ([\d.]+)/.exec(rated.stdout) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(3);
  });
});
