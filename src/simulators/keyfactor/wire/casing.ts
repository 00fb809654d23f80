/** Members whose content is free-form: their keys are data, not names of the model. */
const rawMembers = new Set(['InitialData', 'CurrentStateData', 'ConfigurationParameters', 'Outputs']);
/** Members that map free names to models. */
const dictionaries = new Set([
  'ConfigurationParametersDefinition',
  'SignalsDefinition',
  'InputParameters',
  'PotentialValues',
  'DependsOn',
]);

/** Lowers the first letter of every member name of a model, and leaves the keys of free-form data alone. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      rawMembers.has(key) ? inner : dictionaries.has(key) ? eachValue(inner) : camelCased(inner),
    ]),
  );
}

function eachValue(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, camelCased(inner)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
