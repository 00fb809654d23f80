import { describe, expect, it } from '@jest/globals';
import { goodEnv, load, problemAbout, someSettings } from './a-settings-file.js';

const { SLACK_BOT_TOKEN: _, ...withoutBotToken } = goodEnv;
const rotating = {
  ...withoutBotToken,
  SLACK_REFRESH_TOKEN: 'xoxe-1-good',
  SLACK_CLIENT_ID: '12.34',
  SLACK_CLIENT_SECRET: 'slack-client-secret',
  COUNTERSIGN_TOKEN_KEY: '9f2c4be1a07d5863e4b1c8f03a967d52be0c7714d9a3f68125cb40e79d18a6f3',
};

describe('a refresh token of Slack', () => {
  it('takes the place of the bot token', () => {
    const { slack } = load(someSettings(), { env: rotating });
    expect(slack.rotation).toMatchObject({ clientId: '12.34', refreshToken: 'xoxe-1-good' });
  });

  it('turns no account linking on by its key', () => {
    const settings = load(someSettings({ http: { publicUrl: 'https://bot.example.com' } }), {
      env: rotating,
    });
    expect(settings.tokenKeys).toBeUndefined();
  });

  it.each(['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'COUNTERSIGN_TOKEN_KEY'])('needs %s besides', (name) => {
    const env = { ...rotating, [name]: '' };
    expect(problemAbout(name, someSettings(), { env })).toMatchObject({ found: 'nothing' });
  });

  it('is one that Slack calls so', () => {
    const env = { ...rotating, SLACK_REFRESH_TOKEN: 'xoxb-1-2-a-bot-token' };
    const problem = problemAbout('SLACK_REFRESH_TOKEN', someSettings(), { env });
    expect(problem).toMatchObject({ found: 'a token that begins with xoxb-' });
  });
});
