import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderJsonSchema } from './docs/json-schema.js';
import { renderSettingsTable } from './docs/settings-table.js';

export { renderJsonSchema } from './docs/json-schema.js';
export { renderSettingsTable } from './docs/settings-table.js';

/** Lists the documents that are generated from the schema: name in the docs folder and content. */
export function settingsDocs(): readonly { readonly name: string; readonly content: string }[] {
  return [
    { name: 'countersign.schema.json', content: renderJsonSchema() },
    { name: 'settings.md', content: renderSettingsTable() },
  ];
}

/** Writes the generated documents into a folder. */
export function writeSettingsDocs(folder: string): void {
  for (const { name, content } of settingsDocs()) writeFileSync(join(folder, name), content);
}
