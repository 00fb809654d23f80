import { z } from 'zod';
import { isSafeUrl } from '../../shared/http/is-safe-url.js';

const expectedUrl =
  'an https address without a slash, a ? or a # at its end, such as https://countersign.example.com';

/** Where requests from outside are received. */
export const httpSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .prefault('0.0.0.0')
    .describe(
      'Address on which requests from outside are received: Slack’s in mode http, hooks, and browsers in which people link accounts.',
    )
    .meta({ examples: ['127.0.0.1'] }),
  port: z
    .int()
    .min(1)
    .max(65535)
    .prefault(3000)
    .describe(
      'Port on which they are received; TLS ends in front of it. Opened only when something needs it.',
    )
    .meta({ examples: [3000] }),
  publicUrl: z
    .string(expectedUrl)
    .refine((text) => isSafeUrl(text) && !/[/?#]$|[?#]|@/.test(text), expectedUrl)
    .optional()
    .describe('Address under which the outside reaches that port, where the bot has to give it to somebody.')
    .meta({ examples: ['https://countersign.example.com'] }),
});

/** Where probes, and whoever watches the bot, ask how it is. */
export const operationsSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .prefault('127.0.0.1')
    .describe('Address on which /healthz and /readyz are answered; whoever reaches it may ask.')
    .meta({ examples: ['127.0.0.1'] }),
  port: z
    .int()
    .min(0)
    .max(65535)
    .prefault(9464)
    .describe('Port on which they are answered; 0 takes a free one, named in the log.')
    .meta({ examples: [9464] }),
});
