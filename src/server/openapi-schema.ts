type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A JSON Schema as linters of OpenAPI want it: whatever a part of it requires is named among that part's own properties, too,
 * though the schema around it says what they are. Means the same.
 */
export function withNamedProperties(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNamedProperties);
  if (!isNode(schema)) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNamedProperties(value)]));
  if (!Array.isArray(inner['required'])) return inner;
  const known = isNode(inner['properties']) ? inner['properties'] : {};
  const missing = (inner['required'] as readonly string[]).filter((name) => !(name in known));
  return missing.length === 0 ? inner : { ...inner, properties: { ...known, ...Object.fromEntries(missing.map((name) => [name, {}])) } };
}
