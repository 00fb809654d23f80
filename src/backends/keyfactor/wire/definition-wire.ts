import { z } from 'zod';
import { anyCase, someList, someRecord, someText } from './lenient.js';

/** Version 1 names roles by number, version 2 by name as well. */
const stepSignal = anyCase({
  signalname: someText,
  roleids: someList(z.union([z.number(), z.string()])),
  roles: someList(anyCase({ roleid: someText, rolename: someText })),
  roletokens: someList(z.string()),
});

const step = anyCase({
  uniquename: someText,
  displayname: someText,
  extensionname: someText,
  enabled: z.boolean().catch(true),
  configurationparameters: someRecord,
  conditions: someList(z.unknown()),
  signals: someList(stepSignal),
  outputs: someRecord,
});

/** One row of the list of definitions, in either version of the API. */
export const definitionRow = anyCase({
  id: z
    .string()
    .min(1)
    .max(100)
    .transform((id) => id.toLowerCase()),
  displayname: someText,
  workflowtype: someText,
  draftversion: someText,
  publishedversion: someText,
});

/** A row of the list of definitions, as read. */
export type DefinitionRow = z.output<typeof definitionRow>;

/** One version of a definition, as far as approvals need it. */
export const definitionWire = anyCase({ steps: someList(step) });

/** One entry of the catalogue of steps. */
export const catalogueEntry = anyCase({ configurationparametersdefinition: someRecord });

/** The description of one parameter in the catalogue. */
export const parameterDescription = anyCase({ defaultvalue: someText });

/** A step as read. */
export type StepWire = z.output<typeof step>;

/** Who may answer a step, as read. */
export type StepSignalWire = z.output<typeof stepSignal>;
