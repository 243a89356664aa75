import type { Ajv, Options } from 'ajv';

/** Words of JSON Schema that are younger than draft 7; a schema without them means the same in every draft. */
const YOUNGER = /"(?:prefixItems|unevaluated(?:Properties|Items)|dependent(?:Required|Schemas)|m(?:in|ax)Contains|\$(?:anchor|dynamicAnchor|dynamicRef))":/u;

/** What compiles a schema, which is given as text too, as the draft that it is written in means it. */
export async function schemaCompiler(text: string, options: Options): Promise<Pick<Ajv, 'compile' | 'errorsText'>> {
  if (YOUNGER.test(text)) {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    return new Ajv2020(options);
  }
  const { Ajv } = await import('ajv');
  return new Ajv(options);
}
